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
from rtc_server.lessons.lesson import MIDDLE
from rtc_server.pose.instructor_selection import choose_instructors
from rtc_server.pose.smoothing import smooth_track
from rtc_server.scoring.motion import NOISE_VARIANCE, measure_movement
from rtc_server.scoring.reference import prepare_reference
from rtc_server.types import Pose, PoseTrack
from tf_pose.pose_geometry import TORSO_JOINTS

# Raise it when the demo's video gives other poses than before: the demo lesson is then made again.
POSES_VERSION = 2
MIN_MOVEMENT = 0.2  # of the instructor's: somebody who moves less is no other instructor


def extract_poses(
    video: Path, fps: float, search: SectionSearch, on_samples: OnSamples = lambda _count: None
) -> PoseTrack:
    """Follow the instructor: their pose at every k / fps of the video, NaN where they are not seen.

    Once it is known who the instructor is, their poses are smoothed as a learner's are live.

    :param search: finds the people; the same ones, however many sections it searches at a time.
    :raises BadVideo: not a video, or no frame of it can be decoded.
    """
    plan = plan_sections(video, fps, probe(video).duration_s)
    return track_instructors(search(video, plan, on_samples), plan.geometry.aspect)[0]


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


def track_instructors(sections: Iterable[SectionPeople], aspect: float) -> list[PoseTrack]:
    """The smoothed poses of each instructor, of what was found in a video's sections.

    The first is who is followed unless a learner chooses another one. The others dance, too.
    """
    found: FoundPeople = join_sections(sections)
    tracks = [
        smooth_track(
            track_of(
                [pose or Pose.nobody(t_s) for t_s, pose in zip(found.times_s, poses, strict=True)],
                aspect,
            )
        )
        for poses in choose_instructors(found.samples, found.cuts)
    ]
    return [tracks[0], *(one for one in tracks[1:] if _dances_beside(one, tracks[0]))]


def place_of(track: PoseTrack) -> float:
    """Where somebody is most of the time, 0..1 from the left of the frame."""
    found = track.xy[:, TORSO_JOINTS, 0]
    found = found[np.isfinite(found)]
    return round(float(np.clip(np.median(found), 0, 1)), 3) if len(found) else MIDDLE


def _dances_beside(one: PoseTrack, instructor: PoseTrack) -> bool:
    """Whether there is something to follow in what they do."""
    moved, asked = (measure_movement(prepare_reference(track)) for track in (one, instructor))
    return moved >= max(NOISE_VARIANCE, MIN_MOVEMENT * asked)


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
