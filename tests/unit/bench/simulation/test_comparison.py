"""Real runs beside the simulation of them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bench.simulation.comparison import BadRun, RealRun, compare_runs, fit_costs, read_runs
from bench.simulation.costs import PRESETS
from bench.simulation.places import places_of
from tests.unit.bench.simulation.made_up_costs import COSTS

ROW = {
    "learners": 5,
    "scores/s, slowest": 4.99,
    "age ms p50": 43,
    "age ms p95": 66,
    "server cores": 1.0,
    "learners' cores": 0.3,
    "score": 97.0,
}
RUN = RealRun(5, 4.99, 43, 66, 1.0, 0.3)


def test_rows_of_the_load_are_read(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    path.write_text(json.dumps([ROW]))
    assert read_runs(path) == [RUN]
    full = {"places": 11, "refused": "503 server_full, try again after 15 s"}
    path.write_text(json.dumps([ROW | full, ROW | {"places": 16, "refused": None}]))
    assert [run.places for run in read_runs(path)] == [11, None]


@pytest.mark.parametrize(
    "text", ["", "[]", "[1]", "{}", '[{"learners": 5}]', json.dumps([{**ROW, "age ms p95": None}])]
)
def test_other_files_are_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "run.json"
    path.write_text(text)
    with pytest.raises(BadRun, match=r"run\.json: expected"):
        read_runs(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadRun, match="run it first"):
        read_runs(tmp_path / "nothing.json")


def test_what_a_look_costs_is_fitted_to_a_run() -> None:
    fitted = fit_costs(COSTS, RUN)
    assert fitted.learner_core * RUN.learners == pytest.approx(RUN.server_cores, rel=0.01)
    assert fitted.loop_core == COSTS.loop_core


def test_a_run_that_cost_less_than_its_packets_fits_nothing() -> None:
    with pytest.raises(BadRun, match="loop_core"):
        fit_costs(COSTS, replace(RUN, server_cores=0.2))


def test_a_run_like_the_simulation_agrees_and_another_does_not() -> None:
    [one] = compare_runs(COSTS, [RUN], 2, 1, 1, fitted=False)
    excerpt = one.simulated
    same = replace(RUN, slowest=excerpt.slowest, age_p95_ms=excerpt.age_ms(95))
    [like] = compare_runs(COSTS, [same], 2, 1, 1, fitted=False)
    assert like.agrees() == {"rate": True, "age": True, "cores": True, "places": True}
    far = replace(same, slowest=3.0, age_p95_ms=400, server_cores=1.5, places=2 * like.places)
    [unlike] = compare_runs(COSTS, [far], 2, 1, 1, fitted=False)
    assert unlike.agrees() == {"rate": False, "age": False, "cores": False, "places": False}


def test_two_hosts_share_the_machine() -> None:
    [one] = compare_runs(COSTS, [replace(RUN, learners=8)], 4, 2, 1, fitted=False)
    assert one.simulated.load.learners == 4
    assert one.simulated.load.cores == 2
    assert one.simulated.load.other_cores == pytest.approx(0.15)
    assert one.cores == pytest.approx(8 * COSTS.learner_core, rel=0.03)
    assert one.places == 2 * places_of(COSTS, 2 - 0.15)


def test_a_run_that_says_its_hosts_is_simulated_with_as_many(tmp_path: Path) -> None:
    """As those of bench/cluster.py: the first is one process, by which looks are fitted."""
    path = tmp_path / "run.json"
    path.write_text(json.dumps([ROW | {"hosts": 0}, ROW | {"learners": 8, "hosts": 2}]))
    one, two = compare_runs(COSTS, read_runs(path), 4, 1, 1, fitted=True)
    assert (one.hosts, one.simulated.load.learners, one.fitted) == (1, 5, True)
    assert (two.hosts, two.simulated.load.learners, two.fitted) == (2, 4, False)


@pytest.mark.parametrize(
    ("costs", "learners", "others", "slowest", "p95_ms"),
    [("xeon-bf16", 5, 0.3, 4.99, 66), ("xeon-bf16", 10, 0.6, 3.5, 144)],
)
def test_the_simulation_is_near_what_issue_16_measured(
    costs: str, learners: int, others: float, slowest: float, p95_ms: float
) -> None:
    """Two cores; with ten learners the machine is full, so that the learners take the other 0.6."""
    run = RealRun(learners, slowest, 0.0, p95_ms, learners * PRESETS[costs].learner_core, others)
    [one] = compare_runs(PRESETS[costs], [run], 2, 1, 1, fitted=False)
    assert one.simulated.slowest == pytest.approx(slowest, rel=0.15)
    assert one.agrees()["age"]
