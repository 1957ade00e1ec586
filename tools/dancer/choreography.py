"""The dances, as data: what the arms, feet and trunk do on which beat.

They were made for this project. Each differs from its mirror image and from the others.
"""

from collections.abc import Mapping

from tools.dancer.motion import STANDING, Choreography, Key

# Raise and front of the upper arm, then of the forearm; see `stance.ARM_CHANNELS`.
ARMS: Mapping[str, tuple[float, float, float, float]] = {
    "down": (13, 2, 9, 14),
    "low": (46, 0, 44, 4),
    "side": (90, 0, 90, 0),
    "high": (136, 0, 141, 0),
    "up": (163, 0, 174, 0),
    "arc": (150, 0, 206, 6),
    "hip": (50, -14, -42, 14),
    "cactus": (88, 0, 178, 0),
    "hang": (88, 0, 4, 6),
    "wave out": (98, 0, 146, 0),
    "wave in": (98, 0, 202, 4),
    "chest": (44, 22, -72, 40),
    "across": (8, 34, -44, 34),
}

FEET: Mapping[str, Mapping[str, float]] = {
    "together": {
        **{name: value for name, value in STANDING.items() if "foot" in name or "hips" in name},
        **{"hips.side": 0.0, "hips.tilt": 0.0},
        **{f"{side}.foot.lift": 0.0 for side in ("left", "right")},
        **{f"{side}.foot.ahead": 0.0 for side in ("left", "right")},
        **{f"{side}.foot.point": 0.0 for side in ("left", "right")},
    },
    "right out": {"right.foot.out": 0.19, "hips.side": -0.13, "hips.drop": 0.03, "hips.tilt": -3},
    "left out": {"left.foot.out": 0.19, "hips.side": 0.13, "hips.drop": 0.03, "hips.tilt": 3},
    "left touch": {"left.foot.out": -0.32, "left.foot.point": 28, "hips.side": -0.15},
    "right touch": {"right.foot.out": -0.32, "right.foot.point": 28, "hips.side": 0.15},
    "wide": {
        **{"right.foot.out": 0.17, "left.foot.out": 0.17, "hips.side": 0.0, "hips.drop": 0.035},
        **{"right.foot.turn": 18, "left.foot.turn": 18, "hips.tilt": 0.0},
    },
    "squat": {"hips.drop": 0.27, "chest.bend": 13, "head.bend": -9, "hips.side": 0.0},
    "rise": {"hips.drop": 0.035, "chest.bend": 0, "head.bend": 0},
    "lunge right": {
        **{"right.foot.out": 0.36, "right.foot.turn": 34, "hips.side": -0.2, "hips.drop": 0.15},
    },
    "lunge left": {
        **{"left.foot.out": 0.36, "left.foot.turn": 34, "hips.side": 0.2, "hips.drop": 0.15},
    },
    "left knee": {
        **{"left.foot.lift": 0.42, "left.foot.ahead": 0.2, "left.foot.out": 0.02},
        **{"left.foot.point": 32, "hips.side": -0.1, "hips.drop": 0.015, "hips.tilt": -3},
    },
    "right knee": {
        **{"right.foot.lift": 0.42, "right.foot.ahead": 0.2, "right.foot.out": 0.02},
        **{"right.foot.point": 32, "hips.side": 0.1, "hips.drop": 0.015, "hips.tilt": 3},
    },
    "right kick": {
        **{"right.foot.lift": 0.3, "right.foot.out": 0.52, "right.foot.point": 36},
        **{"hips.side": 0.12, "hips.drop": 0.02, "hips.tilt": 8, "chest.lean": 9, "head.lean": -6},
    },
    "left kick": {
        **{"left.foot.lift": 0.3, "left.foot.out": 0.52, "left.foot.point": 36},
        **{"hips.side": -0.12, "hips.drop": 0.02, "hips.tilt": -8, "chest.lean": -9},
        **{"head.lean": 6},
    },
    "sway right": {"hips.side": -0.11, "hips.tilt": -5, "hips.drop": 0.04},
    "sway left": {"hips.side": 0.11, "hips.tilt": 5, "hips.drop": 0.04},
}


def _key(
    beat: float,
    feet: str = "",
    left: str = "",
    right: str = "",
    over: float = 1.0,
    **trunk: float,
) -> Key:
    """One line of a dance; `chest_lean=8` sets the channel `chest.lean`."""
    pose = dict(FEET[feet]) if feet else {}
    for side, arm in (("left", left), ("right", right)):
        if arm:
            names = ("upper.raise", "upper.front", "fore.raise", "fore.front")
            pose |= {f"{side}.{name}": v for name, v in zip(names, ARMS[arm], strict=True)}
    pose |= {name.replace("_", ".", 1): value for name, value in trunk.items()}
    return Key(beat, pose, over)


_UPRIGHT = {"chest_lean": 0.0, "chest_yaw": 0.0, "head_yaw": 0.0, "head_lean": 0.0}

