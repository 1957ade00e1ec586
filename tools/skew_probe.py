"""Reads the oracle's number (tools/oracle.py) from the webcam frames that a server looks at.

    with Probe() as probe:
        ...  # learners who echo the oracle's lesson come and go
    probe.of(session.attempt)

It puts itself in front of `ScoringPipeline.synchronize`, where a frame and what the server believes
that its learner saw are together; the pipeline itself knows nothing of it. In the server's process,
for tests and measurements only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType

import numpy as np

from rtc_server.pose.inference import FramePose
from rtc_server.scoring.attempt import Attempt
from rtc_server.session.pipeline import ScoringPipeline, SyncedPosition
from tools import oracle


@dataclass(frozen=True, slots=True)
class Look:
    """One sample of a playing lesson; positions in s of the lesson."""

    at_s: float  # capture, on the server's clock
    estimated_s: float
    true_s: float | None  # None: the number was damaged
    rate: float  # lesson seconds a second
    told_ms: float | None  # `skew_ms` of the protocol

    @property
    def skew_ms(self) -> float | None:
        """How far ahead of the truth the server was, on the learner's clock; of an echo without
        delay."""
        if self.true_s is None:
            return None
        return (self.estimated_s - self.true_s) * 1000 / self.rate


class Probe:
    """Collects looks within the block, of any number of sessions."""

    def __init__(
        self, tell: Callable[[Attempt, Look], None] = lambda *_: None, keep: bool = True
    ) -> None:
        """:param tell: is told of every look; `keep` False: nobody else asks for them."""
        self._tell = tell
        self._keep = keep
        self._looks: list[tuple[Attempt, Look]] = []
        self._synchronize = ScoringPipeline.synchronize

    def __enter__(self) -> Probe:
        look = self._look
        ScoringPipeline.synchronize = lambda pipeline, frame_pose: look(pipeline, frame_pose)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        ScoringPipeline.synchronize = self._synchronize

    def of(self, attempt: Attempt) -> list[Look]:
        """The looks at one learner."""
        return [look for whose, look in self._looks if whose is attempt]

    @property
    def attempts(self) -> list[Attempt]:
        """Whom it has looked at, in the order of their first looks."""
        return list({id(whose): whose for whose, _ in self._looks}.values())

    def _look(self, pipeline: ScoringPipeline, posed: FramePose) -> SyncedPosition:
        seen = self._synchronize(pipeline, posed)
        if pipeline.playback.state == "playing" and seen.lesson_s is not None:
            number = oracle.read(oracle.luma(posed.frame.video_frame))
            true_s = None if number is None else number / oracle.FPS
            look = Look(posed.pose.captured_s, seen.lesson_s, true_s, seen.rate, seen.skew_ms)
            if self._keep:
                self._looks.append((pipeline.attempt, look))
            self._tell(pipeline.attempt, look)
        return seen


def skews_ms(looks: Sequence[Look], delay_ms: float = 0.0) -> np.ndarray:
    """How far ahead of the truth the server was, for an echo that is so late."""
    known = [look.skew_ms for look in looks if look.skew_ms is not None]
    return np.array(known, float) - delay_ms
