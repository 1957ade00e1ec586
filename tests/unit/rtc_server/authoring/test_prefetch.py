"""Prefetched items are the same items in the same order, and only a few are held."""

import threading
from collections.abc import Generator

import pytest

from rtc_server.authoring.prefetch import prefetch


def count(made: list[int], until: int = 100) -> Generator[int]:
    for k in range(until):
        made.append(k)
        yield k


def test_the_same_items_in_their_order() -> None:
    assert list(prefetch(count([], 20))) == list(range(20))
    assert list(prefetch(count([], 0))) == []
    assert list(prefetch(count([], 1))) == [0]


@pytest.mark.parametrize("slots", [1, 2, 5])
def test_no_more_items_are_computed_ahead_than_there_are_slots(slots: int) -> None:
    made: list[int] = []
    for k in prefetch(count(made), slots):
        assert len(made) <= k + 1 + slots


def test_items_are_computed_in_another_thread() -> None:
    def threads() -> Generator[int]:
        yield threading.get_ident()

    assert list(prefetch(threads())) != [threading.get_ident()]


def test_an_error_comes_after_the_items_before_it() -> None:
    def breaks() -> Generator[int]:
        yield 1
        raise OSError("the disk is gone")

    got = prefetch(breaks())
    assert next(got) == 1
    with pytest.raises(OSError, match="the disk is gone"):
        next(got)


def test_closing_early_ends_the_thread_and_the_items() -> None:
    closed = threading.Event()

    def held() -> Generator[int]:
        try:
            yield from range(100)
        finally:
            closed.set()

    before = threading.active_count()
    got = prefetch(held())
    assert next(got) == 0
    got.close()
    assert closed.is_set()
    assert threading.active_count() == before
