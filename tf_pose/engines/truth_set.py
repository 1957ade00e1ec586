"""Crops of people whose joints are known, to judge an arithmetic of the network by.

The rendered dancers are kept beside this file, and what is known of everybody. Real people are in a
recording (`models/registry.py`), which is fetched when it is needed: only which part of which frame
is looked at is kept. Their joints are those that the network finds with all stages in three larger
crops in f32, where these agree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from models.fetch import ensure_recording
from tf_pose.decoding.postprocess import decode_people
from tf_pose.engines.precision_choice import LIVE_STAGE
from tf_pose.engines.registry import Engine
from tf_pose.errors import EngineUnavailable
from tf_pose.geometry import Box
from tf_pose.keypoint_similarity import keypoint_similarity
from tf_pose.preprocess import cut_region

PATH = Path(__file__).with_name("truth_set.npz")
GROUPS = ("dancing", "arms raised", "real people")
REAL = GROUPS.index("real people")
MAX_LOSS = 0.01  # of the OKS, in each group, against f32

Image = NDArray[np.uint8]
Progress = Callable[[int, int], None]  # so many crops of so many


@dataclass(frozen=True, slots=True)
class Crop:
    """What the network is shown, and the truth: joints (18, 2) in its pixels, and which count."""

    group: str
    image: Image
    joints: NDArray[np.float32]
    judged: NDArray[np.bool_]
    area_px: float


def load_truth_set(path: Path = PATH, recording: Path | None = None) -> list[Crop]:
    """All crops; blocks for seconds.

    :param recording: of the real people; fetched when left out.
    :raises models.errors.ModelError: the recording cannot be fetched.
    :raises EngineUnavailable: the recording cannot be read.
    """
    with np.load(path) as kept:
        known = {name: kept[name] for name in kept.files}
    images = [cv2.imdecode(known[f"jpeg{k}"], cv2.IMREAD_COLOR) for k in range(int(known["jpegs"]))]
    images += list(_cut_real_people(recording or ensure_recording(), known))
    return [
        Crop(GROUPS[group], np.asarray(image, np.uint8), joints, judged, float(area))
        for image, group, joints, judged, area in zip(
            images, known["group"], known["joints"], known["judged"], known["area_px"], strict=True
        )
    ]


def _cut_real_people(recording: Path, known: Mapping[str, NDArray[np.int64]]) -> Iterator[Image]:
    wanted = list(zip(known["frame"], known["region"], known["size"], strict=True))
    video = cv2.VideoCapture(str(recording))
    number, frame = -1, None
    for at, region, size in wanted:
        while number < at:
            read, frame = video.read()
            number += 1
            if not read:
                raise EngineUnavailable(f"expected frame {at} in {recording.name}, it ends before")
        assert frame is not None
        image, _ = cut_region(
            np.asarray(frame, np.uint8), Box(*map(float, region)), (int(size[0]), int(size[1]))
        )
        yield image
    video.release()


def judge_engine(
    engine: Engine, crops: list[Crop], progress: Progress = lambda _done, _of: None
) -> dict[str, float]:
    """The mean OKS of what an engine finds, by group; the person nearest to the truth counts."""
    found: dict[str, list[float]] = {}
    for k, crop in enumerate(crops):
        progress(k, len(crops))
        height, width = crop.image.shape[:2]
        maps = engine.run(crop.image[None], LIVE_STAGE)[0]
        people = [human.arrays()[0] for human in decode_people(maps, faint=True)]
        each = [_similarity(xy * (width, height) - 0.5, crop) for xy in people]
        found.setdefault(crop.group, []).append(max(each, default=0.0))
    return {group: float(np.mean(each)) for group, each in found.items()}


def is_true_enough(rough: Mapping[str, float], exact: Mapping[str, float]) -> bool:
    """Whether an arithmetic loses at most MAX_LOSS of the OKS in every group."""
    return all(rough[group] >= exact[group] - MAX_LOSS for group in exact)


def _similarity(joints: NDArray[np.floating], crop: Crop) -> float:
    area = np.array([crop.area_px])
    similarity = keypoint_similarity(joints[None], crop.joints[None], crop.judged[None], area)
    return float(similarity[0])
