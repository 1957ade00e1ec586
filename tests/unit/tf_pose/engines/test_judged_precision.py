"""The cheapest arithmetic that is true enough; judged once on a machine."""

import logging

import pytest

from tf_pose.engines.judged_precision import JudgedPrecisions, Judgement
from tf_pose.engines.truth_set import GROUPS

COSTS_MS = {"f32": 20.0, "int8": 9.0}
TRUE = {"f32": dict.fromkeys(GROUPS, 0.95), "int8": dict.fromkeys(GROUPS, 0.945)}
UNTRUE = {**TRUE, "int8": {**TRUE["int8"], "arms raised": 0.93}}


class Machine:
    """A machine on which judging is counted."""

    def __init__(self, folder, truths):
        self.folder = folder / "pose"
        self.graph = folder / "graph.pb"
        self.graph.write_bytes(b"graph")
        self.judgement = Judgement(COSTS_MS, truths)
        self.judged = 0

    def precisions(self, version="openvino 1"):
        return JudgedPrecisions(self.graph, list(COSTS_MS), version, self.folder)

    def find(self, **options):
        return self.precisions(**options).find(str.upper, self.judge)

    def judge(self, engines, progress, checkpoint):
        assert engines == {"f32": "F32", "int8": "INT8"}
        progress("int8", 0, 1)
        checkpoint()
        self.judged += 1
        return self.judgement


@pytest.mark.parametrize(("truths", "chosen"), [(TRUE, "int8"), (UNTRUE, "f32")])
def test_the_cheapest_that_is_true_enough_is_taken(tmp_path, truths, chosen, caplog):
    caplog.set_level(logging.INFO)
    assert Machine(tmp_path, truths).find() == chosen
    assert f"precision {chosen}: f32 20.0 ms, OKS 0.950 (dancing)" in caplog.text


def test_what_is_true_but_not_cheaper_is_not_taken():
    assert Judgement({"f32": 9.5, "int8": 9.0}, TRUE).chosen == "f32"


def test_only_the_first_start_judges(tmp_path):
    machine = Machine(tmp_path, TRUE)
    assert machine.precisions().read() is None
    assert [machine.find(), machine.find()] == ["int8", "int8"]
    assert machine.judged == 1
    assert machine.precisions().read() == machine.judgement


def test_judging_ends_at_a_checkpoint_that_raises_and_keeps_nothing(tmp_path):
    def stop():
        raise InterruptedError

    machine = Machine(tmp_path, TRUE)
    with pytest.raises(InterruptedError):
        machine.precisions().find(str.upper, machine.judge, stop)
    assert machine.precisions().read() is None


def test_another_library_or_graph_is_judged_again(tmp_path):
    machine = Machine(tmp_path, TRUE)
    machine.find()
    machine.find(version="openvino 2")
    machine.graph.write_bytes(b"another")
    machine.find()
    assert machine.judged == 3


def test_damaged_files_are_judged_again(tmp_path):
    machine = Machine(tmp_path, TRUE)
    machine.find()
    for path in machine.folder.iterdir():
        path.write_text(path.read_text().replace("0.945", "1.945"))
    assert machine.find() == "int8"
    assert machine.judged == 2
