"""Extracts the poses of the instructor from a video, sample by sample."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from rtc_server.authoring.frame_sampler import SampledFrame
from rtc_server.authoring.people.numbering import FoundPeople, join_sections
from rtc_server.authoring.people.parallel_search import search_sections
from rtc_server.authoring.people.section_search import SectionPeople
from rtc_server.authoring.people.sections import plan_sections
from rtc_server.authoring.people.tracker import OnSample, OpenTracker, People
from rtc_server.pose.instructor_selection import choose_instructor
from rtc_server.pose.smoothing import smooth_track
from rtc_server.progress import Progress
from rtc_server.types import Pose, PoseTrack

# Raise it when the demo's video gives other poses than before: the demo lesson is then made again.
POSES_VERSION = 2


def extract_poses(
    video: Path, fps: float, open_tracker: OpenTracker, on_sample: OnSample, workers: int = 1
) -> PoseTrack:
    """Follow the instructor: their pose at every k / fps of the video, NaN where they are not seen.

    Once it is known who the instructor is, their poses are smoothed as a learner's are live. The
    same poses are found whatever `workers` is.

    :param on_sample: is called by one thread at a time, for each sample once. Samples come in the
        order of time within each of the video's sections, and if `workers` is 1.
    :param workers: how many sections are searched at the same time.
    :raises BadVideo: not a video, or no frame of it can be decoded.
    """
    plan = plan_sections(video, fps)
    sections = search_sections(video, plan, open_tracker, on_sample, workers)
    return track_instructor(sections, plan.geometry.aspect)


def report_samples(progress: Progress, expected: int) -> OnSample:
    """What to call for each sample, to report how many there are by now as the step "poses".

    :param expected: how many there will be, by the length of the video's packets.
    """
    numbers = itertools.count(1)

    def on_sample(_sample: SampledFrame, _people: People) -> None:
        done = next(numbers)
        progress("poses", done, max(expected, done))

    return on_sample


def track_instructor(sections: Iterable[SectionPeople], aspect: float) -> PoseTrack:
    """The instructor's smoothed poses, of what was found in a video's sections."""
    found: FoundPeople = join_sections(sections)
    chosen = choose_instructor(found.samples, found.cuts)
    poses = [pose or Pose.nobody(t_s) for t_s, pose in zip(found.times_s, chosen, strict=True)]
    return smooth_track(track_of(poses, aspect))


def track_of(poses: list[Pose], aspect: float) -> PoseTrack:
    """Join poses in the order of time to a track; `aspect` is width / height of the frames."""
    return PoseTrack(
        t_s=np.array([pose.captured_s for pose in poses], np.float64),
        xy=np.array([pose.xy for pose in poses], np.float32).reshape(-1, 18, 2),
        confidence=np.array([pose.confidence for pose in poses], np.float32).reshape(-1, 18),
        aspect=aspect,
    )


def count_samples_with_person(track: PoseTrack) -> int:
    """The number of samples in which any joint was found."""
    return int(np.isfinite(track.xy).any(axis=(1, 2)).sum())
