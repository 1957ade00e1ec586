"""Turns channels into bones: forward kinematics for trunk and arms, two-bone reach for the legs.

A stance is an array (c,) of the channels below. Angles are in degrees; lengths are shares of the
dancer's own leg, so that one choreography fits every body. Left and right are the dancer's own.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tools.dancer import rotations as turn
from tools.dancer.body import Body, sole_rows
from tools.dancer.rig import BONES, LEG, NECK, SPINE

Stance = NDArray[np.float64]

TRUNK_CHANNELS = (
    *("hips.side", "hips.ahead", "hips.drop", "hips.yaw", "hips.tilt"),
    *("chest.yaw", "chest.lean", "chest.bend", "head.yaw", "head.lean", "head.bend"),
    "groove",
)
# raise: angle in the frontal plane, 0 down, 90 to the arm's own side, 180 up, negative across the
# body; front: angle out of that plane, towards the camera.
ARM_CHANNELS = ("upper.raise", "upper.front", "fore.raise", "fore.front")
LEG_CHANNELS = ("foot.out", "foot.ahead", "foot.lift", "foot.turn", "foot.point")
CHANNELS: tuple[str, ...] = (
    *TRUNK_CHANNELS,
    *(f"{side}.{name}" for side in ("left", "right") for name in (*ARM_CHANNELS, *LEG_CHANNELS)),
)
_SIDES = (("left", "L"), ("right", "R"))
INDEX = {name: k for k, name in enumerate(CHANNELS)}

_STRAIGHT = 0.997  # of the leg's length: a knee is never quite straight, so it does not snap
_SOFT_M = 0.015  # the hips begin to yield this far before a leg is fully stretched
_FLIP = np.diag([-1.0, 1.0, 1.0])


@dataclass(frozen=True, slots=True)
class Bones:
    """The driven bones: turns (b, 3, 3) from their rest pose, and heads (b, 3) in metres."""

    turns: NDArray[np.float64]
    heads: NDArray[np.float64]


def bones_at(body: Body, stance: Stance) -> Bones:
    """Place every driven bone of a body in a stance, with the standing foot on the floor."""
    turns = np.tile(np.eye(3), (len(BONES), 1, 1))
    heads = np.zeros_like(body.rig.heads)
    hips = turn.about_y(_value(stance, "hips.yaw")) @ turn.about_z(-_value(stance, "hips.tilt"))
    turns[0] = hips
    _turn_chain(turns, SPINE, "root", _trunk_turn(stance, "chest"))
    _turn_chain(turns, NECK, SPINE[-1], _trunk_turn(stance, "head"))
    for side, mark in _SIDES:
        _turn_arm(body, turns, stance, side, mark)
    ankles = {mark: _ankle(body, stance, side, mark) for side, mark in _SIDES}
    heads[0] = _root_place(body, stance, hips, ankles)
    for side, mark in _SIDES:
        _turn_leg(body, turns, heads[0], ankles[mark], stance, side, mark)
    for k, parent in enumerate(body.rig.parents[1:], start=1):
        offset = body.rig.heads[k] - body.rig.heads[parent]
        heads[k] = heads[parent] + turns[parent] @ offset
    return Bones(turns, heads)


def _value(stance: Stance, channel: str) -> float:
    return float(stance[INDEX[channel]])


def _trunk_turn(stance: Stance, part: str) -> turn.Matrix:
    yaw, lean, bend = (_value(stance, f"{part}.{name}") for name in ("yaw", "lean", "bend"))
    return turn.about_y(yaw) @ turn.about_z(-lean) @ turn.about_x(bend)


def _turn_chain(
    turns: NDArray[np.float64], chain: tuple[str, ...], base: str, whole: turn.Matrix
) -> None:
    """Divide one turn evenly among a chain of bones, on top of the bone that carries it."""
    step = turn.part_of(whole, 1 / len(chain))
    carried = turns[BONES.index(base)]
    for bone in chain:
        carried = carried @ step
        turns[BONES.index(bone)] = carried


def _turn_arm(body: Body, turns: NDArray[np.float64], stance: Stance, side: str, mark: str) -> None:
    """Point upper arm and forearm; the collar bone rises with them, and the palm opens overhead."""
    flip = np.eye(3) if mark == "L" else _FLIP
    shoulder, elbow, wrist = (
        flip @ body.rig.heads[BONES.index(f"{bone}.{mark}")]
        for bone in ("upperarm01", "lowerarm01", "wrist")
    )
    raise_, front, fore_raise, fore_front = (
        _value(stance, f"{side}.{name}") for name in ARM_CHANNELS
    )
    shrug = turn.about_z(0.22 * float(np.clip(raise_ - 40.0, 0.0, 140.0)))
    rest = elbow - shoulder
    rest_raise = float(np.degrees(np.arctan2(rest[0], -rest[1])))
    rest_front = float(np.degrees(np.arcsin(rest[2] / np.linalg.norm(rest))))
    upper = _aim(raise_, front) @ _aim(rest_raise, rest_front).T
    bent = turn.between(upper @ (wrist - elbow), _aim(fore_raise, fore_front) @ [0.0, -1.0, 0.0])
    fore = bent @ upper
    axis = fore @ (wrist - elbow)
    palm = -75.0 * _ease((fore_raise - 60.0) / 90.0)
    chest = turns[BONES.index(SPINE[-1])]
    for bone, local in (
        ("clavicle", shrug),
        ("upperarm01", upper),
        ("lowerarm01", turn.about(axis, 0.25 * palm) @ fore),
        ("lowerarm02", turn.about(axis, 0.6 * palm) @ fore),
        ("wrist", turn.about(axis, palm) @ fore),
    ):
        turns[BONES.index(f"{bone}.{mark}")] = chest @ flip @ local @ flip


def _aim(raise_: float, front: float) -> turn.Matrix:
    """The rotation that brings a limb that hangs straight down to this raise and front."""
    return turn.about_z(raise_) @ turn.about_x(-front)


def _ease(share: float) -> float:
    x = float(np.clip(share, 0.0, 1.0))
    return x * x * (3 - 2 * x)


def _ankle(body: Body, stance: Stance, side: str, mark: str) -> turn.Vector:
    """Compute the ankle's place (3,): its foot stands on the floor, on its ball, or hangs free."""
    rest = body.rig.heads[BONES.index(f"foot.{mark}")]
    out, ahead, lift, _, point = (_value(stance, f"{side}.{name}") for name in LEG_CHANNELS)
    sign = 1.0 if mark == "L" else -1.0
    sole = (body.vertices[sole_rows(mark)] - rest) @ turn.about_x(point).T
    return np.array(
        [
            rest[0] + sign * out * body.leg_m,
            lift * body.leg_m - float(sole[:, 1].min()),
            rest[2] + ahead * body.leg_m,
        ]
    )


