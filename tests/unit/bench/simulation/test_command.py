"""The command line: what goes in, and what is answered."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from bench import simulate
from bench.simulation.carrying import describe_splits, split_cores
from bench.simulation.costs import EPYC, PRESETS, BadCosts, Costs, load_costs
from bench.simulation.fleet import BadFleet, Fleet, parse_fleet
from bench.simulation.places import places_of

COSTS = Costs("made up", loop_core=0.03, decode_core=0.02, network_ms=28, python_ms=2)
SMALL = ["--learners-peak", "3", "--hosts", "2x1", "--hours", "1", "--cores", "2", "--seed", "4"]


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["simulate.py", *arguments])
    return simulate.main()


def test_a_small_day_is_simulated_and_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written: list[Any] = []
    for name in ("one.json", "same.json"):
        assert run(monkeypatch, *SMALL, "--json", str(tmp_path / name)) == 0
        written.append(json.loads((tmp_path / name).read_text()))
    assert written[0] == written[1]
    learners = written[0]["days"][0]["learners"]
    assert learners["served"] + learners["refused"] + learners["lost"] == learners["came"] > 0
    assert "2 cores carry" in capsys.readouterr().out


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
    """Cores a learner with five of them: docs/performance.md, and the table of issue 16."""
    measured = {"epyc": 0.142, "xeon-f32": 0.17, "xeon-bf16": 0.20, "aim": 0.07}
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
    splits = split_cores(COSTS, 16, seed=1)
    assert [split.hosts for split in splits] == [1, 2, 4, 8, 16]
    assert [split.by_interpreter for split in splits] == [True, True, False, False, False]
    assert splits[0].places <= splits[0].most <= 1 / COSTS.interpreter_core
    assert splits[2].learners > 2 * splits[0].learners
    sentence = describe_splits(splits, 16)
    assert sentence.startswith("16 cores carry 68 learners at once, as 4 hosts")
    assert "One process on all 16 carries 21" in sentence
