"""Corrects exchanged left and right limbs: shoulders cannot face another way than the eyes do, nor
hips another way than the shoulders."""

from __future__ import annotations

from tf_pose.human import BodyPart, Human

NOSE, R_EYE, L_EYE = 0, 14, 15
RIGHT_ARM, LEFT_ARM = (2, 3, 4), (5, 6, 7)
RIGHT_LEG, LEFT_LEG = (8, 9, 10), (11, 12, 13)
MIN_HIPS_WIDTH = 0.3  # of the shoulders' width: narrower hips say nothing
MIN_FACE_CONFIDENCE = 0.2  # of nose and eyes, to be those of somebody who faces the camera

Parts = dict[int, BodyPart]


def fix_left_right(human: Human) -> Human:
    """Exchange the names of arms or legs where they contradict the rest of the body.

    The network sometimes sees a person from behind although it sees their face, and in a wide
    stance it sometimes finds both legs and names them the wrong way round. A person turned away
    shows no face, and shoulders and hips are both reversed: that is consistent and stays.
    """
    parts = human.body_parts
    if _faces_camera(parts) and _shoulders_width(parts) < 0:
        parts = _exchange(parts, RIGHT_ARM, LEFT_ARM)
    shoulders, hips = _shoulders_width(parts), _width(parts, RIGHT_LEG[0], LEFT_LEG[0])
    if shoulders * hips < 0 and abs(hips) >= MIN_HIPS_WIDTH * abs(shoulders):
        parts = _exchange(parts, RIGHT_LEG, LEFT_LEG)
    return human if parts is human.body_parts else Human(parts, human.score)


def _faces_camera(parts: Parts) -> bool:
    face = [parts[k] for k in (NOSE, R_EYE, L_EYE) if k in parts]
    return (
        len(face) == 3
        and all(part.score > MIN_FACE_CONFIDENCE for part in face)
        and _width(parts, R_EYE, L_EYE) > 0
    )


def _shoulders_width(parts: Parts) -> float:
    return _width(parts, RIGHT_ARM[0], LEFT_ARM[0])


def _width(parts: Parts, right: int, left: int) -> float:
    """How far the left joint is to the right in the image; 0 when one is missing."""
    return parts[left].x - parts[right].x if right in parts and left in parts else 0.0


def _exchange(parts: Parts, right: tuple[int, ...], left: tuple[int, ...]) -> Parts:
    names = dict(zip(right + left, left + right, strict=True))
    return {names.get(k, k): part._replace(part_idx=names.get(k, k)) for k, part in parts.items()}
