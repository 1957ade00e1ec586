"""Attempts outlive their host, for a while and within bounds."""

from __future__ import annotations

import pytest

from rtc_server.cluster import attempt_store
from rtc_server.cluster.attempt_store import AttemptStore
from rtc_server.errors import UnknownSession
from tests.unit.rtc_server.cluster.fake_hosts import kept


class Clock:
    now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


def test_an_attempt_is_there_when_its_host_is_gone() -> None:
    store, attempt = AttemptStore(Clock()), kept("a.w1")
    store.update("w1", [attempt], frozenset({"a.w1"}))
    store.on_host_gone("w1")
    assert store.is_left("a.w1") and store.get("a.w1", None) is attempt


def test_the_newest_report_counts() -> None:
    store, newest = AttemptStore(Clock()), kept("a.w1", samples=12)
    store.update("w1", [kept("a.w1")], frozenset({"a.w1"}))
    store.update("w1", [newest], frozenset({"a.w1"}))
    store.update("w1", [], frozenset({"a.w1"}))  # nothing new
    assert store.get("a.w1", None) is newest


def test_what_a_host_does_not_list_any_more_has_ended() -> None:
    store = AttemptStore(Clock())
    store.update("w1", [kept("a.w1"), kept("b.w1")], frozenset({"a.w1", "b.w1"}))
    store.update("w1", [], frozenset({"b.w1"}))
    store.on_host_gone("w1")
    store.get("b.w1", None)
    with pytest.raises(UnknownSession, match=r"within the last 10 minutes, got 'a\.w1'"):
        store.get("a.w1", None)


def test_nobody_goes_on_with_somebody_elses() -> None:
    store = AttemptStore(Clock())
    store.leave(kept("a.w1", owner="ann"))
    for other in (None, "ben"):
        with pytest.raises(UnknownSession):
            store.get("a.w1", other)
    store.get("a.w1", "ann")


def test_it_is_kept_for_ten_minutes() -> None:
    clock = Clock()
    store = AttemptStore(clock)
    store.leave(kept("a.w1"))
    clock.now_s += 599
    store.get("a.w1", None)
    clock.now_s += 1
    with pytest.raises(UnknownSession):
        store.get("a.w1", None)
    assert len(store) == 0


def test_the_oldest_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempt_store, "MAX_BYTES", 25)
    store = AttemptStore(Clock())
    for name in "abc":
        store.leave(kept(f"{name}.w1", content=bytes(10)))
    assert [store.is_left(f"{name}.w1") for name in "abc"] == [False, True, True]


def test_a_name_that_is_deleted_is_in_no_attempt() -> None:
    store = AttemptStore(Clock())
    store.leave(kept("a.w1", learner="Ann"))
    store.leave(kept("b.w1", learner="Ben"))
    store.update("w2", [kept("c.w2", learner="Ann")], frozenset({"c.w2"}))
    store.remove_name("Ann")
    names = [store.get(id, None).learner for id in ("a.w1", "b.w1", "c.w2")]
    assert names == [None, "Ben", None]


def test_an_earlier_id_leads_to_the_last_session(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempt_store, "MAX_SUCCESSORS", 2)
    store = AttemptStore(Clock())
    store.set_successor("a", "b")
    store.set_successor("b", "c")
    assert store.resolve("a") == "c"
    store.set_successor("x", "y")
    assert store.resolve("a") == "a"  # forgotten