def _root_place(
    body: Body, stance: Stance, hips: turn.Matrix, ankles: Mapping[str, turn.Vector]
) -> turn.Vector:
    """Compute the root's place (3,): no higher than the standing legs reach, and without a jolt."""
    rig, leg_m = body.rig, body.leg_m
    rest = rig.heads[0]
    x = rest[0] + _value(stance, "hips.side") * leg_m
    z = rest[2] + _value(stance, "hips.ahead") * leg_m
    tops = [rest[1] - _value(stance, "hips.drop") * leg_m]
    for side, mark in _SIDES:
        joint = hips @ (rig.heads[BONES.index(f"upperleg01.{mark}")] - rest)
        ankle = ankles[mark]
        aside = np.hypot(ankle[0] - x - joint[0], ankle[2] - z - joint[2])
        reach = np.sqrt(max((_STRAIGHT * leg_m) ** 2 - aside**2, 0.0))
        slack = 6.0 * _value(stance, f"{side}.foot.lift") * leg_m
        tops.append(ankle[1] + reach - joint[1] + slack)
    lowest = min(tops)
    soft = _SOFT_M * np.log(np.exp((lowest - np.array(tops)) / _SOFT_M).sum())
    return np.array([x, lowest - soft, z])


def _turn_leg(
    body: Body,
    turns: NDArray[np.float64],
    root: turn.Vector,
    ankle: turn.Vector,
    stance: Stance,
    side: str,
    mark: str,
) -> None:
    """Bend hip and knee so that the ankle is where the stance puts it (law of cosines)."""
    rows = [BONES.index(f"{bone}.{mark}") for bone in LEG]
    hip_rest, knee_rest, ankle_rest = body.rig.heads[rows]
    hips = turns[0]
    sign = 1.0 if mark == "L" else -1.0
    hip = root + hips @ (hip_rest - body.rig.heads[0])
    _, _, lift, foot_turn, point = (_value(stance, f"{side}.{name}") for name in LEG_CHANNELS)
    span = ankle - hip
    thigh_m = float(np.linalg.norm(knee_rest - hip_rest))
    shin_m = float(np.linalg.norm(ankle_rest - knee_rest))
    far = min(float(np.linalg.norm(span)), _STRAIGHT * (thigh_m + shin_m))
    along = span / np.linalg.norm(span)
    ahead = hips @ turn.about_y(sign * (8.0 + 0.6 * foot_turn)) @ np.array([0.0, 0.0, 1.0])
    ahead -= (ahead @ along) * along
    cosine = (thigh_m**2 + far**2 - shin_m**2) / (2 * thigh_m * far)
    sine = np.sqrt(max(1 - cosine**2, 0.0))
    knee = hip + thigh_m * (cosine * along + sine * ahead / np.linalg.norm(ahead))
    thigh = turn.between(hips @ (knee_rest - hip_rest), knee - hip) @ hips
    shin = turn.between(thigh @ (ankle_rest - knee_rest), hip + far * along - knee) @ thigh
    flat = turn.about_y(sign * foot_turn)
    hanging = turn.part_of(shin @ flat.T, 0.8 * _ease(lift / 0.25))
    turns[rows] = thigh, shin, hanging @ flat @ turn.about_x(point)
