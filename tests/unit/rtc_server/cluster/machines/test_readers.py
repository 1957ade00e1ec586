"""Each front is told what is new for it, and what is written is written once for all."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from rtc_server.cluster.machines import readers as readers_module
from rtc_server.cluster.machines.readers import MAX_READERS, Readers
from rtc_server.cluster.reports import NumberedResult
from tests.unit.rtc_server.sample_results import make_result


class Clock:
    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The sessions whose attempts were written down."""
    ids: list[str] = []

    def keep(id: str, one: Any) -> Any:
        ids.append(id)
        return id, one.attempt.samples

    monkeypatch.setattr(readers_module, "keep_attempt", keep)
    return ids


def danced(samples: int, *others: str | None) -> Any:
    return SimpleNamespace(
        attempt=SimpleNamespace(id="a", samples=samples),
        learner=None,
        other_names=others,
        rate=1.0,
        loop=None,
        lesson_s=samples / 5,
    )


def test_an_attempt_is_written_once_for_all_fronts_and_again_when_it_went_on(
    written: list[str],
) -> None:
    readers = Readers(Clock())
    one, other = readers.get("one"), readers.get("other")
    assert readers.collect_attempts(one, {"a.w1": danced(1)}) == (("a.w1", 1),)
    assert readers.collect_attempts(one, {"a.w1": danced(1)}) == ()
    assert readers.collect_attempts(other, {"a.w1": danced(1)}) == (("a.w1", 1),)
    assert written == ["a.w1"]
    assert readers.collect_attempts(one, {"a.w1": danced(2)}) == (("a.w1", 2),)
    assert written == ["a.w1"] * 2


def test_it_is_written_again_when_the_name_of_another_dancer_is_deleted(written: list[str]) -> None:
    readers = Readers(Clock())
    front = readers.get("front")
    readers.collect_attempts(front, {"a.w1": danced(1, "Ben")})
    readers.collect_attempts(front, {"a.w1": danced(1, None)})
    assert written == ["a.w1"] * 2


def test_results_and_deleted_names_come_once_to_each_front() -> None:
    readers = Readers(Clock())
    one, other = readers.get("one"), readers.get("other")
    result = NumberedResult(1, make_result(1))
    readers.add_result(result)
    readers.add_removed_name(("Ann", None))
    for reader in (one, other):
        assert reader.take_results() == (result,) and reader.take_results() == ()
        assert reader.take_names() == (("Ann", None),) and reader.take_names() == ()


def test_a_front_that_asks_no_more_is_forgotten() -> None:
    clock = Clock()
    readers = Readers(clock)
    readers.get("gone")
    clock.now_s += readers_module.FORGET_S + 1
    readers.get("here")
    assert len(readers) == 1
    for number in range(MAX_READERS + 10):
        readers.get(str(number))
    assert len(readers) <= MAX_READERS
