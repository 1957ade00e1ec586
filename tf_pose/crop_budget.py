"""Chooses how closely a learner is looked at, by what a look costs on this machine."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from tf_pose.detection import Estimator, TrackerSettings
from tf_pose.geometry import Box
from tf_pose.preprocess import crop_size

# Longer sides of the crop, the finest first. Beyond 256 it costs more and finds no more.
SIDES = (256, 224, 192, 160)
ROUNDS = 5
PICTURE = (480, 640, 3)  # of a webcam


def paced(estimator: Estimator, settings: TrackerSettings, budget_ms: float) -> TrackerSettings:
    """The settings with the finest crop of which a look takes `budget_ms` of processor time."""
    side = finest_within(
        budget_ms, lambda side: look_ms(estimator, replace(settings, crop_side=side))
    )
    return replace(settings, crop_side=side)


def finest_within(
    budget_ms: float, cost_ms: Callable[[int], float], sides: Sequence[int] = SIDES
) -> int:
    """The first side that costs no more than the budget; the last one where none does."""
    return next((side for side in sides[:-1] if cost_ms(side) <= budget_ms), sides[-1])


def look_ms(estimator: Estimator, settings: TrackerSettings) -> float:
    """Processor time of a look at somebody who stands, all threads of the process, in ms.

    The median of a few, after one that makes ready. Processor time, because a busy machine's
    clock tells about others.
    """
    region = Box(0, 0, settings.narrowest * PICTURE[0], PICTURE[0])
    size = crop_size(region, settings.crop_side)
    picture = np.zeros(PICTURE, np.uint8)
    spent: list[float] = []
    for _ in range(1 + ROUNDS):
        begun_s = time.process_time()
        estimator.inference(picture, roi=region, size=size, stage=settings.stage)
        spent.append(time.process_time() - begun_s)
    return 1000 * statistics.median(spent[1:])
