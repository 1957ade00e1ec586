"""The results of the last sessions that ended, in memory. Pure."""

from __future__ import annotations

from collections import OrderedDict
from typing import Protocol

from rtc_server.history.results import Result

MAX_RESULTS = 100


class ResultSink(Protocol):
    """Where the results of sessions go."""

    @property
    def enabled(self) -> bool:
        """Whether it can delete what is under a name."""

    async def save(self, result: Result) -> None:
        """Keep the result of a session that ends; it is quick, and does not fail."""

    async def delete_learner(self, learner: str, owner: str | None = None) -> int:
        """Delete everything under that name.

        :param owner: only this invited learner's results.
        """


class RecentResults:
    """By the session's id, the oldest first."""

    def __init__(self) -> None:
        self._results: OrderedDict[str, Result] = OrderedDict()

    def add(self, id: str, result: Result) -> None:
        """Keep MAX_RESULTS, and rather older ones than those of learners who never danced."""
        self._results[id] = result
        if len(self._results) > MAX_RESULTS:
            empty = (id for id, kept in self._results.items() if not kept.summary["samples"])
            del self._results[next(empty, next(iter(self._results)))]

    def get(self, id: str) -> Result | None:
        return self._results.get(id)

    def remove_learner(self, learner: str, owner: str | None = None) -> None:
        """Forget every result under that name.

        :param owner: only what is this invited learner's.
        """
        for id, kept in list(self._results.items()):
            if kept.learner == learner and owner in (None, kept.owner):
                del self._results[id]
