"""What was measured once is kept, and what is damaged is measured again."""

import json
import logging
import os

import pytest

from tf_pose.engines import kept_costs, measured_precision
from tf_pose.engines.measured_precision import find_precision
from tf_pose.engines.processor import describe_processor

COSTS_MS = {"f32": 20.9, "bf16": 36.5}


@pytest.fixture(autouse=True)
def a_new_process(monkeypatch):
    """Nothing is known from tests before this one."""
    monkeypatch.setattr(measured_precision, "_known", {})


class Machine:
    """A machine with a cache folder, on which measuring is counted."""

    def __init__(self, folder):
        self.folder = folder / "pose"
        self.graph = folder / "graph.pb"
        self.graph.write_bytes(b"graph")
        self.costs_ms = dict(COSTS_MS)
        self.measured = []

    def find(self, precisions=("f32", "bf16"), version="openvino 1"):
        return find_precision(
            *(self.graph, precisions, lambda precision: precision.upper()),
            version=version,
            folder=self.folder,
            measure=self.measure,
        )

    def measure(self, engines):
        self.measured.append(dict(engines))
        return self.costs_ms

    def restart(self):
        measured_precision._known.clear()

    @property
    def file(self):
        (path,) = self.folder.iterdir()
        return path


@pytest.fixture
def machine(tmp_path):
    return Machine(tmp_path)


def test_only_the_first_start_measures(machine, caplog):
    caplog.set_level(logging.INFO)
    assert machine.find() == "f32"
    machine.costs_ms["bf16"] = 1.0
    machine.restart()
    assert machine.find() == "f32"
    assert machine.measured == [{"f32": "F32", "bf16": "BF16"}]
    said = "precision f32: a live crop takes f32 20.9 ms, bf16 36.5 ms of one core"
    assert caplog.messages == [f"{said} (measured now)", f"{said} (measured before)"]


def test_one_precision_needs_no_measurement(machine):
    assert machine.find(precisions=("f32",)) == "f32"
    assert not machine.measured and not machine.folder.exists()


def test_another_engine_graph_or_processor_is_measured_again(machine, monkeypatch):
    machine.find()
    machine.find(version="openvino 2")
    machine.graph.write_bytes(b"another")
    machine.find()
    monkeypatch.setattr(measured_precision, "describe_processor", lambda: {"model": "new"})
    machine.find()
    assert len(machine.measured) == len(list(machine.folder.iterdir())) == 4


def swap(text, old, new):
    assert old in text
    return text.replace(old, new)


@pytest.mark.parametrize(
    "damage",
    [
        lambda _: "",
        lambda text: text[:-40],
        lambda _: "[" * 10_000,
        lambda text: " " * kept_costs.MAX_BYTES + text,
        lambda _: "[]",
        lambda text: json.dumps({**json.loads(text), "costs_ms": [1, 2]}),
        lambda text: json.dumps({**json.loads(text), "costs_ms": {"f32": 1.0}}),
        lambda text: swap(text, "36.5", "NaN"),
        lambda text: swap(text, "36.5", "-36.5"),
        lambda text: swap(text, "36.5", "0.0"),
        lambda text: swap(text, "36.5", "true"),
        lambda text: swap(text, "36.5", '"1"'),
        lambda text: swap(text, "36.5", "1e999"),
        lambda text: swap(text, "openvino 1", "openvino 2"),
    ],
)
def test_a_damaged_file_is_measured_again_and_replaced(machine, damage, caplog):
    machine.find()
    whole = machine.file.read_text()
    machine.file.write_text(damage(whole))
    machine.restart()
    assert machine.find() == "f32"
    assert len(machine.measured) == 2
    assert "is not used, and the costs are measured again" in caplog.text
    kept = json.loads(machine.file.read_text())
    assert kept["costs_ms"] == COSTS_MS


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_a_pipe_in_its_place_does_not_stop_the_start(machine):
    machine.find()
    path = machine.file
    path.unlink()
    os.mkfifo(path)
    machine.restart()
    assert machine.find() == "f32"


def test_a_folder_that_cannot_be_written_is_no_reason_not_to_start(machine, caplog):
    machine.folder.write_text("a file")
    assert [machine.find(), machine.find()] == ["f32", "f32"]
    assert len(machine.measured) == 1  # in this process it is known
    assert "every start measures them" in caplog.text


def test_the_processor_is_described_by_its_model_only(tmp_path):
    cpuinfo = tmp_path / "cpuinfo"
    core = (
        "processor\t: {}\nmodel\t\t: 17\nmodel name\t: AMD EPYC\ncpu MHz\t\t: {}\nflags\t\t: a b\n"
    )
    cpuinfo.write_text(core.format(0, 2596.134) + "\n" + core.format(1, 3000.0))
    expected = {"model": "17", "model name": "AMD EPYC", "flags": "a b"}
    assert describe_processor(cpuinfo) == expected
    assert describe_processor(tmp_path / "missing").keys() == {"machine", "processor"}
