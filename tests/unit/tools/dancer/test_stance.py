"""Stances become bones: arms point where their channels say, and feet stay on the floor."""

import numpy as np
import pytest

from tools.dancer.body import LOOKS, body, sole_rows
from tools.dancer.choreography import CHOREOGRAPHIES
from tools.dancer.motion import standing
from tools.dancer.rig import BONES
from tools.dancer.skinning import JOINTS, joints, skinned
from tools.dancer.stance import INDEX, bones_at


def posed(name: str, **channels: float) -> np.ndarray:
    changed = standing()
    for channel, value in channels.items():
        changed[INDEX[channel.replace("__", ".")]] = value
    return joints(body(name), bones_at(body(name), changed))


def direction(places: np.ndarray, start: str, end: str) -> np.ndarray:
    along = places[JOINTS.index(end)] - places[JOINTS.index(start)]
    return along / np.linalg.norm(along)


@pytest.mark.parametrize(("raise_", "front"), [(0, 0), (45, 20), (90, 0), (150, -10), (-30, 40)])
@pytest.mark.parametrize("side", ["left", "right"])
def test_the_forearm_points_where_its_channels_say(side: str, raise_: float, front: float) -> None:
    places = posed("tall", **{f"{side}__fore__raise": raise_, f"{side}__fore__front": front})
    out = 1.0 if side == "left" else -1.0
    r, f = np.radians([raise_, front])
    told = [out * np.sin(r) * np.cos(f), -np.cos(r) * np.cos(f), np.sin(f)]
    assert np.allclose(direction(places, f"{side}_elbow", f"{side}_wrist"), told, atol=1e-6)


def test_upper_arm_out_to_the_side_is_level() -> None:
    along = direction(
        posed("short", left__upper__raise=90.0, left__upper__front=0.0),
        "left_shoulder",
        "left_elbow",
    )
    assert np.allclose(along, [1, 0, 0], atol=1e-6)


def test_arms_raised_overhead_end_above_the_head() -> None:
    up = {"upper__raise": 165.0, "fore__raise": 176.0}
    places = posed(
        "instructor", **{f"{s}__{k}": v for s in ("left", "right") for k, v in up.items()}
    )
    for side in ("left", "right"):
        assert places[JOINTS.index(f"{side}_wrist"), 1] > places[JOINTS.index("nose"), 1] + 0.25


@pytest.mark.parametrize("name", sorted(LOOKS))
@pytest.mark.parametrize("dance", sorted(CHOREOGRAPHIES))
def test_the_lower_foot_never_goes_through_the_floor(name: str, dance: str) -> None:
    who, motion = body(name), CHOREOGRAPHIES[dance].motion()
    soles = np.concatenate([sole_rows("L"), sole_rows("R")])
    for t_s in np.arange(0.1, 24, 0.83):
        lowest = skinned(who, bones_at(who, motion(t_s)), soles)[:, 1].min()
        assert -0.003 < lowest < 0.06, f"at {t_s:.2f} s"


def test_bending_the_knees_moves_no_foot() -> None:
    up, down = posed("stout"), posed("stout", hips__drop=0.3)
    feet = [JOINTS.index("left_ankle"), JOINTS.index("right_ankle")]
    assert np.allclose(up[feet], down[feet], atol=1e-6)
    assert up[1, 1] - down[1, 1] > 0.2


@pytest.mark.parametrize("dance", sorted(CHOREOGRAPHIES))
def test_bones_keep_their_length(dance: str) -> None:
    who, motion = body("child"), CHOREOGRAPHIES[dance].motion()
    places = np.array([joints(who, bones_at(who, motion(t_s))) for t_s in np.arange(0, 24, 0.4)])
    for a, b in (("shoulder", "elbow"), ("elbow", "wrist"), ("hip", "knee"), ("knee", "ankle")):
        ends = JOINTS.index(f"left_{a}"), JOINTS.index(f"left_{b}")
        assert np.ptp(np.linalg.norm(places[:, ends[0]] - places[:, ends[1]], axis=1)) < 1e-9


def test_parents_come_before_their_children() -> None:
    parents = body("tall").rig.parents
    assert all(parent < k for k, parent in enumerate(parents))
    assert parents[BONES.index("lowerarm01.L")] == BONES.index("upperarm01.L")
