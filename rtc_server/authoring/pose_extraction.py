"""Extracts the poses of the instructor from a video, sample by sample."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np

from rtc_server.authoring.frame_sampler import probe
from rtc_server.authoring.people.joined_sections import FoundPeople, join_sections
from rtc_server.authoring.people.parallel_search import SectionSearch
from rtc_server.authoring.people.section_search import SectionPeople, search_section
from rtc_server.authoring.people.sections import Section, plan_sections
from rtc_server.authoring.people.tracker import OnSamples, PeopleTracker
from rtc_server.pose.instructor_selection import choose_instructor
from rtc_server.pose.smoothing import smooth_track
from rtc_server.types import Pose, PoseTrack

# Raise it when the demo's video gives other poses than before: the demo lesson is then made again.
POSES_VERSION = 2


def extract_poses(
    video: Path, fps: float, search: SectionSearch, on_samples: OnSamples = lambda _count: None
) -> PoseTrack:
    """Follow the instructor: their pose at every k / fps of the video, NaN where they are not seen.

    Once it is known who the instructor is, their poses are smoothed as a learner's are live.

    :param search: finds the people; the same ones, however many sections it searches at a time.
    :raises BadVideo: not a video, or no frame of it can be decoded.
    """
    plan = plan_sections(video, fps, probe(video).duration_s)
    return track_instructor(search(video, plan, on_samples), plan.geometry.aspect)


def report_samples(progress: Callable[[int, int], None], expected: int) -> OnSamples:
    """What to call with each number of samples, to report how many there are by now.

    :param expected: how many there will be, by the length of the video's packets.
    """
    done = 0

    def on_samples(count: int) -> None:
        nonlocal done
        done += count
        progress(done, max(expected, done))

    return on_samples


def track_instructor(sections: Iterable[SectionPeople], aspect: float) -> PoseTrack:
    """The instructor's smoothed poses, of what was found in a video's sections."""
    found: FoundPeople = join_sections(sections)
    chosen = choose_instructor(found.samples, found.cuts)
    poses = [pose or Pose.nobody(t_s) for t_s, pose in zip(found.times_s, chosen, strict=True)]
    return smooth_track(track_of(poses, aspect))


def extract_dancers(
    video: Path,
    fps: float,
    tracker: PeopleTracker,
    dancers: int,
    on_samples: OnSamples = lambda _count: None,
) -> list[PoseTrack]:
    """Follow several dancers: as `extract_poses`, a track of each by their number.

    The whole video is one section, because who is who is known by all that came before.

    :param tracker: one that was opened for so many dancers.
    :raises BadVideo: not a video, or no frame of it can be decoded.
    """
    plan = plan_sections(video, fps, probe(video).duration_s)
    whole = Section(first=0, end=None, warm_up=0, entry=None)
    found = search_section(video, plan, whole, tracker, on_samples)
    return [
        smooth_track(
            track_of(
                [
                    people.get(number) or Pose.nobody(t_s)
                    for people, t_s in zip(found.samples, found.times_s, strict=True)
                ],
                plan.geometry.aspect,
            )
        )
        for number in range(dancers)
    ]


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
