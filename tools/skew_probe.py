"""Reads the oracle's number (tools/oracle.py) from the webcam frames that a server scores.

    with SkewProbe() as probe:
        ...  # learners who echo the oracle's lesson connect and leave
    probe.samples_of(session.attempt)

The probe wraps `ScoringPipeline.synchronize`, where a frame comes together with what the server
believes that its learner saw; the pipeline does not know of it. It works in the server's process
only, and is for tests and measurements.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType

import numpy as np

from rtc_server.pose.pose_slot import FramePose
from rtc_server.scoring.attempt import Attempt
from rtc_server.session.pipeline import ScoringPipeline, SyncedPosition
from tools import oracle


@dataclass(frozen=True, slots=True)
class SkewSample:
    """One sample of a playing lesson, with lesson positions in seconds."""

    at_s: float  # when the frame was captured, on the server's clock
    estimated_s: float
    true_s: float | None  # None if the number was damaged
    rate: float  # lesson seconds a second
    reported_ms: float | None  # `skew_ms` of the protocol

    @property
    def skew_ms(self) -> float | None:
        """How far the server's estimate is ahead of the truth, on the learner's clock.

        It is valid for a learner who echoes without delay.
        """
        if self.true_s is None:
            return None
        return (self.estimated_s - self.true_s) * 1000 / self.rate


class SkewProbe:
    """Collects the samples of all sessions within its `with` block."""

    def __init__(
        self, on_sample: Callable[[Attempt, SkewSample], None] = lambda *_: None, keep: bool = True
    ) -> None:
        """:param on_sample: is called with every sample.
        :param keep: False if `samples_of` is not going to be called.
        """
        self._on_sample = on_sample
        self._keep = keep
        self._samples: list[tuple[Attempt, SkewSample]] = []
        self._synchronize = ScoringPipeline.synchronize

    def __enter__(self) -> SkewProbe:
        record = self._synchronize_and_record
        ScoringPipeline.synchronize = lambda pipeline, frame_pose: record(pipeline, frame_pose)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        ScoringPipeline.synchronize = self._synchronize

    def samples_of(self, attempt: Attempt) -> list[SkewSample]:
        """The samples of one learner."""
        return [sample for sampled, sample in self._samples if sampled is attempt]

    @property
    def attempts(self) -> list[Attempt]:
        """The attempts that have samples, in the order of their first ones."""
        return list({id(attempt): attempt for attempt, _ in self._samples}.values())

    def _synchronize_and_record(
        self, pipeline: ScoringPipeline, frame_pose: FramePose
    ) -> SyncedPosition:
        position = self._synchronize(pipeline, frame_pose)
        if pipeline.playback.state == "playing" and position.lesson_s is not None:
            number = oracle.read_number(oracle.luma_of(frame_pose.frame.video_frame))
            true_s = None if number is None else number / oracle.FPS
            sample = SkewSample(
                at_s=frame_pose.pose.captured_s,
                estimated_s=position.lesson_s,
                true_s=true_s,
                rate=position.rate,
                reported_ms=position.skew_ms,
            )
            if self._keep:
                self._samples.append((pipeline.attempt, sample))
            self._on_sample(pipeline.attempt, sample)
        return position


def skews_ms(samples: Sequence[SkewSample], delay_ms: float = 0.0) -> np.ndarray:
    """The skews of samples whose number could be read, for a learner who echoes after a delay."""
    known = [sample.skew_ms for sample in samples if sample.skew_ms is not None]
    return np.array(known, float) - delay_ms
