"""One session's place in the inference service: from a webcam frame to a smoothed pose."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rtc_server.latest import Latest
from rtc_server.pose.frame_converter import WebcamConverter
from rtc_server.pose.inference import InferenceService
from rtc_server.pose.look_delay import LookDelay
from rtc_server.pose.looks import DancerPose, GroupLook, LearnerLook, Look, Tracker
from rtc_server.pose.positioning import Surroundings
from rtc_server.pose.scene import Image
from rtc_server.types import Pose
from rtc_server.webcam.webcam_frame import WebcamFrame
from tf_pose.draw import draw_pose
from tf_pose.tracking.dancer_memory import DancerMemory
from tf_pose.tracking.group_tracker import GroupTracker

logger = logging.getLogger(__name__)

# After so many frames in a row that were too old, one is used all the same: only so can it be seen
# whether inference has become faster again.
MAX_SKIPPED = 5

AnyTracker = Tracker | GroupTracker  # of one learner, or of several dancers

# When a frame was captured on the server's clock, and how long it has been waiting here; both in s.
CaptureTimes = Callable[[WebcamFrame], tuple[float, float]]


@dataclass(frozen=True, slots=True)
class FramePose:
    """A webcam frame with what was seen in it."""

    frame: WebcamFrame
    pose: Pose  # the learner's, or the first dancer's
    annotated: Image | None  # the frame with the skeleton drawn on it, where that is wanted
    surroundings: Surroundings | None = None  # where they are wanted
    others: tuple[DancerPose, ...] = ()  # the other dancers

    @property
    def dancers(self) -> tuple[DancerPose, ...]:
        """Everybody who dances, by their numbers."""
        return (DancerPose(self.pose, self.surroundings), *self.others)


class PoseSlot:
    """Estimates the poses of one session, at most one frame at a time."""

    def __init__(self, service: InferenceService, tracker: AnyTracker, *, draw: bool) -> None:
        self.phase = service.next_phase()  # of a sample's interval, 0..1
        self.failures = 0  # in a row, up to now
        self.look_delay = LookDelay()
        self.frames_too_old = 0
        self._skipped_in_a_row = 0
        self._service = service
        self._look: Look = (
            GroupLook(tracker) if isinstance(tracker, GroupTracker) else LearnerLook(tracker)
        )
        self._converter = WebcamConverter()
        self._draw = draw

    @property
    def memory(self) -> Sequence[DancerMemory | None]:
        """By which a tracker of another session knows several dancers again."""
        return self._look.memory

    async def estimate_newest(
        self,
        frames: Latest[WebcamFrame],
        capture_times: CaptureTimes,
        *,
        observe_scene: bool = False,
        keep_numbers: bool = True,
    ) -> FramePose | None:
        """Wait for a turn, then estimate the pose in the newest frame.

        Returns None where there is no frame any more, where it is too old by then, or where
        inference failed. The last two are counted, and failures are logged: one frame that the
        estimator cannot take need not end a session.

        :param observe_scene: give the learner's surroundings, too.
        :param keep_numbers: whether several dancers have their numbers for good by now.
        """
        self.look_delay.ask(time.perf_counter())
        try:
            return await self._estimate_in_turn(
                frames,
                capture_times,
                lambda frame, t_s: self._estimate(frame, t_s, observe_scene, keep_numbers),
            )
        finally:
            self.look_delay.answer(time.perf_counter())

    async def _estimate_in_turn(
        self,
        frames: Latest[WebcamFrame],
        capture_times: CaptureTimes,
        estimate: Callable[[WebcamFrame, float], FramePose],
    ) -> FramePose | None:
        async with self._service.wait_for_turn() as turn:
            # Empty where another camera became the session's while this waited for its turn.
            if (frame := frames.take_newest()) is None:
                return None
            captured_s, waited_s = capture_times(frame)
            if self._is_too_old(waited_s):
                return None
            start_s = time.perf_counter()
            try:
                result = await turn.run(lambda: estimate(frame, captured_s))
            except Exception:  # decoder, tracker and engine raise many kinds
                self._count_failure()
                return None
        self.failures = 0
        self._service.record_duration(time.perf_counter() - start_s)
        return result

    def _is_too_old(self, waited_s: float) -> bool:
        if self._service.is_in_time(waited_s) or self._skipped_in_a_row == MAX_SKIPPED:
            self._skipped_in_a_row = 0
            return False
        self._skipped_in_a_row += 1
        self.frames_too_old += 1
        self._service.count_too_old()
        return True

    def _count_failure(self) -> None:
        self._service.count_failure()
        self.failures += 1
        if self.failures == 1:  # those that follow in a row would only repeat it
            logger.exception("a webcam frame could not be processed")

    def _estimate(
        self, frame: WebcamFrame, captured_s: float, observe_scene: bool, keep_numbers: bool
    ) -> FramePose:
        """Runs on a worker: colour conversion, scaling, poses, surroundings, drawing."""
        image = self._converter.to_bgr(frame.video_frame)
        first, *others = self._look.see(
            image, captured_s, observe_scene=observe_scene, keep_numbers=keep_numbers
        )
        if self._draw:
            for pose in (first.pose, *(other.pose for other in others)):
                draw_pose(image, pose.xy, pose.confidence)
        annotated = image if self._draw else None
        return FramePose(frame, first.pose, annotated, first.surroundings, tuple(others))
