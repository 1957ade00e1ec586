"""What a headless learner does while the lesson runs: at a place in it, say something. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Act:
    """Send `message` once the lesson has come to `lesson_s` and `after_s` have passed since the
    act before was answered."""

    lesson_s: float
    message: Mapping[str, Any]
    after_s: float = 0.0


class Script:
    """Acts one after the other; time is handed in, in s of any clock.

    The place in the lesson is reckoned from the server's `state` messages, which announce each
    change of it. An act that the server has not answered yet holds up the next one.
    """

    def __init__(self, acts: Sequence[Act]) -> None:
        self._acts = list(acts)
        self._lesson_s = 0.0
        self._rate = 0.0  # 0 while the lesson stands still
        self._told_s = 0.0
        self._answered_s: float | None = None

    @property
    def done(self) -> bool:
        return not self._acts

    def hear(self, now_s: float, state: Mapping[str, Any]) -> None:
        """Learn of a `state` message."""
        self._told_s = now_s
        self._lesson_s = state["lesson_s"]
        self._rate = state.get("rate", 1.0) if state["state"] == "playing" else 0.0
        if self._answered_s is None:
            self._answered_s = now_s

    def due_s(self) -> float | None:
        """When the next act is due; None where that is not known, or there is none."""
        if not self._acts or self._answered_s is None:
            return None
        act, due_s = self._acts[0], self._told_s
        ahead_s = act.lesson_s - self._lesson_s
        if ahead_s > 0:
            if self._rate == 0:
                return None
            due_s += ahead_s / self._rate
        return max(due_s, self._answered_s + act.after_s)

    def next(self) -> Mapping[str, Any]:
        """The message that is due."""
        self._answered_s = None
        return self._acts.pop(0).message
