"""Whose results are forgotten when there are too many."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from rtc_server.session.recent_results import MAX_RESULTS, RecentResults


def result(samples: int, learner: str | None = None) -> Any:
    return SimpleNamespace(summary={"samples": samples}, learner=learner, owner=None)


def test_the_oldest_goes_first_but_rather_one_without_samples() -> None:
    results = RecentResults()
    for n in range(MAX_RESULTS):
        results.add(str(n), result(samples=0 if n == 7 else 5))
    results.add("new", result(5))
    assert results.get("7") is None and results.get("0") is not None
    results.add("newer", result(5))
    assert results.get("0") is None and results.get("new") is not None


def test_a_name_is_forgotten_with_its_results() -> None:
    results = RecentResults()
    results.add("a", result(5, "Ann"))
    results.add("b", result(5, "Ben"))
    results.remove_learner("Ann")
    assert results.get("a") is None and results.get("b") is not None
