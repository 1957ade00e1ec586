"""Chooses the network's arithmetic by what each kind costs on this machine.

What a processor lists says little: bf16 takes half the time of f32 on one that has AVX512-BF16, and
nearly twice as long on another that lists the same.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping

import numpy as np

from tf_pose.engines.checkpoint import Checkpoint, go_on
from tf_pose.engines.registry import Engine

TRUEST_FIRST = ("f32", "bf16", "int8")
# The share of the truer arithmetic's time that a rougher one must save. Less is not worth the
# places of joints that it changes, and two measurements of the same differ by as much.
MIN_GAIN = 0.1
# A standing learner's crop in a live session: (height, width) and the stage that answers.
LIVE_SHAPE, LIVE_STAGE = (256, 192), 4
MIN_ROUNDS, MAX_ROUNDS = 3, 8
ENOUGH_S = 0.6  # of the wall clock; after that only MIN_ROUNDS are completed

Clock = Callable[[], float]


def cheapest_precision(costs_ms: Mapping[str, float]) -> str:
    """The cheapest one; a rougher one only if it saves MIN_GAIN of every truer one's time.

    :param costs_ms: what a call costs, by the precision's name; one at least.
    """
    chosen, chosen_ms = "", math.inf
    for precision in TRUEST_FIRST:
        cost_ms = costs_ms.get(precision, math.inf)
        if not chosen or cost_ms < (1 - MIN_GAIN) * chosen_ms:
            chosen, chosen_ms = precision, cost_ms
    return chosen


def measure_costs(
    engines: Mapping[str, Engine],
    *,
    processor_clock: Clock = time.thread_time,
    wall_clock: Clock = time.monotonic,
    checkpoint: Checkpoint = go_on,
) -> dict[str, float]:
    """Processor time of a call for a live crop by each engine, in ms.

    They take turns, and the least of each counts: whatever else the machine does can only make a
    call more expensive. The engines must work in the thread that calls them.
    """
    batch = np.random.default_rng(0).integers(0, 256, (1, *LIVE_SHAPE, 3), dtype=np.uint8)
    for engine in engines.values():
        checkpoint()
        engine.warm_up([(1, *LIVE_SHAPE)], LIVE_STAGE)
    least_s = dict.fromkeys(engines, math.inf)
    start_s = wall_clock()
    for done in range(MAX_ROUNDS):
        if done >= MIN_ROUNDS and wall_clock() - start_s >= ENOUGH_S:
            break
        for name, engine in engines.items():
            checkpoint()
            call_s = processor_clock()
            engine.run(batch, LIVE_STAGE)
            least_s[name] = min(least_s[name], processor_clock() - call_s)
    return {name: 1000 * seconds for name, seconds in least_s.items()}
