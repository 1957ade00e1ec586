"""The mesh follows the bones, and the eighteen joints are where the mesh has them."""

import numpy as np
import pytest

from tools.dancer.body import LOOKS, body
from tools.dancer.motion import standing
from tools.dancer.rig import BONES
from tools.dancer.skinning import JOINTS, joints, skinned
from tools.dancer.stance import INDEX, Bones, bones_at


def stance(**channels: float) -> np.ndarray:
    changed = standing()
    for name, value in channels.items():
        changed[INDEX[name.replace("__", ".")]] = value
    return changed


@pytest.mark.parametrize("name", sorted(LOOKS))
def test_bones_at_rest_leave_every_vertex_alone(name: str) -> None:
    who = body(name)
    rest = Bones(np.tile(np.eye(3), (len(BONES), 1, 1)), who.rig.heads)
    assert np.allclose(skinned(who, rest), who.vertices, atol=1e-9)


def test_weights_of_each_vertex_sum_to_one() -> None:
    totals = body("tall").rig.weights.sum(axis=1)
    assert np.allclose(totals[:13380], 1.0)


@pytest.mark.parametrize(
    ("joint", "bone"),
    [
        ("left_elbow", "upperarm01.L"),
        ("right_wrist", "lowerarm02.R"),
        ("left_knee", "upperleg01.L"),
    ],
)
def test_joint_lies_inside_the_limb_it_ends(joint: str, bone: str) -> None:
    who = body("instructor")
    bones = bones_at(who, stance(left__upper__raise=120.0, right__fore__raise=95.0))
    place = joints(who, bones)[JOINTS.index(joint)]
    limb = skinned(who, bones)[:13380][who.rig.weights[:13380, BONES.index(bone)] > 0.25]
    assert np.linalg.norm(limb - place, axis=1).min() < 0.07
    assert (limb.min(axis=0) - 0.02 < place).all()
    assert (place < limb.max(axis=0) + 0.02).all()


def test_stiff_part_keeps_its_distance_to_its_joint() -> None:
    who = body("stout")
    hand = np.flatnonzero(who.rig.weights[:13380, BONES.index("wrist.L")] > 0.999)
    wrist = JOINTS.index("left_wrist")

    def reach(raise_: float) -> np.ndarray:
        bones = bones_at(who, stance(left__upper__raise=raise_, left__fore__raise=raise_ + 30))
        return np.linalg.norm(skinned(who, bones, hand) - joints(who, bones)[wrist], axis=1)

    assert len(hand) > 100
    assert np.allclose(reach(10.0), reach(150.0), atol=1e-9)


def test_neck_is_midway_between_the_shoulders() -> None:
    places = joints(body("short"), bones_at(body("short"), stance(chest__lean=12.0)))
    assert np.allclose(places[1], (places[2] + places[5]) / 2)


def test_left_is_the_dancers_own_left() -> None:
    places = joints(body("child"), bones_at(body("child"), standing()))
    for name in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle", "eye", "ear"):
        assert places[JOINTS.index(f"left_{name}"), 0] > 0.01
        assert places[JOINTS.index(f"right_{name}"), 0] < -0.01
