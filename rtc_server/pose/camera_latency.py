"""The raise-your-arms check: how late the camera shows what a learner does in time with a figure.

A figure on the page raises and lowers its arms evenly, the learner with it. Both heights over time
are known, the figure's by the formula, the learner's by poses, so the shift between them is
found as for a lesson. What people do together with something that they foresee they do in time on
average; docs/sync.md says how well. Pure.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rtc_server.errors import OutOfOrder
from rtc_server.pose.positioning import FAINT, torso_heights
from rtc_server.protocol.client_messages import Calibrate
from rtc_server.protocol.server_messages import CalibrationProblem
from rtc_server.scoring import lags
from rtc_server.types import Pose

LOWEST_DEG, HIGHEST_DEG = 15.0, 165.0  # of the figure's arms, 0 hanging
LAGS_MS = np.arange(-250.0, 601.0, 10.0)
LEAST_MS, MOST_MS = -75.0, 300.0  # what can be a camera, and a person a little before the beat
FOLLOWED = 0.6  # of the variance that the figure explains; a wave of corners still has 0.8
AGREE_MS = 80.0  # the cycles' spread
ENOUGH = 6  # samples in a cycle
LEAD_CYCLES = 1  # to join in; not counted
AFTER_MS = 700.0  # the last that is waited for: LAGS_MS, and a sample
SAMPLES = 2000  # 12 cycles of 4 s at 30 a second, and some
SIDES = ((2, 4), (5, 7))  # shoulder and wrist

Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Found:
    """What a check came to; `latency_ms` is None where `problem` says why."""

    latency_ms: float | None
    spread_ms: float | None  # of the cycles, about their standard deviation
    cycles: int  # that could be judged
    problem: CalibrationProblem | None


class CameraLatencyCheck:
    """One check after another, each from `begin` until it is found what it came to."""

    def __init__(self) -> None:
        self._asked: Calibrate | None = None
        self._samples: list[tuple[float, float]] = []  # client's clock in ms, height in torsos
        self._unseen = 0  # poses without arms

    def begin(self, asked: Calibrate, state: str) -> None:
        """Begin, or begin anew; without a figure, call it off.

        :raises OutOfOrder: the lesson is under way.
        """
        if state not in ("ready", "paused"):
            raise OutOfOrder(f"calibrate: expected state ready or paused, it is {state}")
        self._asked = asked if asked.cycles else None
        self._samples.clear()
        self._unseen = 0

    def drop(self) -> None:
        """Whatever it was at."""
        self._asked = None

    def saw(self, captured_ms: float | None, pose: Pose) -> Found | None:
        """Take the pose of a moment of the client's clock; the result once the figure is done."""
        if self._asked is None or captured_ms is None:
            return None
        height = arms_height(pose)
        if height is None:
            self._unseen += 1
        elif len(self._samples) < SAMPLES:
            self._samples.append((captured_ms, height))
        its = self._asked
        if captured_ms < its.begins_ms + its.cycles * its.period_ms + AFTER_MS:
            return None
        self._asked = None
        found = found_in(self._samples, its)
        if found.problem == "unseen" and self._unseen < len(self._samples) / 4:
            return replace(found, problem="slow")  # whoever was looked at was seen
        return found


def found_in(samples: Sequence[tuple[float, float]], asked: Calibrate) -> Found:
    """The shift of the learner's arms (times in ms, heights) against the figure's."""
    t_ms, height = np.array(samples, np.float64).reshape(-1, 2).T
    cycle = (t_ms - asked.begins_ms) / asked.period_ms
    counted = cycle >= LEAD_CYCLES
    if counted.sum() < ENOUGH * (asked.cycles - LEAD_CYCLES) / 2:
        return Found(None, None, 0, "unseen")
    shift_ms, explained = _best_shift(t_ms[counted], height[counted], asked)
    if explained < FOLLOWED:
        return Found(None, None, 0, "not_followed")
    number = np.floor(cycle - shift_ms / asked.period_ms)
    shifts = [
        _best_shift(t_ms[own], height[own], asked)[0]
        for k in range(LEAD_CYCLES, asked.cycles)
        if (own := number == k).sum() >= ENOUGH
    ]
    if len(shifts) < (asked.cycles - LEAD_CYCLES) / 2:
        return Found(None, None, len(shifts), "unseen")
    return _judged(shifts)


def _judged(shifts_ms: list[float]) -> Found:
    """The median of the cycles, where they agree and it can be a camera's."""
    middle_ms = float(np.median(shifts_ms))
    spread_ms = 1.4826 * float(np.median(np.abs(np.array(shifts_ms) - middle_ms)))
    problem: CalibrationProblem | None = None
    if spread_ms > AGREE_MS:
        problem = "unsteady"
    elif middle_ms < LEAST_MS:
        problem = "early"
    elif middle_ms > MOST_MS:
        problem = "late"
    latency_ms = None if problem else max(0.0, middle_ms)
    return Found(latency_ms, spread_ms, len(shifts_ms), problem)


def arms_height(pose: Pose) -> float | None:
    """How high the wrists are over the shoulders, the mean of the arms seen, in torsos."""
    torso = torso_heights(pose.xy, pose.aspect)
    seen = [
        float(pose.xy[shoulder, 1] - pose.xy[wrist, 1])
        for shoulder, wrist in SIDES
        if min(pose.confidence[shoulder], pose.confidence[wrist]) >= FAINT
        and np.isfinite(pose.xy[[shoulder, wrist], 1]).all()
    ]
    return sum(seen) / len(seen) / torso if seen and torso else None


def raised_deg(t_ms: Doubles, begins_ms: float, period_ms: float) -> Doubles:
    """How far the figure's arms are raised: down when it begins, up half a period later."""
    share = (1 - np.cos(2 * math.pi * (t_ms - begins_ms) / period_ms)) / 2
    return np.asarray(LOWEST_DEG + (HIGHEST_DEG - LOWEST_DEG) * share)


def _best_shift(t_ms: Doubles, height: Doubles, asked: Calibrate) -> tuple[float, float]:
    """Where the figure's height, shifted and scaled, explains most, and how much: ms, 0..1."""
    figure = -np.cos(
        np.radians(raised_deg(t_ms - LAGS_MS[:, None], asked.begins_ms, asked.period_ms))
    )
    figure -= figure.mean(axis=1, keepdims=True)
    own = height - height.mean()
    along = figure @ own
    scale = np.sqrt((figure**2).sum(axis=1) * (own**2).sum())
    alike = np.divide(along, scale, out=np.zeros_like(along), where=scale > 0)
    best = int(np.argmax(alike))
    shift_ms = float(LAGS_MS[best]) + 10.0 * lags.parabola_peak_offset(alike, best)
    return shift_ms, max(0.0, float(alike[best])) ** 2
