"""Learner and instructor side by side, limbs coloured by skill, with score and hint."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from rtc_server.authoring.frame_sampler import Sample, samples
from rtc_server.authoring.overlays import FONT, INK, SHADE
from rtc_server.authoring.pose_extraction import Picture
from rtc_server.lessons.lesson import Lesson
from rtc_server.scoring import limb_directions
from rtc_server.scoring.limb_directions import Floats, reference_at
from rtc_server.types import Pose, PoseTrack, Score

TALL, STRIP, GAP = 540, 84, 6  # pixels; even, as 4:2:0 wants them
BACK = (34, 30, 28)
# Colours of skill 0, ½ and 1 (BGR); told apart by lightness, too.
WRONG, HALF_WAY, RIGHT = (70, 60, 235), (60, 190, 250), (120, 220, 90)
UNKNOWN = (150, 150, 150)


@dataclass(frozen=True, slots=True)
class Moment:
    """What was judged of one sample of the learner's recording."""

    k: int
    t_s: float
    pose: Pose
    score: Score


def pictures(
    video: Path, lesson: Lesson, moments: list[Moment], late_s: float, mirror: bool
) -> Iterator[Picture]:
    """One picture a moment; the instructor is shown as the learner followed them, `late_s` ago.

    :param mirror: whether the learner moved as in a mirror; their picture is then flipped.
    :raises BadVideo: one of the videos cannot be read.
    """
    track = lesson.poses()
    if not moments:
        return
    first = moments[0].k
    shift = first - round(late_s * lesson.pose_fps)
    instructor = _held(samples(lesson.source_path, lesson.pose_fps), len(moments), shift)
    learner = (s for s in samples(video, lesson.pose_fps) if s.k >= first)
    for sample, shown, moment in zip(learner, instructor, moments, strict=False):
        yield _joined(
            _learner(sample.image_bgr, moment, mirror),
            _instructor(shown, track),
            moment,
        )


def _held(found: Iterator[Sample], count: int, shift: int) -> Iterator[Sample]:
    """Sample k + shift for each k; the first and the last one stand in where there is none."""
    sample = next(found)
    for k in range(count):
        while sample.k < k + shift:
            after = next(found, None)
            if after is None:
                break
            sample = after
        yield sample


def _learner(image: Picture, moment: Moment, mirror: bool) -> Picture:
    """The learner's picture as tall as TALL, their limbs in the colours of their skill."""
    xy, confidence, limbs = moment.pose.xy, moment.pose.confidence, moment.score.limbs
    shown = _scaled(image)
    skills = [limbs.get(name) for name in limb_directions.NAMES]
    if mirror:
        shown = np.ascontiguousarray(shown[:, ::-1])
        xy, confidence = limb_directions.mirrored(xy, confidence)
        skills = [skills[k] for k in limb_directions.SWAPPED_LIMBS]
    _draw_limbs(shown, xy, confidence, [colour_of(skill) for skill in skills])
    return shown


def _instructor(sample: Sample, track: PoseTrack) -> Picture:
    shown = _scaled(sample.image_bgr)
    target = reference_at(track, sample.t_s)
    _draw_limbs(shown, target.xy, target.confidence, [INK] * limb_directions.COUNT)
    return shown


def colour_of(skill: float | None) -> tuple[int, int, int]:
    """Red over amber to green, grey where unknown."""
    if skill is None:
        return UNKNOWN
    share = min(1.0, max(0.0, skill)) * 2
    low, high = (WRONG, HALF_WAY) if share < 1 else (HALF_WAY, RIGHT)
    part = share % 1 if share < 2 else 1.0
    mixed = [round(a + (b - a) * part) for a, b in zip(low, high, strict=True)]
    return mixed[0], mixed[1], mixed[2]


def _draw_limbs(
    image: Picture, xy: Floats, confidence: Floats, colours: list[tuple[int, int, int]]
) -> None:
    size = np.array(image.shape[1::-1], np.float32)
    hips = xy[[limb_directions.R_HIP, limb_directions.L_HIP]].mean(axis=0)
    points = np.concatenate([xy, hips[None]]) * size
    sure = np.append(confidence, confidence[[limb_directions.R_HIP, limb_directions.L_HIP]].min())
    for (start, end, _), colour in zip(limb_directions.LIMBS.values(), colours, strict=True):
        ends = points[[start, end]]
        if (
            sure[[start, end]].min() < limb_directions.LEAST_CONFIDENCE
            or not np.isfinite(ends).all()
        ):
            continue
        a, b = ((round(float(x)), round(float(y))) for x, y in ends)
        cv2.line(image, a, b, SHADE, 9, cv2.LINE_AA)
        cv2.line(image, a, b, colour, 5, cv2.LINE_AA)


def _joined(learner: Picture, instructor: Picture, moment: Moment) -> Picture:
    """Both with names, and below them the numbers and the hint."""
    _write(learner, "you", (12, 28), 0.7)
    _write(instructor, "instructor", (12, 28), 0.7)
    gap = np.full((TALL, GAP, 3), BACK, np.uint8)
    above = np.concatenate([learner, gap, instructor], axis=1)
    strip = np.full((STRIP, above.shape[1], 3), BACK, np.uint8)
    score = moment.score
    points = "--" if score.score is None else f"{score.score:.0f}"
    shade = colour_of(None if score.score is None else score.score / 100)
    _write(strip, points, (14, 58), 1.7, shade)
    words = [f"{moment.t_s:.1f} s", score.label or ""]
    if score.lag_ms is not None and abs(score.lag_ms) >= 100:
        words.append(f"{abs(score.lag_ms):.0f} ms {'late' if score.lag_ms > 0 else 'early'}")
    _write(strip, "   ".join(word for word in words if word), (130, 34), 0.6)
    _write(strip, score.hint.sentence if score.hint else "", (130, 64), 0.65, HALF_WAY)
    return np.concatenate([above, strip], axis=0)


def _scaled(image: Picture) -> Picture:
    width = max(2, round(image.shape[1] * TALL / image.shape[0] / 2) * 2)
    return np.asarray(cv2.resize(image, (width, TALL), interpolation=cv2.INTER_AREA), np.uint8)


def _write(
    image: Picture,
    text: str,
    at: tuple[int, int],
    scale: float,
    colour: tuple[int, int, int] = INK,
) -> None:
    thick = max(1, round(scale * 1.8))
    cv2.putText(image, text, at, FONT, scale, SHADE, thick * 3, cv2.LINE_AA)
    cv2.putText(image, text, at, FONT, scale, colour, thick, cv2.LINE_AA)
