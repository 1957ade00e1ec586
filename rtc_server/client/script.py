"""What a headless learner does during a lesson: messages to send at lesson positions. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Cue:
    """Send `message` once the lesson is at `lesson_s` or later and `after_s` have passed since the
    server answered the cue before."""

    lesson_s: float
    message: Mapping[str, Any]
    after_s: float = 0.0


class Script:
    """Cues in their order; times are passed in, in seconds of any one clock.

    The lesson position is computed from the server's `state` messages, which report each change of
    it. A cue that the server has not answered yet delays the next one.
    """

    def __init__(self, cues: Sequence[Cue]) -> None:
        self._cues = list(cues)
        self._lesson_s = 0.0
        self._rate = 0.0  # 0 while the lesson is not playing
        self._state_s = 0.0  # when the last `state` message came
        self._answered_s: float | None = None

    @property
    def done(self) -> bool:
        return not self._cues

    def on_state(self, now_s: float, state: Mapping[str, Any]) -> None:
        """Take a `state` message into account."""
        self._state_s = now_s
        self._lesson_s = state["lesson_s"]
        self._rate = state.get("rate", 1.0) if state["state"] == "playing" else 0.0
        if self._answered_s is None:
            self._answered_s = now_s

    def due_s(self) -> float | None:
        """When the next cue is due; None where that is not known yet, or there is none."""
        if not self._cues or self._answered_s is None:
            return None
        cue, due_s = self._cues[0], self._state_s
        ahead_s = cue.lesson_s - self._lesson_s
        if ahead_s > 0:
            if self._rate == 0:
                return None
            due_s += ahead_s / self._rate
        return max(due_s, self._answered_s + cue.after_s)

    def take(self) -> Mapping[str, Any]:
        """Remove the next cue and give its message."""
        self._answered_s = None
        return self._cues.pop(0).message