SUNRISE = Choreography(
    "sunrise",
    48,
    (
        _key(2.5, "together", groove=0.0),
        _key(3, groove=1.0),
        # Step and touch, one arm at a time.
        _key(4, "right out", right="side", left="hip", head_yaw=-18),
        _key(5, "left touch", right="up", head_yaw=0, head_lean=-4),
        _key(6, "left out", left="high", right="down", head_yaw=16, head_lean=0),
        _key(7, "right touch", left="cactus", right="low", head_yaw=0),
        _key(8, "together", left="down", right="down"),
        # Lunges under a high arch.
        _key(9.5, "lunge right", left="arc", right="hip", over=1.4, chest_lean=-11, head_yaw=-12),
        _key(12, "together", left="side", right="down", **_UPRIGHT),
        _key(13.5, "lunge left", left="low", right="high", over=1.4, chest_lean=-5, head_yaw=-16),
        _key(16, "together", left="down", right="down", **_UPRIGHT),
        # Both arms overhead, then a knee and a kick.
        _key(17, left="side", right="side"),
        _key(18, left="up", right="up", head_bend=-6),
        _key(19, chest_lean=8, hips_side=-0.06),
        _key(20, "left knee", left="side", right="up", chest_lean=0, head_bend=0),
        _key(21, "together", left="cactus", right="cactus"),
        _key(22, "right kick", left="up", right="low"),
        _key(23, "together", left="down", right="down", **_UPRIGHT),
        # Wide stance: squat, then wave with the right hand.
        _key(24, "right out", right="low", left="chest", **_UPRIGHT),
        _key(25, "wide", right="side", left="chest"),
        _key(26, "squat", right="side", left="high"),
        _key(27, "rise", right="wave out", left="hip"),
        _key(28, "sway right", right="wave in", head_lean=-5),
        _key(29, "sway left", right="wave out", head_lean=4),
        _key(30, "sway right", right="wave in", head_lean=-5),
        _key(31, "wide", right="hang", left="hip", head_lean=0),
        # The left arm points high and low, and the trunk follows.
        _key(32, "sway left", left="high", right="hip", chest_lean=5, head_yaw=18),
        _key(33, "sway right", left="across", chest_lean=-4, head_yaw=-6),
        _key(34, "sway left", left="high", chest_lean=5, head_yaw=18),
        _key(35, "sway right", left="across", chest_lean=-4, head_yaw=-6),
        _key(36, "wide", left="cactus", right="hang", **_UPRIGHT),
        _key(37, chest_yaw=28, head_yaw=-12),
        _key(38, left="hang", right="cactus", chest_yaw=-28, head_yaw=12),
        _key(39, left="side", right="side", **_UPRIGHT),
        # Back to the start, a knee on the other side, and the last pose.
        _key(40, "right out", left="hang", right="up"),
        _key(41, "together", left="low", right="low"),
        _key(42, "right knee", left="high", right="cactus"),
        _key(43, "together", left="chest", right="chest"),
        _key(44.5, "lunge left", left="high", right="hip", chest_lean=7, head_yaw=18, over=1.2),
        _key(45.5, groove=0.0, head_bend=-4),
    ),
)

HARBOUR = Choreography(
    "harbour",
    48,
    (
        _key(2.5, "together", groove=0.0),
        _key(3, groove=1.0),
        # Signals: one arm turns while the other stays.
        _key(4, left="hang", right="hang"),
        _key(5, left="cactus", right="hang"),
        _key(6, left="hang", right="cactus"),
        _key(7, left="cactus", right="cactus"),
        _key(8, left="high", right="low", chest_lean=8),
        _key(10, left="low", right="high", chest_lean=-8),
        _key(11.5, left="chest", right="chest", chest_lean=0),
        # Rowing in a wide stance.
        _key(12.5, "left out", left="side", right="chest"),
        _key(13.5, "wide", left="chest", right="chest"),
        _key(14.5, "squat", left="low", right="low"),
        _key(16, "rise", left="side", right="chest", chest_yaw=22),
        _key(17, left="chest", right="side", chest_yaw=-22),
        _key(18, "squat", left="cactus", right="low", chest_yaw=0),
        _key(20, "rise", left="up", right="hip"),
        _key(21, "sway right", left="arc", chest_lean=-10),
        _key(22, "sway left", left="high", chest_lean=4),
        _key(23.5, "together", left="down", right="down", **_UPRIGHT),
        # Kicks to the left, knees to the right.
        _key(24.5, "left kick", left="side", right="side"),
        _key(25.5, "together", left="low", right="low", **_UPRIGHT),
        _key(26.5, "left kick", left="side", right="up"),
        _key(27.5, "together", left="hip", right="hip", **_UPRIGHT),
        _key(28.5, "right knee", left="hip", right="low"),
        _key(29.5, "together", right="hip"),
        _key(30.5, "right knee", left="up", right="hip"),
        _key(31.5, "together", left="hip"),
        # Lighthouse: an arm sweeps slowly from low to high.
        _key(33, "left out", right="low", left="hip", head_yaw=-15),
        _key(36, right="up", over=2.5, head_yaw=0),
        _key(38, right="across", over=1.5),
        _key(39, "together", right="down", left="low"),
        _key(41, left="up", over=2.0),
        _key(42, "right out", left="hang", right="side"),
        _key(43, "left touch", left="cactus", right="side"),
        _key(44.5, "lunge right", left="low", right="up", chest_lean=-6, head_yaw=-14, over=1.2),
        _key(45.5, groove=0.0),
    ),
)

CHOREOGRAPHIES: Mapping[str, Choreography] = {dance.name: dance for dance in (SUNRISE, HARBOUR)}


def choreography(name: str) -> Choreography:
    """Give the named dance.

    :raises KeyError: there is no dance of that name.
    """
    if name not in CHOREOGRAPHIES:
        raise KeyError(f"expected a choreography of {sorted(CHOREOGRAPHIES)}, got {name!r}")
    return CHOREOGRAPHIES[name]
