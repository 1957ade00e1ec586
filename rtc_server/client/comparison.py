"""A recorded learner against a lesson: the same scoring as live, without the network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rtc_server.authoring.frame_sampler import Sample, probe, sample_count
from rtc_server.authoring.pose_extraction import People, Poser, find_poses
from rtc_server.lessons.store import Lesson
from rtc_server.progress import Progress, silent
from rtc_server.scoring.attempt import Attempt, Mirror, Summary
from rtc_server.scoring.reference import Reference, prepare
from rtc_server.types import Pose, PoseTrack, Score

# Called with each pose that was judged and its live score, sample after sample.
Watch = Callable[[Pose, Score], None]

# A recording has no lesson clock. Where it fits nowhere as it is, and well at another beginning, it
# began there. Strangers get 23 (p99) by trying all of these (docs/scoring.md).
FARTHEST_S, STEP_S = 5, 1  # lags between the steps are found by the scoring itself
SEARCHED_S = 40.0  # of the recording
FITS, FITS_ELSEWHERE, BETTER = 45.0, 40.0, 15.0


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came of it; `offset_s` is how long before the lesson the recording began."""

    summary: Summary
    offset_s: float = 0.0

    def message(self) -> dict[str, object]:
        """The summary as a session's, and the offset."""
        return {**self.summary.message(), "offset_s": self.offset_s}


def compare(
    video: Path,
    lesson: Lesson,
    mirror: Mirror,
    poser: Poser,
    progress: Progress = silent,
    watch: Watch = lambda *_: None,
) -> Comparison:
    """Score a video that was filmed as the lesson ran.

    :raises BadVideo: not a video, or nothing in it can be shown.
    :raises BrokenLesson: the lesson's poses cannot be read.
    """
    reference = prepare(lesson.poses())
    total = sample_count(probe(video).duration_s, lesson.pose_fps)

    def seen(sample: Sample, _: People) -> None:
        progress("poses", sample.k + 1, max(total, sample.k + 1))

    track = find_poses(video, lesson.pose_fps, poser, seen)
    offset_s = find_offset_s(track, reference, mirror)
    attempt = Attempt(reference, mirror)
    for pose in track.poses():
        if 0 <= pose.captured_s - offset_s < lesson.duration_s:
            watch(pose, attempt.add(pose.captured_s - offset_s, pose))
    last_s = float(track.t_s[-1]) - offset_s + 1 / lesson.pose_fps
    complete = offset_s >= 0 and last_s >= lesson.duration_s - 1 / lesson.pose_fps
    return Comparison(attempt.summary(complete), offset_s)


def find_offset_s(track: PoseTrack, reference: Reference, mirror: Mirror) -> float:
    """How long before the lesson a recording began, where that is beyond doubt; else 0.

    Less than a second is told as lateness, as it would be live.
    """
    usual = _score(track, reference, mirror, 0.0)
    if usual.score >= FITS:
        return 0.0
    steps = [float(s) for s in range(-FARTHEST_S, FARTHEST_S + 1, STEP_S) if s]
    found = {step: _score(track, reference, mirror, step) for step in steps}
    best = max(found, key=lambda step: found[step].score)
    if found[best].score < max(FITS_ELSEWHERE, usual.score + BETTER):
        return 0.0
    return round(best + (found[best].lag_ms or 0.0) / 1000, 2)


def _score(track: PoseTrack, reference: Reference, mirror: Mirror, offset_s: float) -> Summary:
    attempt = Attempt(reference, mirror)
    ends_s = float(reference.track.t_s[-1]) + reference.step_s
    for pose in track.poses():
        at_s = pose.captured_s - offset_s
        if 0 <= at_s < min(ends_s, SEARCHED_S):
            attempt.add(at_s, pose)
    return attempt.summary(complete=False)
