"""One video on its way to a lesson: how far it is, and what came of it. Pure; time is handed in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

State = Literal["uploading", "waiting", "preparing", "ready", "failed", "cancelled"]
ENDED: tuple[State, ...] = ("ready", "failed", "cancelled")
# The steps of preparing in the order in which they end, and about what share of the work each is.
# "poses" and "pictures" go on at the same time.
SHARES: Mapping[str, float] = {"cut": 0.2, "poses": 0.5, "pictures": 0.35, "sound": 0.15}
UNKNOWN_SHARE = 0.1
SOON = 0.05  # of the work: before that nobody knows how long it will take


class Job:
    """What `GET /api/jobs/{id}` tells."""

    def __init__(self, id: str, lesson: str, title: str, *, trimmed: bool, now_s: float) -> None:
        """`lesson` is the id that the lesson is to have."""
        self.id = id
        self.lesson = lesson
        self.title = title
        self.state: State = "uploading"
        self.error: str | None = None
        self.code: str | None = None
        self.since_s = now_s  # in this state
        self._steps: dict[str, tuple[int, int | None]] = {}  # done, of
        self._coming = {step for step in SHARES if trimmed or step != "cut"}

    @property
    def ended(self) -> bool:
        """Whether nothing will change any more."""
        return self.state in ENDED

    def enter(self, state: State, now_s: float) -> None:
        """Go on to another state."""
        self.state, self.since_s, self._steps = state, now_s, {}

    def fail(self, code: str, sentence: str, now_s: float) -> None:
        """End with a sentence for the user; `code` is the error's name on the wire."""
        self.enter("failed", now_s)
        self.code, self.error = code, sentence

    def saw(self, step: str, done: int, of: int | None) -> None:
        """Learn how far a step is; `of` None is not known."""
        self._steps[step] = (done, of)

    def describe(self, now_s: float, ahead: int = 0) -> dict[str, object]:
        """:param ahead: jobs that will be prepared before this one."""
        step = self._step()
        done, of = self._steps.get(step, (None, None)) if step else (None, None)
        return {
            "id": self.id,
            "state": self.state,
            "step": step,
            "done": done,
            "of": of,
            "progress": round(self._progress(), 3),
            "eta_s": self._eta_s(now_s),
            "ahead": ahead,
            "lesson": self.lesson,
            "title": self.title,
            "error": self.error,
            "code": self.code,
        }

    def _step(self) -> str | None:
        """The first step that has begun and is not done, else the last one."""
        unknown = [step for step in self._steps if step not in SHARES]
        begun = [step for step in (*SHARES, *unknown) if step in self._steps]
        going = (step for step in begun if self._share_done(step) < 1)
        return next(going, begun[-1] if begun else None)

    def _share_done(self, step: str) -> float:
        done, of = self._steps.get(step, (0, None))
        return min(1.0, done / of) if of else 0.0

    def _progress(self) -> float:
        """How much of this state's work is done, 0..1."""
        if self.state == "ready":
            return 1.0
        steps = self._coming | set(self._steps) if self.state == "preparing" else set(self._steps)
        shares = {step: SHARES.get(step, UNKNOWN_SHARE) for step in steps}
        done = sum(share * self._share_done(step) for step, share in shares.items())
        return done / sum(shares.values()) if shares else 0.0

    def _eta_s(self, now_s: float) -> float | None:
        """Seconds until this state ends, at the speed so far."""
        progress = self._progress()
        if self.state not in ("uploading", "preparing") or progress < SOON:
            return None
        return round((now_s - self.since_s) * (1 - progress) / progress, 1)
