"""Puts exchanged sides back: shoulders cannot face the other way than the eyes, nor hips than
shoulders."""

from __future__ import annotations

from dataclasses import replace

from tf_pose.human import BodyPart, Human

NOSE, R_EYE, L_EYE = 0, 14, 15
RIGHT_ARM, LEFT_ARM = (2, 3, 4), (5, 6, 7)
RIGHT_LEG, LEFT_LEG = (8, 9, 10), (11, 12, 13)
CLEAR = 0.3  # of the shoulders' width: hips nearer to each other than this say nothing
SURE_FACE = 0.2  # the score from which on nose and eyes are those of somebody who faces us

Parts = dict[int, BodyPart]


def untangled(human: Human) -> Human:
    """The person with the names of arms and of legs exchanged where they contradict the rest.

    The network sometimes sees somebody from behind whose face it sees too, and in a wide stance it
    sometimes finds both legs and names them the wrong way round. A person turned away shows no
    face, and the order of shoulders and hips reversed alike: that is consistent and stays.
    """
    parts = human.body_parts
    if _faces_us(parts) and _shoulders(parts) < 0:
        parts = _exchanged(parts, RIGHT_ARM, LEFT_ARM)
    shoulders, hips = _shoulders(parts), _width(parts, RIGHT_LEG[0], LEFT_LEG[0])
    if shoulders * hips < 0 and abs(hips) >= CLEAR * abs(shoulders):
        parts = _exchanged(parts, RIGHT_LEG, LEFT_LEG)
    return human if parts is human.body_parts else Human(parts, human.score)


def _faces_us(parts: Parts) -> bool:
    face = [parts[k] for k in (NOSE, R_EYE, L_EYE) if k in parts]
    return (
        len(face) == 3
        and all(part.score > SURE_FACE for part in face)
        and _width(parts, R_EYE, L_EYE) > 0
    )


def _shoulders(parts: Parts) -> float:
    return _width(parts, RIGHT_ARM[0], LEFT_ARM[0])


def _width(parts: Parts, right: int, left: int) -> float:
    """How far the left one is to the right in the picture; 0 when one is missing."""
    return parts[left].x - parts[right].x if right in parts and left in parts else 0.0


def _exchanged(parts: Parts, right: tuple[int, ...], left: tuple[int, ...]) -> Parts:
    names = dict(zip(right + left, left + right, strict=True))
    return {names.get(k, k): replace(part, part_idx=names.get(k, k)) for k, part in parts.items()}
