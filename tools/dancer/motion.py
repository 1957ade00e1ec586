"""A dance as a function of time: key poses on beats, joined by curves that do not overshoot."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tools.dancer.stance import CHANNELS, INDEX, Stance

# From seconds to a stance (c,), which does not move before the start and after the end.
Motion = Callable[[float], Stance]

STANDING: Mapping[str, float] = {
    "hips.drop": 0.008,
    **{f"{side}.upper.raise": 13.0 for side in ("left", "right")},
    **{f"{side}.upper.front": 2.0 for side in ("left", "right")},
    **{f"{side}.fore.raise": 9.0 for side in ("left", "right")},
    **{f"{side}.fore.front": 14.0 for side in ("left", "right")},
    **{f"{side}.foot.out": -0.07 for side in ("left", "right")},
    **{f"{side}.foot.turn": 9.0 for side in ("left", "right")},
}


_FEET = [k for k, name in enumerate(CHANNELS) if ".foot." in name]


@dataclass(frozen=True, slots=True)
class Key:
    """Sets some channels on a beat; the move towards it takes the `over` beats before."""

    beat: float
    pose: Mapping[str, float]
    over: float = 1.0


@dataclass(frozen=True, slots=True)
class Choreography:
    """A named dance: keys in the order of their beats, and a tempo."""

    name: str
    beats: int
    keys: Sequence[Key]
    bpm: float = 120.0

    @property
    def duration_s(self) -> float:
        return self.beats * 60.0 / self.bpm

    def motion(self) -> Motion:
        """The dance as a function of time."""
        beats, stances = _knots(self.keys)
        slopes = _slopes(beats, stances)

        def at(t_s: float) -> Stance:
            beat = float(np.clip(t_s * self.bpm / 60.0, 0.0, self.beats))
            stance = _hermite(beats, stances, slopes, beat)
            return _groove(stance, beat)

        return at


def standing() -> Stance:
    """The stance in which every dance starts: upright, with hanging arms."""
    return _with(np.zeros(len(CHANNELS)), STANDING)


def _with(stance: Stance, pose: Mapping[str, float]) -> Stance:
    changed = stance.copy()
    for channel, value in pose.items():
        if channel not in INDEX:
            raise KeyError(f"expected a channel of {sorted(INDEX)}, got {channel!r}")
        changed[INDEX[channel]] = value
    return changed


def _knots(keys: Sequence[Key]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Compute beats (k,) and stances (k, c): each key, and before it a hold if there is time.

    A channel that a key does not name keeps its value.
    """
    beats, stances = [0.0], [standing()]
    for key in keys:
        leave = key.beat - key.over
        if leave > beats[-1] + 0.05:
            beats.append(leave)
            stances.append(stances[-1])
        elif key.beat <= beats[-1]:
            raise ValueError(f"expected a beat after {beats[-1]}, got {key.beat}")
        beats.append(key.beat)
        stances.append(_with(stances[-1], key.pose))
    return np.array(beats), np.array(stances)


def _slopes(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Compute the slopes (k, c) of the monotone cubic (Fritsch & Butland 1984)."""
    slopes = np.zeros_like(y)
    if len(x) < 3:
        return slopes
    width = np.diff(x)[:, None]
    rise = np.diff(y, axis=0) / width
    before, after = rise[:-1], rise[1:]
    w1, w2 = 2 * width[1:] + width[:-1], width[1:] + 2 * width[:-1]
    same = before * after > 0
    with np.errstate(divide="ignore", invalid="ignore"):
        harmonic = (w1 + w2) / (w1 / before + w2 / after)
    slopes[1:-1] = np.where(same, harmonic, 0.0)
    slopes[:, _FEET] = 0.0  # a foot comes to rest on every key
    return slopes


def _hermite(
    x: NDArray[np.float64], y: NDArray[np.float64], slopes: NDArray[np.float64], at: float
) -> Stance:
    if at >= x[-1]:
        return y[-1].copy()
    k = max(int(np.searchsorted(x, at, side="right")) - 1, 0)
    width = x[k + 1] - x[k]
    u = (at - x[k]) / width
    start, end = (1 + 2 * u) * (1 - u) ** 2, u * u * (3 - 2 * u)
    leaving, arriving = u * (1 - u) ** 2, u * u * (u - 1)
    stance: Stance = (
        start * y[k] + end * y[k + 1] + width * (leaving * slopes[k] + arriving * slopes[k + 1])
    )
    return _step(stance, y[k + 1] - y[k], u)


def _step(stance: Stance, change: Stance, u: float) -> Stance:
    """Lift a foot while it moves along the floor, so that it does not slide."""
    for side in ("left", "right"):
        travel = np.hypot(change[INDEX[f"{side}.foot.out"]], change[INDEX[f"{side}.foot.ahead"]])
        lift = min(0.4 * float(travel), 0.08) * 16 * (u * (1 - u)) ** 2
        stance[INDEX[f"{side}.foot.lift"]] += lift
        stance[INDEX[f"{side}.foot.point"]] += 180 * lift
    return stance


def _groove(stance: Stance, beat: float) -> Stance:
    """Bend the knees and nod the head on every beat, as much as the channel `groove` says."""
    amount = stance[INDEX["groove"]]
    pulse = 0.5 + 0.5 * np.cos(2 * np.pi * beat)
    sway = np.sin(np.pi * beat)
    stance[INDEX["hips.drop"]] += amount * 0.035 * pulse
    stance[INDEX["head.bend"]] += amount * 5.0 * pulse
    stance[INDEX["chest.lean"]] += amount * 1.5 * sway
    stance[INDEX["hips.tilt"]] += amount * 1.5 * sway
    return stance
