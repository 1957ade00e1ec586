"""Joins what was found in a video's sections: people keep their numbers across them. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from rtc_server.authoring.people.section_search import SectionPeople
from rtc_server.types import Pose
from tf_pose.pose_geometry import pose_distance_torsos

# In the same image. A little more than what two looks at one person differ by, and less than what
# two people who touch are apart.
SAME_PERSON_TORSOS = 0.25


@dataclass(slots=True)
class FoundPeople:
    """Who is in a video, sample by sample, by a number that each keeps."""

    samples: list[dict[int, Pose]] = field(default_factory=list)
    times_s: list[float] = field(default_factory=list)
    cuts: list[bool] = field(default_factory=list)


def join_sections(sections: Iterable[SectionPeople]) -> FoundPeople:
    """Join sections in the order of time.

    A section's first samples are the last ones of the section before. Who is at the same place in
    them is the same person. Nothing is joined to a section that breaks off before its end: there
    the video ends, earlier than its file says.
    """
    joined = FoundPeople()
    next_number = 0
    for section in sections:
        begin = len(joined.samples) - section.warm_up
        if joined.times_s[begin:] != section.times_s[: section.warm_up]:
            break
        overlap = joined.samples[begin:]
        names = _match_numbers(overlap, section.samples[: section.warm_up])
        for people in section.samples:
            for number in people:
                if number not in names:
                    names[number], next_number = next_number, next_number + 1
        for people in section.samples[section.warm_up :]:
            joined.samples.append({names[number]: pose for number, pose in people.items()})
        joined.times_s += section.times_s[section.warm_up :]
        joined.cuts += section.cuts[section.warm_up :]
    return joined


def _match_numbers(known: list[dict[int, Pose]], again: list[dict[int, Pose]]) -> dict[int, int]:
    """The known number of each person who was found again; the newest sample decides first."""
    names: dict[int, int] = {}
    for before, now in zip(reversed(known), reversed(again), strict=True):
        pairs = sorted(
            (distance, number, name)
            for number, pose in now.items()
            for name, other in before.items()
            if (distance := _distance_torsos(other, pose)) < SAME_PERSON_TORSOS
        )
        for _, number, name in pairs:
            if number not in names and name not in names.values():
                names[number] = name
    return names


def _distance_torsos(one: Pose, other: Pose) -> float:
    to_heights = np.array([one.aspect, 1], np.float32)
    return pose_distance_torsos([one.xy * to_heights], other.xy * to_heights)
