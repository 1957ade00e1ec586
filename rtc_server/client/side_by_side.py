"""Draws learner and instructor side by side, limbs coloured by skill, with score and hint."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from rtc_server.authoring.frame_sampler import SampledFrame, sample_frames
from rtc_server.authoring.overlays import FONT, OUTLINE_COLOUR, TEXT_COLOUR
from rtc_server.authoring.people.tracker import Image
from rtc_server.lessons.lesson import Lesson
from rtc_server.scoring import limb_directions
from rtc_server.scoring.interpolation import interpolate_pose
from rtc_server.scoring.limb_directions import Floats
from rtc_server.scoring.limbs import L_HIP, LIMB_COUNT, LIMB_NAMES, LIMBS, MIRRORED_LIMBS, R_HIP
from rtc_server.types import Pose, PoseTrack, Score

HEIGHT, STRIP_HEIGHT, GAP = 540, 84, 6  # pixels; even, as 4:2:0 requires
BACKGROUND = (34, 30, 28)
# Colours of skill 0, ½ and 1 (BGR); they differ in lightness, too.
WRONG, HALF_WAY, RIGHT = (70, 60, 235), (60, 190, 250), (120, 220, 90)
UNKNOWN = (150, 150, 150)


@dataclass(frozen=True, slots=True)
class ComparedSample:
    """One sample of the learner's recording, with its pose and score."""

    k: int
    t_s: float
    pose: Pose
    score: Score


def draw_comparison(
    video: Path,
    lesson: Lesson,
    compared: list[ComparedSample],
    late_s: float,
    mirror: bool,
    followed: int = 0,
) -> Iterator[Image]:
    """One image for each sample; the instructor is shown `late_s` earlier, as the learner followed.

    :param mirror: whether the learner moved as in a mirror; their image is then flipped.
    :param followed: the number of the instructor whom they followed.
    :raises BadVideo: one of the videos cannot be read.
    """
    track = lesson.poses(followed)
    if not compared:
        return
    first = compared[0].k
    shift = first - round(late_s * lesson.pose_fps)
    instructor = _shift_samples(
        sample_frames(lesson.source_path, lesson.pose_fps), len(compared), shift
    )
    learner = (s for s in sample_frames(video, lesson.pose_fps) if s.k >= first)
    for sample, instructor_sample, scored in zip(learner, instructor, compared, strict=False):
        yield _compose(
            _draw_learner(sample.image_bgr, scored, mirror),
            _draw_instructor(instructor_sample, track),
            scored,
        )


def _shift_samples(
    original: Iterator[SampledFrame], count: int, shift: int
) -> Iterator[SampledFrame]:
    """Sample k + shift for each k; before the first and after the last, that one is repeated."""
    sample = next(original)
    for k in range(count):
        while sample.k < k + shift:
            following = next(original, None)
            if following is None:
                break
            sample = following
        yield sample


def _draw_learner(image: Image, scored: ComparedSample, mirror: bool) -> Image:
    """The learner's image, HEIGHT pixels high, with limbs in the colours of their skill."""
    xy, confidence, limbs = scored.pose.xy, scored.pose.confidence, scored.score.limbs
    shown = _scale(image)
    skills = [limbs.get(name) for name in LIMB_NAMES]
    if mirror:
        shown = np.ascontiguousarray(shown[:, ::-1])
        xy, confidence = limb_directions.mirror_pose(xy, confidence)
        skills = [skills[k] for k in MIRRORED_LIMBS]
    _draw_limbs(shown, xy, confidence, [skill_colour(skill) for skill in skills])
    return shown


def _draw_instructor(sample: SampledFrame, track: PoseTrack) -> Image:
    shown = _scale(sample.image_bgr)
    target = interpolate_pose(track, sample.t_s)
    _draw_limbs(shown, target.xy, target.confidence, [TEXT_COLOUR] * LIMB_COUNT)
    return shown


def skill_colour(skill: float | None) -> tuple[int, int, int]:
    """Red over amber to green, grey where unknown."""
    if skill is None:
        return UNKNOWN
    share = min(1.0, max(0.0, skill)) * 2
    low, high = (WRONG, HALF_WAY) if share < 1 else (HALF_WAY, RIGHT)
    part = share % 1 if share < 2 else 1.0
    mixed = [round(a + (b - a) * part) for a, b in zip(low, high, strict=True)]
    return mixed[0], mixed[1], mixed[2]


def _draw_limbs(
    image: Image, xy: Floats, confidence: Floats, colours: list[tuple[int, int, int]]
) -> None:
    size = np.array(image.shape[1::-1], np.float32)
    hips = xy[[R_HIP, L_HIP]].mean(axis=0)
    points = np.concatenate([xy, hips[None]]) * size
    sure = np.append(confidence, confidence[[R_HIP, L_HIP]].min())
    for limb, colour in zip(LIMBS.values(), colours, strict=True):
        ends = points[[limb.start, limb.end]]
        if (
            sure[[limb.start, limb.end]].min() < limb_directions.MIN_CONFIDENCE
            or not np.isfinite(ends).all()
        ):
            continue
        a, b = ((round(float(x)), round(float(y))) for x, y in ends)
        cv2.line(image, a, b, OUTLINE_COLOUR, 9, cv2.LINE_AA)
        cv2.line(image, a, b, colour, 5, cv2.LINE_AA)


def _compose(learner: Image, instructor: Image, scored: ComparedSample) -> Image:
    """Both images with captions, and below them the numbers and the hint."""
    _write(learner, "you", (12, 28), 0.7)
    _write(instructor, "instructor", (12, 28), 0.7)
    gap = np.full((HEIGHT, GAP, 3), BACKGROUND, np.uint8)
    above = np.concatenate([learner, gap, instructor], axis=1)
    strip = np.full((STRIP_HEIGHT, above.shape[1], 3), BACKGROUND, np.uint8)
    score = scored.score
    points = "--" if score.score is None else f"{score.score:.0f}"
    shade = skill_colour(None if score.score is None else score.score / 100)
    _write(strip, points, (14, 58), 1.7, shade)
    words = [f"{scored.t_s:.1f} s", score.label or ""]
    if score.lag_ms is not None and abs(score.lag_ms) >= 100:
        words.append(f"{abs(score.lag_ms):.0f} ms {'late' if score.lag_ms > 0 else 'early'}")
    _write(strip, "   ".join(word for word in words if word), (130, 34), 0.6)
    _write(strip, score.hint.sentence if score.hint else "", (130, 64), 0.65, HALF_WAY)
    return np.concatenate([above, strip], axis=0)


def _scale(image: Image) -> Image:
    width = max(2, round(image.shape[1] * HEIGHT / image.shape[0] / 2) * 2)
    return np.asarray(cv2.resize(image, (width, HEIGHT), interpolation=cv2.INTER_AREA), np.uint8)


def _write(
    image: Image,
    text: str,
    at: tuple[int, int],
    scale: float,
    colour: tuple[int, int, int] = TEXT_COLOUR,
) -> None:
    thick = max(1, round(scale * 1.8))
    cv2.putText(image, text, at, FONT, scale, OUTLINE_COLOUR, thick * 3, cv2.LINE_AA)
    cv2.putText(image, text, at, FONT, scale, colour, thick, cv2.LINE_AA)
