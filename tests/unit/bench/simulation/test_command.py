"""The command line: what goes in, and what is answered."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from bench import simulate
from bench.simulation.carrying import describe_splits, split_cores
from bench.simulation.costs import EPYC, PRESETS, BadCosts, load_costs
from bench.simulation.fleet import BadFleet, Fleet, parse_fleet
from bench.simulation.places import places_of
from tests.unit.bench.simulation.made_up_costs import COSTS

SMALL = ["--learners-peak", "3", "--hosts", "2x0.5", "--hours", "1", "--cores", "1", "--seed", "4"]


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["simulate.py", *arguments])
    return simulate.main()


def test_a_small_day_is_simulated_and_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "day.json"
    assert run(monkeypatch, *SMALL, "--json", str(path)) == 0
    learners = json.loads(path.read_text())["days"][0]["learners"]
    assert learners["served"] + learners["refused"] + learners["lost"] == learners["came"] > 0
    assert "1 core carries" in capsys.readouterr().out


def test_a_real_run_is_compared(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    row = {"learners": 2, "scores/s, slowest": 5.0, "age ms p50": 40, "age ms p95": 60}
    path = tmp_path / "run.json"
    path.write_text(json.dumps([{**row, "server cores": 0.3, "learners' cores": 0.4}]))
    assert run(monkeypatch, "--compare", str(path), "--fit") == 0
    shown = capsys.readouterr().out
    assert "fitted" in shown
    assert "5.00 → 5.00" in shown


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--costs", "nothing"], "expected one of epyc"),
        (["--hosts", "many"], "expected hosts x cores as 8x4"),
        (["--compare", "nothing.json"], "run it first"),
    ],
)
def test_what_cannot_be_used_is_told_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    sentence: str,
) -> None:
    assert run(monkeypatch, *arguments) == 2
    assert sentence in capsys.readouterr().err


def test_a_file_of_costs_says_only_what_differs(tmp_path: Path) -> None:
    path = tmp_path / "costs.json"
    path.write_text('{"network_ms": 7.5}')
    costs = load_costs(str(path))
    assert (costs.network_ms, costs.loop_core) == (7.5, EPYC.loop_core)
    assert costs.source == str(path)


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"pose_ms": 1}', '{"network_ms": -1}', '{"loop_core": "0.1"}']
)
def test_other_files_are_no_costs(tmp_path: Path, text: str) -> None:
    path = tmp_path / "costs.json"
    path.write_text(text)
    with pytest.raises(BadCosts, match="expected"):
        load_costs(str(path))


def test_the_presets_are_what_was_measured() -> None:
    """Cores a learner with five or ten of them: docs/performance.md, and the table of issue 16."""
    measured = {"epyc": 0.142, "epyc-int8": 0.074, "xeon-f32": 0.17, "xeon-bf16": 0.20}
    measured |= {"aim": 0.07}  # nobody has
    taken = {name: costs.learner_core for name, costs in PRESETS.items()}
    assert taken == pytest.approx(measured, abs=0.002)


@pytest.mark.parametrize(
    ("text", "fleet"),
    [("8x4", Fleet(8, 4)), ("auto:2.5", Fleet(None, 2.5)), ("700x64", Fleet(700, 64))],
)
def test_hosts_are_read(text: str, fleet: Fleet) -> None:
    assert parse_fleet(text) == fleet


@pytest.mark.parametrize("text", ["", "8", "0x4", "8x0", "auto", "8x4x2", "-1x4"])
def test_other_hosts_are_refused(text: str) -> None:
    with pytest.raises(BadFleet, match="--hosts"):
        parse_fleet(text)


def test_as_many_hosts_as_a_peak_needs_and_one_more() -> None:
    fleet = Fleet(None, 2)
    hosts = fleet.count(COSTS, 100)
    assert (hosts - 1) * places_of(COSTS, 2) >= 130 > (hosts - 2) * places_of(COSTS, 2)


def test_cores_carry_more_when_they_are_split() -> None:
    chatty = replace(COSTS, loop_core=0.1)
    splits = split_cores(chatty, 4, seed=1)
    assert [split.hosts for split in splits] == [1, 2, 4]
    assert [split.by_python for split in splits] == [True, False, False]
    assert splits[0].places <= splits[0].most <= 1 / chatty.interpreter_core
    sentence = describe_splits(splits, 4)
    assert sentence.startswith("4 cores carry 10 learners at once, as 2 hosts (2 cores")
    assert "One process on all 4 carries 8: its one interpreter" in sentence
