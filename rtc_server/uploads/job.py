"""The state of one upload on its way to a lesson. Pure; time is passed in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from rtc_server.uploads.request import UploadRequest

State = Literal["uploading", "waiting", "preparing", "ready", "failed", "cancelled"]
ENDED: tuple[State, ...] = ("ready", "failed", "cancelled")
# The steps of "preparing" in the order in which they end, and about what share of the work each is.
# "poses" and "pictures" run at the same time.
STEP_SHARES: Mapping[str, float] = {"cut": 0.2, "poses": 0.5, "pictures": 0.35, "sound": 0.15}
UNKNOWN_STEP_SHARE = 0.1
MIN_PROGRESS_FOR_ETA = 0.05  # before that nobody knows how long the work will take


class Job:
    """One upload: what was asked for, its state, its progress, and how it ended."""

    def __init__(self, request: UploadRequest, id: str, lesson_id: str, now_s: float) -> None:
        """:param lesson_id: the id that the lesson will have."""
        self.request = request
        self.id = id
        self.lesson_id = lesson_id
        self.state: State = "uploading"
        self.error: str | None = None
        self.code: str | None = None
        self.since_s = now_s  # when it entered this state
        self._steps: dict[str, tuple[int, int | None]] = {}  # done, total
        self._expected_steps = {s for s in STEP_SHARES if request.part is not None or s != "cut"}

    @property
    def missing_bytes(self) -> int:
        """How much of a body of known length is still to come."""
        done, _ = self._steps.get("upload", (0, None))
        return max(0, (self.request.length or 0) - done) if self.state == "uploading" else 0

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

    def update_step(self, step: str, done: int, total: int | None) -> None:
        """Set how far a step is; a `total` of None is not known."""
        self._steps[step] = (done, total)

    def describe(self, now_s: float, ahead: int = 0) -> dict[str, object]:
        """What `GET /api/jobs/{id}` answers.

        :param ahead: how many jobs will be prepared before this one.
        """
        step = self._current_step()
        done, total = self._steps.get(step, (None, None)) if step else (None, None)
        return {
            "id": self.id,
            "state": self.state,
            "step": step,
            "done": done,
            "of": total,
            "progress": round(self._progress(), 3),
            "eta_s": self._eta_s(now_s),
            "ahead": ahead,
            "lesson": self.lesson_id,
            "title": self.request.title,
            "error": self.error,
            "code": self.code,
        }

    def _current_step(self) -> str | None:
        """The first step that has begun and is not done, else the last one."""
        unknown = [step for step in self._steps if step not in STEP_SHARES]
        begun = [step for step in (*STEP_SHARES, *unknown) if step in self._steps]
        unfinished = (step for step in begun if self._fraction_done(step) < 1)
        return next(unfinished, begun[-1] if begun else None)

    def _fraction_done(self, step: str) -> float:
        done, total = self._steps.get(step, (0, None))
        return min(1.0, done / total) if total else 0.0

    def _progress(self) -> float:
        """How much of this state's work is done, 0..1."""
        if self.state == "ready":
            return 1.0
        steps = set(self._steps)
        if self.state == "preparing":
            steps |= self._expected_steps
        shares = {step: STEP_SHARES.get(step, UNKNOWN_STEP_SHARE) for step in steps}
        done = sum(share * self._fraction_done(step) for step, share in shares.items())
        return done / sum(shares.values()) if shares else 0.0

    def _eta_s(self, now_s: float) -> float | None:
        """Seconds until this state ends, at the speed so far."""
        progress = self._progress()
        if self.state not in ("uploading", "preparing") or progress < MIN_PROGRESS_FOR_ETA:
            return None
        return round((now_s - self.since_s) * (1 - progress) / progress, 1)
