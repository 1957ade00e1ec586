"""Finds everybody in one section of a video."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np

from rtc_server.authoring.cover_image import CoverChooser, CoverImage
from rtc_server.authoring.frame_sampler import SampledFrame, sample_range
from rtc_server.authoring.people.sections import Section, SectionPlan
from rtc_server.authoring.people.tracker import Image, OnSamples, PeopleTracker
from rtc_server.pose.instructor_selection import is_cut
from rtc_server.types import Pose


@dataclass(slots=True)
class SectionPeople:
    """Who is in a section, by the numbers of its own tracker; the warm-up comes first."""

    warm_up: int  # samples that are the section before's, too
    samples: list[dict[int, Pose]] = field(default_factory=list)
    times_s: list[float] = field(default_factory=list)
    cuts: list[bool] = field(default_factory=list)  # whether a sample is the first of a shot
    cover: CoverImage | None = None  # the best of its own samples


def search_section(
    video: Path,
    plan: SectionPlan,
    section: Section,
    tracker: PeopleTracker,
    on_samples: OnSamples,
    check: Callable[[], None] = lambda: None,
) -> SectionPeople:
    """Find everybody in each sample of the section.

    :param on_samples: is called for the section's own samples, not for those of the warm-up.
    :param check: is called before each sample; what it raises ends the search.
    :raises BadVideo: not a video, or no frame of it can be decoded.
    """
    found = SectionPeople(section.first - section.warm_up)
    before: Image | None = None
    chooser = CoverChooser(plan.expected)
    with contextlib.closing(sample_range(video, plan.fps, plan.samples(section))) as samples:
        for sample in samples:
            check()
            people = tracker(sample.image_bgr, sample.t_s)
            found.samples.append(
                {number: replace(pose, aspect=sample.aspect) for number, pose in people.items()}
            )
            found.times_s.append(sample.t_s)
            now = _small_grey(sample)
            found.cuts.append(before is not None and is_cut(before, now))
            before = now
            if sample.k >= section.first:
                chooser.consider(sample, people)
                on_samples(1)
    found.cover = chooser.best()
    return found


def _small_grey(sample: SampledFrame) -> Image:
    """A grey image so small that only a cut to another scene changes much of it."""
    small = cv2.resize(sample.image_bgr, (32, 24), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.uint8)
