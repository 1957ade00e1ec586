"""The cheapest precision, by what calls cost rather than by what the processor lists."""

import math

import numpy as np
import pytest

from tf_pose.engines.precision_choice import (
    ENOUGH_S,
    LIVE_SHAPE,
    LIVE_STAGE,
    MAX_ROUNDS,
    MIN_ROUNDS,
    cheapest_precision,
    measure_costs,
)


@pytest.mark.parametrize(
    ("costs_ms", "precision"),
    [
        ({"f32": 26.4, "bf16": 14.0}, "bf16"),  # AMD EPYC with AVX512-BF16
        ({"f32": 20.9, "bf16": 36.5}, "f32"),  # a Xeon that lists bf16, too
        ({"f32": 20.0, "bf16": 18.1}, "f32"),  # saves too little
        ({"f32": 20.0, "bf16": 17.9}, "bf16"),
        ({"f32": 26.4, "bf16": 14.4, "int8": 9.0}, "int8"),
        ({"f32": 26.4, "bf16": 14.4, "int8": 13.1}, "bf16"),
        ({"f32": 12.5, "bf16": 6.9, "int8": 5.2}, "int8"),  # AMD EPYC, Zen 5
        ({"f32": 20.0}, "f32"),
    ],
)
def test_a_rougher_precision_must_save_a_tenth(costs_ms, precision):
    assert cheapest_precision(costs_ms) == precision
    assert cheapest_precision(dict(reversed(costs_ms.items()))) == precision


class FakeTime:
    """Two clocks that only engines move."""

    def __init__(self):
        self.processor_s = self.wall_s = 0.0


class FakeEngine:
    """Costs what it is told, call by call; the wall clock goes faster on a busy machine."""

    name = precision = "fake"

    def __init__(self, time, costs_ms, busy=1.0):
        self.time, self.costs_ms, self.busy = time, costs_ms, busy
        self.calls = []
        self.warm = []

    def warm_up(self, shapes, stage):
        self.warm.append((list(shapes), stage))
        self.time.processor_s += 0.3  # compiles
        self.time.wall_s += 0.3 * self.busy

    def run(self, batch, stage):
        cost_ms = self.costs_ms[len(self.calls) % len(self.costs_ms)]
        self.calls.append((batch.shape, stage, self.time.processor_s))
        self.time.processor_s += cost_ms / 1000
        self.time.wall_s += self.busy * cost_ms / 1000
        return np.zeros(1)


def measure(time, engines):
    return measure_costs(
        engines,
        processor_clock=lambda: time.processor_s,
        wall_clock=lambda: time.wall_s,
    )


def test_measuring_ends_at_a_checkpoint_that_raises():
    time = FakeTime()
    engine, steps = FakeEngine(time, [30.0]), iter(range(2))

    def checkpoint():
        if next(steps, None) is None:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        measure_costs({"f32": engine}, checkpoint=checkpoint)
    assert len(engine.calls) == 1  # after compiling and one call


def test_the_least_of_several_calls_counts():
    time = FakeTime()
    engines = {
        "f32": FakeEngine(time, [90.0, 31.0, 30.0]),
        "bf16": FakeEngine(time, [20.0, 21.0, 300.0]),
    }
    assert measure(time, engines) == {"f32": pytest.approx(30), "bf16": pytest.approx(20)}


def test_a_live_crop_is_measured_in_turns_after_a_warm_up():
    time = FakeTime()
    engines = {"f32": FakeEngine(time, [5.0]), "bf16": FakeEngine(time, [5.0])}
    measure(time, engines)
    for engine in engines.values():
        assert engine.warm == [([(1, *LIVE_SHAPE)], LIVE_STAGE)]
        assert {call[:2] for call in engine.calls} == {((1, *LIVE_SHAPE, 3), LIVE_STAGE)}
        assert len(engine.calls) == MAX_ROUNDS
    first, second = ([at_s for *_, at_s in engine.calls] for engine in engines.values())
    assert all(a < b < c for a, b, c in zip(first, second, [*first[1:], math.inf], strict=True))


def test_a_busy_machine_is_measured_as_short_as_possible():
    time = FakeTime()
    engine = FakeEngine(time, [30.0], busy=100 * ENOUGH_S)
    assert measure(time, {"f32": engine}) == {"f32": pytest.approx(30)}
    assert len(engine.calls) == MIN_ROUNDS
