"""Every engine gives the same result."""

import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from tf_pose.engines import engine_names, open_engine
from tf_pose.engines.openvino import INT8, supported_precisions
from tf_pose.errors import BadSize, EngineUnavailable, UnknownEngine
from tf_pose.networks import get_graph_path
from tf_pose.tensors import outputs_after

ROOT = Path(__file__).resolve().parents[4]
GRAPH = Path(get_graph_path("mobilenet_thin"))


@pytest.fixture(scope="module")
def engines():
    names = ("openvino", "tensorflow")
    return [open_engine(name, GRAPH, threads=1, precision="f32") for name in names]


@pytest.mark.parametrize("stage", [6, 4, 1])
def test_engines_agree_at_every_stage(engines, stage, balancer):
    batch = cv2.resize(balancer, (96, 136))[None]
    first, second = (engine.run(batch, stage) for engine in engines)
    assert first.shape == second.shape == (1, 17, 12, 57)
    assert np.abs(first - second).max() < 1e-4
    assert first[..., :18].max() > 0.3


def test_a_batch_gives_the_results_of_its_images(engines, balancer, walker):
    batch = np.stack([cv2.resize(im, (96, 96)) for im in (balancer, walker, balancer[::-1])])
    for engine in engines:
        together = engine.run(batch)
        alone = np.concatenate([engine.run(one[None]) for one in batch])
        assert np.abs(together - alone).max() < 1e-4


def test_results_are_not_overwritten_by_later_calls(engines):
    for engine in engines:
        engine.warm_up([(1, 64, 64)])
        first = engine.run(np.zeros((1, 64, 64, 3), np.uint8))
        kept = first.copy()
        engine.run(np.full((1, 64, 64, 3), 255, np.uint8))
        np.testing.assert_array_equal(first, kept)


def test_auto_takes_the_first_engine_that_is_installed():
    assert open_engine("auto", GRAPH, threads=1, precision="f32").name == "openvino"


def test_the_error_for_an_unknown_engine_lists_the_engines():
    assert engine_names() == ["auto", "openvino", "tensorflow"]
    with pytest.raises(UnknownEngine, match=r"expected one of .*'openvino'.*, got 'caffe'"):
        open_engine("caffe", GRAPH)


@pytest.mark.parametrize("name", ["openvino", "tensorflow"])
def test_a_file_that_is_not_a_graph_is_refused(name, tmp_path):
    with pytest.raises(EngineUnavailable, match="no such file"):
        open_engine(name, tmp_path / "none.pb")
    broken = tmp_path / "broken.pb"
    broken.write_bytes(b"not a graph" * 10)
    with pytest.raises(EngineUnavailable, match=r"cannot read broken\.pb"):
        open_engine(name, broken)


def test_an_engine_has_the_requested_precision(engines):
    assert [engine.precision for engine in engines] == ["f32", "f32"]
    with pytest.raises(UnknownEngine, match=r"expected a precision of .*'bf16'.*, got 'f8'"):
        open_engine("openvino", GRAPH, precision="f8")
    with pytest.raises(EngineUnavailable, match="auto or f32 with tensorflow"):
        open_engine("tensorflow", GRAPH, precision="bf16")


def test_an_automatic_precision_is_one_of_those_that_the_processor_supports(tmp_path):
    """Which one, this machine decides; every start after that says the same."""
    first, second = (
        open_engine("openvino", GRAPH, threads=1, cache=tmp_path).precision for _ in range(2)
    )
    assert first == second in supported_precisions()
    kept = [path.read_bytes() for path in tmp_path.iterdir()]
    # What rounds to integers is judged later, while the estimator is used.
    assert len(kept) == (len({*supported_precisions()} - {INT8}) > 1)


def test_only_the_live_stage_is_rounded(engines, balancer):
    batch = cv2.resize(balancer, (96, 136))[None]
    if INT8 in supported_precisions():
        rounded = open_engine("openvino", GRAPH, threads=1, precision=INT8)
        np.testing.assert_array_equal(rounded.run(batch, 6), engines[0].run(batch, 6))
        assert 0 < np.abs(rounded.run(batch, 4) - engines[0].run(batch, 4)).max() < 0.25


def test_each_stage_has_outputs():
    assert outputs_after(6) == ("Openpose/concat_stage7:0",)
    assert len(outputs_after(5)) == 2
    with pytest.raises(BadSize, match=r"expected a stage of 1\.\.6, got 7"):
        outputs_after(7)


def test_importing_openvino_sends_no_telemetry():
    """OpenVINO's telemetry, which forks a process that calls a web service, is never loaded."""
    program = """
import sys
import tf_pose.engines.openvino
from openvino import convert_model
assert not [name for name in sys.modules if name.startswith("openvino_telemetry.")]
"""
    subprocess.run([sys.executable, "-c", program], check=True, cwd=ROOT)
