"""Chooses the finest crop whose inference this machine has time for."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from tf_pose.geometry import Box
from tf_pose.preprocess import crop_size
from tf_pose.tracking.detection import Estimator, TrackerSettings

# Longer sides of the crop, the finest first. Beyond 256 it costs more and finds no more.
CROP_SIDES = (256, 224, 192, 160)
ROUNDS = 5
FRAME_SHAPE = (480, 640, 3)  # of a webcam


def choose_crop(
    estimator: Estimator, settings: TrackerSettings, budget_ms: float
) -> TrackerSettings:
    """The settings with the finest crop whose inference takes `budget_ms` of processor time."""
    side = finest_side_within(
        budget_ms, lambda side: measure_inference_ms(estimator, replace(settings, crop_side=side))
    )
    return replace(settings, crop_side=side)


def finest_side_within(
    budget_ms: float, cost_ms: Callable[[int], float], sides: Sequence[int] = CROP_SIDES
) -> int:
    """The first side that costs no more than the budget; the last one where none does."""
    return next((side for side in sides[:-1] if cost_ms(side) <= budget_ms), sides[-1])


def measure_inference_ms(estimator: Estimator, settings: TrackerSettings) -> float:
    """Processor time of inference on a standing person's crop, all threads together, in ms.

    The median of a few, after one that warms up. Processor time, because on a busy machine the
    wall clock also measures other processes.
    """
    region = Box(0, 0, settings.min_aspect * FRAME_SHAPE[0], FRAME_SHAPE[0])
    size = crop_size(region, settings.crop_side)
    image = np.zeros(FRAME_SHAPE, np.uint8)
    durations_s: list[float] = []
    for _ in range(1 + ROUNDS):
        start_s = time.process_time()
        estimator.inference(image, roi=region, size=size, stage=settings.stage)
        durations_s.append(time.process_time() - start_s)
    return 1000 * statistics.median(durations_s[1:])
