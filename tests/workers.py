"""How many tests of a kind this machine has time for at once: `python -m tests.workers browser`.

Tests that run at once slow each other down. On a machine that is slow, or busy, more of them than
it has time for would wait for each other until something gives up.
"""

from __future__ import annotations

import statistics
import subprocess
import sys

from rtc_server.pose.processors import count_cores

REFERENCE_MS = 300.0  # what the loop takes on the processor on which CORES was measured
# Cores of that processor (AMD EPYC, 1.4 GHz effective) that one test needs: with browsers, a window
# on the stage and its server; else a headless learner and theirs. Where two browsers ran at once on
# two cores that took 262 ms, 91 % of the processor time was used, and all 165 tests passed.
CORES = {"browser": 0.95, "other": 0.9}
MOST_PER_CORE = {"browser": 1.0, "other": 1.5}  # more tests at once only wait for each other

LOOP = """
import time
for _ in range(7):
    begun_s, sum_ = time.perf_counter(), 0
    for number in range(2_000_000):
        sum_ += number
    print(1000 * (time.perf_counter() - begun_s))
"""


def measure_loop_ms(cores: int) -> float:
    """How long a plain loop takes while every core runs one: what else runs counts, too."""
    command = [sys.executable, "-S", "-c", LOOP]
    loops = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(cores)]
    printed = [loop.communicate()[0] for loop in loops]
    return statistics.mean(statistics.median(map(float, text.split())) for text in printed)


def count_workers(kind: str, cores: int, loop_ms: float) -> int:
    """How many tests of a kind run at once, at least one.

    :param kind: a key of CORES.
    """
    needed = CORES[kind] * loop_ms / REFERENCE_MS
    return max(1, int(min(cores / needed, cores * MOST_PER_CORE[kind])))


if __name__ == "__main__":
    here = count_cores()
    print(count_workers(sys.argv[1], here, measure_loop_ms(here)))
