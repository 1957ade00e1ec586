"""What the comparison records and sums up, on empty frames with made-up joints."""

from dataclasses import dataclass, field

import numpy as np
import pytest

from bench.pose import measurement
from bench.pose.clips import Clip
from bench.pose.observation import Observation, RowFailed
from bench.pose.scenes import OVERHEAD
from bench.pose.side_measurements import AS_FOR_CROPS, PostprocessResult, ThreadsResult
from bench.pose.targets import RunResults, check_targets
from tests.unit.tf_pose.synthetic_maps import STANDING

SAMPLES = measurement.LEAD_IN + 3
TRUTH = np.repeat(STANDING[None] * 10, SAMPLES, axis=0).astype(float)
NOBODY = np.full((18, 2), np.nan)


def clip(name: str = OVERHEAD) -> Clip:
    """The smallest possible frames, with a person who stands still."""
    frames = np.zeros((SAMPLES, 4, 4, 3), np.uint8)
    every = np.ones((SAMPLES, 18), bool)
    return Clip(name, frames, np.arange(SAMPLES) / 5, TRUTH, every, height_px=250.0)


@dataclass
class Scripted:
    """A row that always gives these people, at this cost."""

    people: list[np.ndarray]
    ms: float = 10.0
    label: tuple[str, str, str] = ("openvino", "f32", "tracked live 1")
    looked: list[tuple[str, int]] = field(default_factory=list)
    fails_at: int | None = None

    def observe(self, seen: Clip, sample: int) -> Observation:
        self.looked.append((seen.name, sample))
        if len(self.looked) == self.fails_at:
            raise RowFailed("it is gone")
        return Observation(self.people, self.ms, 2 * self.ms)


def run(*rows: Scripted, clips: tuple[Clip, ...] = (clip(),)):
    return measurement.measure(rows, clips, lambda *_: None)


def test_every_row_observes_every_frame_once_and_in_order() -> None:
    one, other = Scripted([]), Scripted([])
    run(one, other, clips=(clip("a"), clip("b")))
    expected = [(name, k) for name in "ab" for k in range(SAMPLES)]
    assert one.looked == other.looked == expected


def test_rows_take_turns_at_being_first() -> None:
    order: list[int] = []

    class Noting(Scripted):
        def observe(self, seen: Clip, sample: int) -> Observation:
            order.append(id(self))
            return super().observe(seen, sample)

    one, other = Noting([]), Noting([])
    run(one, other)
    assert order[:4] == [id(one), id(other), id(other), id(one)]


def test_a_row_that_fails_is_left_out_and_the_others_continue() -> None:
    good, bad = Scripted([TRUTH[0]]), Scripted([], fails_at=2)
    results, failed = run(good, bad)
    assert len(results) == 1
    assert len(good.looked) == SAMPLES
    assert len(bad.looked) == 2
    assert failed == ["openvino f32 tracked live 1: it is gone"]


def test_of_several_people_the_one_nearest_to_the_truth_is_judged() -> None:
    (result,), _ = run(Scripted([TRUTH[0] + 200, TRUTH[0] + 1, TRUTH[0] + 50]))
    np.testing.assert_allclose(result.found[OVERHEAD], TRUTH + 1)


def test_finding_nobody_is_wrong_in_every_sample() -> None:
    (result,), _ = run(Scripted([]))
    got = measurement.accuracy_of(result, [clip()])
    assert (got.pck, got.oks, got.found) == (0.0, 0.0, 0.0)


def test_the_lead_in_is_judged_and_not_timed() -> None:
    (result,), _ = run(Scripted([TRUTH[0]]))
    assert len(result.ms) == len(result.cpu_ms) == 3
    assert len(result.lead_in_cpu_ms) == measurement.LEAD_IN
    assert np.isfinite(result.found[OVERHEAD]).all()


def test_costs_are_compared_with_the_reference() -> None:
    (reference, ours), _ = run(Scripted([], ms=80.0), Scripted([], ms=10.0))
    got = measurement.costs_of(ours, reference)
    assert (got["speed"], got["cpu"]) == (8.0, 8.0)
    assert got["fps_per_core"] == 50.0  # 20 ms of processor time


def test_each_wrist_has_its_own_share() -> None:
    without_left = TRUTH[0].copy()
    without_left[7] = np.nan
    (result,), _ = run(Scripted([without_left]))
    assert measurement.wrists_overhead(result, [clip()]) == {"right": 1.0, "left": 0.0}


def test_the_mean_distance_is_in_percent_of_the_height() -> None:
    (one, other), _ = run(Scripted([TRUTH[0]]), Scripted([TRUTH[0] + [5.0, 0.0]]))
    assert measurement.mean_distance_percent(one, other, [clip()]) == pytest.approx(2.0)


@pytest.mark.parametrize(("ours_ms", "met"), [(20.0, True), (30.0, False)])
def test_targets_are_met_by_what_was_measured(ours_ms: float, met: bool) -> None:
    """The targets of f32 are 2 times as fast and 4 times less; here both are 80 / ours."""
    reference = Scripted([TRUTH[0]], 80.0, ("reference", "f32", "whole ×4"))
    results, _ = run(reference, Scripted([TRUTH[0]], ours_ms))
    result = PostprocessResult(AS_FOR_CROPS, ms=3.5, pck=1.0, oks=1.0)
    measured = RunResults([clip()], results, [result], ThreadsResult(9, 1, 0.0), 1.0, [])
    by_what = {target.what: target for target in check_targets(measured)}
    assert by_what["tracked live, f32: times as fast"].met
    assert [target.met for target in by_what.values() if target.asked == "≥ 4.0×"] == [met]
    assert [target.met for target in by_what.values() if target.asked == "≤ 3 ms"] == [False]
    assert [target.met for target in by_what.values() if "wrist" in target.what] == [True, True]
    assert [target.met for target in by_what.values() if target.what.startswith("8 threads")] == [
        False
    ]
    assert by_what["tracked live, bf16: times as fast"].met is None  # there is no such row
