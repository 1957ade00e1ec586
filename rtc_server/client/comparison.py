"""Scores a recorded learner against a lesson, as a live session would, without the network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from rtc_server.authoring.frame_sampler import probe, sample_count
from rtc_server.authoring.people.parallel_search import SectionSearch
from rtc_server.authoring.people.tracker import PeopleTracker
from rtc_server.authoring.pose_extraction import extract_dancers, extract_poses, report_samples
from rtc_server.lessons.store import Lesson
from rtc_server.progress import Progress, ignore_progress
from rtc_server.scoring.attempt import Attempt, Mirror
from rtc_server.scoring.group_attempt import GroupAttempt
from rtc_server.scoring.group_result import build_group_summary
from rtc_server.scoring.reference import Reference, prepare_reference
from rtc_server.scoring.summary import Summary
from rtc_server.types import Pose, PoseTrack, Score

# Called with each pose that was scored and its live score, sample after sample.
OnScored = Callable[[Pose, Score], None]

# A recording has no lesson clock. If it scores badly as it is and well with another beginning, it
# began there. Unrelated dances score 23 (p99) with the best of these (docs/scoring.md).
MAX_OFFSET_S, OFFSET_STEP_S = 5, 1  # the scoring itself finds lags between the steps
SEARCHED_S = 40.0  # of the recording
GOOD_SCORE = 45.0  # as it is: no other beginning is tried
MIN_OFFSET_SCORE, MIN_GAIN = 40.0, 15.0  # what another beginning has to reach


@dataclass(frozen=True, slots=True)
class Comparison:
    """The summary; `offset_s` is how long before the lesson the recording began."""

    summary: Summary
    offset_s: float = 0.0

    def message(self) -> dict[str, object]:
        """The summary as a session sends it, and the offset."""
        return {**self.summary.message(), "offset_s": self.offset_s}


@dataclass(frozen=True, slots=True)
class GroupComparison:
    """The same of several dancers, by their numbers."""

    summaries: list[Summary]
    offset_s: float = 0.0

    def message(self) -> dict[str, object]:
        """The summary as a session of so many dancers sends it, and the offset."""
        return {**build_group_summary(self.summaries), "offset_s": self.offset_s}


def compare(
    video: Path,
    lesson: Lesson,
    mirror: Mirror,
    search: SectionSearch,
    progress: Progress = ignore_progress,
    on_scored: OnScored = lambda *_: None,
) -> Comparison:
    """Score a video that was filmed while the lesson was playing.

    :raises BadVideo: not a video, or none of its frames can be decoded.
    :raises BrokenLesson: the lesson's poses cannot be read.
    """
    reference = prepare_reference(lesson.poses())
    total = sample_count(probe(video).duration_s, lesson.pose_fps)

    on_samples = report_samples(partial(progress, "poses"), total)
    track = extract_poses(video, lesson.pose_fps, search, on_samples)
    offset_s = find_offset_s(track, reference, mirror)
    attempt = Attempt(reference, mirror)
    for pose in track.poses():
        if 0 <= pose.captured_s - offset_s < lesson.duration_s:
            on_scored(pose, attempt.score_sample(pose.captured_s - offset_s, pose))
    return Comparison(attempt.summary(_is_complete(track, lesson, offset_s)), offset_s)


def compare_dancers(
    video: Path,
    lesson: Lesson,
    mirror: Mirror,
    tracker: PeopleTracker,
    dancers: int,
    progress: Progress = ignore_progress,
) -> GroupComparison:
    """Score several dancers in one video; they all began the lesson together.

    :param tracker: one that was opened for so many dancers.
    :raises BadVideo, BrokenLesson: as `compare` does.
    """
    reference = prepare_reference(lesson.poses())
    total = sample_count(probe(video).duration_s, lesson.pose_fps)

    on_samples = report_samples(partial(progress, "poses"), total)
    tracks = extract_dancers(video, lesson.pose_fps, tracker, dancers, on_samples)
    best = max(tracks, key=lambda track: _score(track, reference, mirror, 0.0).score)
    offset_s = find_offset_s(best, reference, mirror)
    attempt = GroupAttempt(reference, mirror, dancers)
    for poses in zip(*(track.poses() for track in tracks), strict=True):
        at_s = poses[0].captured_s - offset_s
        if 0 <= at_s < lesson.duration_s:
            attempt.score_sample(at_s, poses)
    complete = _is_complete(tracks[0], lesson, offset_s)
    return GroupComparison(attempt.summaries(complete), offset_s)


def _is_complete(track: PoseTrack, lesson: Lesson, offset_s: float) -> bool:
    """Whether the recording shows the whole lesson."""
    last_s = float(track.t_s[-1]) - offset_s + 1 / lesson.pose_fps
    return offset_s >= 0 and last_s >= lesson.duration_s - 1 / lesson.pose_fps


def find_offset_s(track: PoseTrack, reference: Reference, mirror: Mirror) -> float:
    """How long before the lesson a recording began, if that is beyond doubt; else 0.

    Less than a second counts as the learner's lag, as it would live.
    """
    unshifted = _score(track, reference, mirror, 0.0)
    if unshifted.score >= GOOD_SCORE:
        return 0.0
    steps = [float(s) for s in range(-MAX_OFFSET_S, MAX_OFFSET_S + 1, OFFSET_STEP_S) if s]
    summaries = {step: _score(track, reference, mirror, step) for step in steps}
    best = max(summaries, key=lambda step: summaries[step].score)
    if summaries[best].score < max(MIN_OFFSET_SCORE, unshifted.score + MIN_GAIN):
        return 0.0
    return round(best + (summaries[best].lag_ms or 0.0) / 1000, 2)


def _score(track: PoseTrack, reference: Reference, mirror: Mirror, offset_s: float) -> Summary:
    attempt = Attempt(reference, mirror)
    ends_s = float(reference.track.t_s[-1]) + reference.step_s
    for pose in track.poses():
        at_s = pose.captured_s - offset_s
        if 0 <= at_s < min(ends_s, SEARCHED_S):
            attempt.add_sample(at_s, pose)
    return attempt.summary(complete=False)
