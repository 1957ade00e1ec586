"""Arithmetics are judged by people whose joints are known, each kind of them by itself."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from tests.media import sports2d_demo
from tf_pose.engines import open_engine
from tf_pose.engines.truth_set import GROUPS, is_true_enough, judge_engine, load_truth_set
from tf_pose.errors import EngineUnavailable
from tf_pose.networks import get_graph_path

EXACT = {"dancing": 0.98, "real people": 0.90}


@pytest.fixture(scope="module")
def crops():
    return load_truth_set(recording=sports2d_demo())


def test_each_group_has_enough_people(crops):
    count = Counter(crop.group for crop in crops)
    assert set(count) == set(GROUPS)
    assert min(count.values()) >= 20
    assert all(crop.judged.sum() >= 10 and crop.area_px > 0 for crop in crops)


def test_f32_finds_nearly_everything(crops):
    engine = open_engine("openvino", Path(get_graph_path("mobilenet_thin")), precision="f32")
    shown = []
    oks = judge_engine(engine, crops[::10], lambda done, of: shown.append((done, of)))
    assert list(oks) == list(GROUPS)
    assert min(oks.values()) > 0.8
    count = len(crops[::10])
    assert shown == [(k, count) for k in range(count)]


def test_an_engine_that_finds_nobody_has_no_truth(crops):
    class Blind:
        def run(self, batch, _):
            return np.zeros((1, batch.shape[1] // 8, batch.shape[2] // 8, 57), np.float32)

    assert set(judge_engine(Blind(), crops[::10]).values()) == {0.0}


@pytest.mark.parametrize(
    ("rough", "enough"),
    [
        ({"dancing": 0.971, "real people": 0.90}, True),
        ({"dancing": 0.969, "real people": 0.95}, False),  # more elsewhere does not make up for it
        ({"dancing": 1.0, "real people": 0.88}, False),
    ],
)
def test_no_group_may_lose_more_than_a_hundredth(rough, enough):
    assert is_true_enough(rough, EXACT) is enough


def test_another_recording_is_refused(tmp_path):
    empty = tmp_path / "empty.mp4"
    empty.write_bytes(b"")
    with pytest.raises(EngineUnavailable, match=r"expected frame 0 in empty\.mp4, it ends before"):
        load_truth_set(recording=empty)
