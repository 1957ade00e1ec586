"""Every error has an HTTP status."""

from collections.abc import Iterator

import rtc_server.app  # noqa: F401  every module of a server, and so every class of errors
from rtc_server.errors import NobodyInPicture, ServerFull, TandemError, TokenNeeded, TooManyJobs
from rtc_server.http.errors import RETRY_AFTER_S, STATUS, find_retry_after_s, problem, status_of


def subclasses(kind: type[TandemError]) -> Iterator[type[TandemError]]:
    for subclass in kind.__subclasses__():
        yield subclass
        yield from subclasses(subclass)


def test_every_error_or_its_base_is_in_the_table() -> None:
    without = [
        kind.__name__ for kind in subclasses(TandemError) if not set(kind.__mro__) & {*STATUS}
    ]
    assert without == [], f"give them a status in rtc_server/http/errors.py: {without}"


def test_a_subclass_has_the_status_of_its_base_and_an_unlisted_class_has_500() -> None:
    assert status_of(TokenNeeded) == 401
    assert status_of(NobodyInPicture) == 500
    assert status_of(type("LocalError", (TokenNeeded,), {})) == 401
    assert status_of(TandemError) == 500


def test_who_finds_no_place_learns_when_there_may_be_one() -> None:
    full = ServerFull("all places are taken")
    assert find_retry_after_s(full) == find_retry_after_s(TooManyJobs("later")) == RETRY_AFTER_S
    full.retry_after_s = 42
    answer = problem(503, full.code, str(full), find_retry_after_s(full))
    assert answer.headers["Retry-After"] == "42"
