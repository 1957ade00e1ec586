"""The raise-your-arms check: measures how late the camera delivers its frames.

A figure on the page raises and lowers its arms evenly, and the learner does the same. Both heights
over time are known, the figure's by the formula, the learner's by poses, so that the shift between
them is found as for a lesson. People who move together with something that they can foresee are in
time on average; docs/sync.md says how well. Pure.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rtc_server.errors import OutOfOrder
from rtc_server.pose.positioning import MIN_CONFIDENCE, torso_in_heights
from rtc_server.protocol.client_messages import Calibrate
from rtc_server.protocol.server_messages import CalibrationProblem
from rtc_server.scoring.lags import parabola_peak_offset
from rtc_server.types import Pose

LOWEST_DEG, HIGHEST_DEG = 15.0, 165.0  # of the figure's arms, 0 hanging
SHIFTS_MS = np.arange(-250.0, 601.0, 10.0)
# What can be a camera's latency, or a person a little before the beat.
MIN_LATENCY_MS, MAX_LATENCY_MS = -75.0, 300.0
MIN_EXPLAINED = 0.6  # of the variance, by the figure; a wave of corners still has 0.8
MAX_SPREAD_MS = 80.0  # of the cycles
MIN_CYCLE_SAMPLES = 6
LEAD_CYCLES = 1  # for joining in; not counted
WAIT_AFTER_MS = 700.0  # the longest shift, and a sample
MAX_SAMPLES = 2000  # 12 cycles of 4 s at 30 a second, and some
ARMS = ((2, 4), (5, 7))  # shoulder and wrist

Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CameraLatency:
    """The result of a check; `latency_ms` is None where `problem` says why."""

    latency_ms: float | None
    spread_ms: float | None  # of the cycles, about their standard deviation
    cycles: int  # that were measured
    problem: CalibrationProblem | None


class CameraLatencyCheck:
    """One check after another, each from `start` until its result is known."""

    def __init__(self) -> None:
        self._request: Calibrate | None = None
        self._samples: list[tuple[float, float]] = []  # client's clock in ms, height in torsos
        self._unseen = 0  # poses without arms

    def start(self, request: Calibrate, state: str) -> None:
        """Start, or start again; a request of no cycles cancels.

        :raises OutOfOrder: the lesson is playing or counting down.
        """
        if state not in ("ready", "paused"):
            raise OutOfOrder(f"calibrate: expected state ready or paused, it is {state}")
        self._request = request if request.cycles else None
        self._samples.clear()
        self._unseen = 0

    def cancel(self) -> None:
        """Stop the check, if one is running."""
        self._request = None

    def update(self, captured_ms: float | None, pose: Pose) -> CameraLatency | None:
        """Add a pose with its time on the client's clock; return the result after the last one."""
        if self._request is None or captured_ms is None:
            return None
        height = measure_arms_height(pose)
        if height is None:
            self._unseen += 1
        elif len(self._samples) < MAX_SAMPLES:
            self._samples.append((captured_ms, height))
        request = self._request
        if captured_ms < request.begins_ms + request.cycles * request.period_ms + WAIT_AFTER_MS:
            return None
        self._request = None
        result = estimate_latency(self._samples, request)
        if result.problem == "unseen" and self._unseen < len(self._samples) / 4:
            return replace(result, problem="slow")  # in nearly every pose the arms were seen
        return result


def estimate_latency(samples: Sequence[tuple[float, float]], request: Calibrate) -> CameraLatency:
    """The shift of the learner's arms against the figure's.

    :param samples: times in ms, heights.
    """
    t_ms, height = np.array(samples, np.float64).reshape(-1, 2).T
    cycle = (t_ms - request.begins_ms) / request.period_ms
    counted = cycle >= LEAD_CYCLES
    if counted.sum() < MIN_CYCLE_SAMPLES * (request.cycles - LEAD_CYCLES) / 2:
        return CameraLatency(None, None, 0, "unseen")
    shift_ms, explained = _find_best_shift(t_ms[counted], height[counted], request)
    if explained < MIN_EXPLAINED:
        return CameraLatency(None, None, 0, "not_followed")
    number = np.floor(cycle - shift_ms / request.period_ms)
    shifts = [
        _find_best_shift(t_ms[own], height[own], request)[0]
        for k in range(LEAD_CYCLES, request.cycles)
        if (own := number == k).sum() >= MIN_CYCLE_SAMPLES
    ]
    if len(shifts) < (request.cycles - LEAD_CYCLES) / 2:
        return CameraLatency(None, None, len(shifts), "unseen")
    return _combine_cycles(shifts)


def _combine_cycles(shifts_ms: list[float]) -> CameraLatency:
    """The median of the cycles, where they agree and it can be a camera's latency."""
    median_ms = float(np.median(shifts_ms))
    spread_ms = 1.4826 * float(np.median(np.abs(np.array(shifts_ms) - median_ms)))
    problem: CalibrationProblem | None = None
    if spread_ms > MAX_SPREAD_MS:
        problem = "unsteady"
    elif median_ms < MIN_LATENCY_MS:
        problem = "early"
    elif median_ms > MAX_LATENCY_MS:
        problem = "late"
    latency_ms = None if problem else max(0.0, median_ms)
    return CameraLatency(latency_ms, spread_ms, len(shifts_ms), problem)


def measure_arms_height(pose: Pose) -> float | None:
    """How high the wrists are over the shoulders, in torsos: the mean of the arms in view."""
    torso = torso_in_heights(pose.xy, pose.aspect)
    heights = [
        float(pose.xy[shoulder, 1] - pose.xy[wrist, 1])
        for shoulder, wrist in ARMS
        if min(pose.confidence[shoulder], pose.confidence[wrist]) >= MIN_CONFIDENCE
        and np.isfinite(pose.xy[[shoulder, wrist], 1]).all()
    ]
    return sum(heights) / len(heights) / torso if heights and torso else None


def figure_arms_deg(t_ms: Doubles, begins_ms: float, period_ms: float) -> Doubles:
    """How far the figure's arms are raised: down when it begins, up half a period later."""
    share = (1 - np.cos(2 * math.pi * (t_ms - begins_ms) / period_ms)) / 2
    return np.asarray(LOWEST_DEG + (HIGHEST_DEG - LOWEST_DEG) * share)


def _find_best_shift(t_ms: Doubles, height: Doubles, request: Calibrate) -> tuple[float, float]:
    """The shift at which the figure's height explains most, and how much: ms, 0..1."""
    angles_deg = figure_arms_deg(t_ms - SHIFTS_MS[:, None], request.begins_ms, request.period_ms)
    figure = -np.cos(np.radians(angles_deg))
    figure -= figure.mean(axis=1, keepdims=True)
    own = height - height.mean()
    covariance = figure @ own
    scale = np.sqrt((figure**2).sum(axis=1) * (own**2).sum())
    correlation = np.divide(covariance, scale, out=np.zeros_like(covariance), where=scale > 0)
    best = int(np.argmax(correlation))
    shift_ms = float(SHIFTS_MS[best]) + 10.0 * parabola_peak_offset(correlation, best)
    return shift_ms, max(0.0, float(correlation[best])) ** 2
