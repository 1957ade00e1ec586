"""Mistakes of learners: each function takes a motion and returns a changed one."""

from collections.abc import Callable, Mapping

import numpy as np

from tools.dancer.motion import Motion, standing
from tools.dancer.stance import ARM_CHANNELS, CHANNELS, INDEX, LEG_CHANNELS, Stance

# Channels that change sign when left and right are exchanged.
_LATERAL = (
    *("hips.side", "hips.yaw", "hips.tilt"),
    *("chest.yaw", "chest.lean", "head.yaw", "head.lean"),
)
_ARMS = {s: [INDEX[f"{s}.{name}"] for name in ARM_CHANNELS] for s in ("left", "right")}
_LEGS = {s: [INDEX[f"{s}.{name}"] for name in LEG_CHANNELS] for s in ("left", "right")}
_HIPS = [k for k, name in enumerate(CHANNELS) if name.startswith("hips.")]


def delayed(motion: Motion, delay_s: float) -> Motion:
    """Do everything `delay_s` later (earlier if negative)."""
    return lambda t_s: motion(t_s - delay_s)


def faster(motion: Motion, rate: float) -> Motion:
    """Dance faster than the music: lesson time passes `rate` times as fast."""
    return lambda t_s: motion(t_s * rate)


def scaled(motion: Motion, amplitude: float) -> Motion:
    """Make all movements smaller: each channel goes only this share of the way from standing."""
    rest = standing()
    return lambda t_s: rest + amplitude * (motion(t_s) - rest)


def mirrored(motion: Motion) -> Motion:
    """Exchange left and right, as a learner does who faces the screen.

    In a lesson that expects no mirroring, this learner is on the wrong side.
    """
    return _changed(motion, _flip)


def arms_swapped(motion: Motion) -> Motion:
    """Exchange the arms only: the left arm does what the right should do, and vice versa."""
    return _changed(motion, lambda stance: _swap(stance, _ARMS))


def arm_still(motion: Motion, side: str) -> Motion:
    """Let one arm, the dancer's `left` or `right`, hang down all the time."""
    if side not in _ARMS:
        raise KeyError(f"expected left or right, got {side!r}")
    return _frozen(motion, _ARMS[side])


def legs_still(motion: Motion) -> Motion:
    """Dance with the upper body only."""
    return _frozen(motion, [*_LEGS["left"], *_LEGS["right"], *_HIPS])


def held(motion: Motion, pose: Mapping[str, float]) -> Motion:
    """Keep these channels at these values, whatever the dance does with them.

    :raises KeyError: a name is not a channel.
    """
    for name in pose:
        if name not in INDEX:
            raise KeyError(f"expected a channel of {sorted(INDEX)}, got {name!r}")
    rows, values = [INDEX[name] for name in pose], list(pose.values())

    def hold(stance: Stance) -> Stance:
        kept = stance.copy()
        kept[rows] = values
        return kept

    return _changed(motion, hold)


def stands_still(_: Motion) -> Motion:
    """Do nothing at all."""
    return lambda _t_s: standing()


def loose(motion: Motion, degrees: float, seed: int = 0) -> Motion:
    """Dance in a personal style: every angle drifts slowly by about `degrees`."""
    noise = np.random.default_rng(seed)
    angles = np.array(["foot" not in name and name != "groove" for name in CHANNELS])
    angles[[INDEX[f"hips.{name}"] for name in ("side", "ahead", "drop")]] = False
    hertz = noise.uniform(0.08, 0.45, (3, len(CHANNELS)))
    phase = noise.uniform(0, 2 * np.pi, (3, len(CHANNELS)))

    def at(t_s: float) -> Stance:
        wander = np.sin(2 * np.pi * hertz * t_s + phase).sum(axis=0) * np.sqrt(2 / 3)
        return motion(t_s) + degrees * wander * angles

    return at


def _changed(motion: Motion, change: Callable[[Stance], Stance]) -> Motion:
    return lambda t_s: change(motion(t_s))


def _frozen(motion: Motion, channels: list[int]) -> Motion:
    rest = standing()

    def freeze(stance: Stance) -> Stance:
        held = stance.copy()
        held[channels] = rest[channels]
        return held

    return _changed(motion, freeze)


def _swap(stance: Stance, limbs: dict[str, list[int]]) -> Stance:
    swapped = stance.copy()
    swapped[limbs["left"]], swapped[limbs["right"]] = stance[limbs["right"]], stance[limbs["left"]]
    return swapped


def _flip(stance: Stance) -> Stance:
    flipped = _swap(_swap(stance, _ARMS), _LEGS)
    flipped[[INDEX[name] for name in _LATERAL]] *= -1
    return flipped
