"""Makes what an arithmetic of the pose network is judged by: tf_pose/engines/truth_set.npz.

    python tools/make_truth_set.py

Takes a minute of one core.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import av
import cv2
import numpy as np

from bench.pose.accuracy import OUTLINE_OF_BOX, box_area
from models.fetch import ensure_recording
from tf_pose.engines.truth_set import PATH, REAL
from tf_pose.estimator import TfPoseEstimator
from tf_pose.geometry import Box
from tf_pose.networks import get_graph_path
from tf_pose.refinement import find_closest
from tools.calibration_images import Image, Joints, arms_up, cut_person, find_people
from tools.dancer.scene import render
from tools.dancer.visibility import visible_joints

# With both arms up, an arithmetic that differs by nothing else may exchange them in one sample of
# some fifty, which costs that sample a fifth of its OKS: so few samples would judge by chance.
DANCERS = (
    (0, "harbour", "tall", None, 12),
    (0, "sunrise", "instructor", None, 12),
    (1, "sunrise", "stout", arms_up, 20),
    (1, "harbour", "instructor", arms_up, 20),
    (1, "harbour", "tall", arms_up, 20),
)
TIMES_S = (2.2, 21.0)
REAL_EVERY = 5  # frames
JPEG_QUALITY = 90
# The teacher's crops: (times as wide, network's side). Where they differ by more than a share of
# the torso, or one is not certain, a joint does not count.
TEACHER_CROPS = ((1.0, 368), (1.1, 320), (1.05, 432))
MAX_SPREAD, MIN_CONFIDENCE, MIN_JUDGED = 0.15, 0.15, 10

Row = dict[str, Any]


def main() -> None:
    estimator = TfPoseEstimator(get_graph_path("mobilenet_thin"), threads=1, precision="f32")
    rng = np.random.default_rng(17)
    dancers = list(_dancers(rng))
    real = list(_real_people(estimator, rng))
    rows = [*dancers, *real]
    arrays = {
        name: np.array([row[name] for row in rows])
        for name in ("group", "joints", "judged", "area_px")
    }
    arrays |= {name: np.array([row[name] for row in real]) for name in ("frame", "region", "size")}
    jpegs = {f"jpeg{k}": row["jpeg"] for k, row in enumerate(dancers)}
    np.savez_compressed(PATH, jpegs=np.array(len(dancers)), **jpegs, **arrays)
    print(f"{PATH}: {len(dancers)} dancers, {len(real)} real people, {PATH.stat().st_size} bytes")


def _dancers(rng: np.random.Generator) -> Iterator[Row]:
    for group, dance, body, change, count in DANCERS:
        options = {"change": change} if change else {}
        scene = render(dance, body, size=(640, 480), **options)
        for at in np.linspace(*TIMES_S, count).tolist():
            joints = scene.camera.project(scene.actors[0].joints_at(at))[:, :2]
            image, shown = cut_person(scene.frame_at(at), joints, rng)
            _, jpeg = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
            seen = visible_joints(scene, at)
            yield {"jpeg": jpeg.ravel(), "group": group, **_truth(joints, seen, shown, image)}


def _real_people(estimator: TfPoseEstimator, rng: np.random.Generator) -> Iterator[Row]:
    with av.open(str(ensure_recording())) as container:
        for number, one in enumerate(container.decode(video=0)):
            if number % REAL_EVERY:
                continue
            frame = np.asarray(one.to_ndarray(format="bgr24"), np.uint8)
            for joints in find_people(estimator, frame):
                found = _teach(estimator, frame, joints)
                if found is None:
                    continue
                image, shown = cut_person(frame, joints, rng)
                place = {"frame": number, "region": [*shown], "size": image.shape[1::-1]}
                yield {"group": REAL, **place, **_truth(*found, shown, image)}


def _teach(
    estimator: TfPoseEstimator, frame: Image, joints: Joints
) -> tuple[Joints, np.ndarray[Any, np.dtype[np.bool_]]] | None:
    """Joints that all stages find alike in several crops, and which these are."""
    scale = np.array(frame.shape[1::-1], np.float32)
    low, high = np.nanmin(joints, axis=0), np.nanmax(joints, axis=0)
    sets = []
    for grown, side in TEACHER_CROPS:
        box = Box(*low, *(high - low)).widened_to(1.0).grown(1.2 * grown)
        humans = estimator.inference(frame, roi=box, size=(side // 8 * 8, side // 8 * 8))
        human = find_closest(joints.astype(np.float32), humans, scale)
        if human is None:
            return None
        xy, confidence = human.arrays()
        certain = np.nan_to_num(confidence) > MIN_CONFIDENCE
        sets.append(np.where(certain[:, None], xy * scale - 0.5, np.nan))
    middle = np.median(sets, axis=0)
    torso_px = np.linalg.norm(middle[1] - (middle[8] + middle[11]) / 2)
    spread = np.linalg.norm(np.array(sets) - middle, axis=2).max(axis=0)
    agreed = np.asarray(spread < MAX_SPREAD * torso_px)  # not where one is NaN
    return (middle, agreed) if agreed.sum() >= MIN_JUDGED else None


def _truth(joints: Joints, judged: Any, shown: Box, image: Image) -> Row:
    """The truth in the crop's pixels."""
    scale = np.array(image.shape[1::-1]) / (shown.w, shown.h)
    inside = (joints + 0.5 - (shown.x, shown.y)) * scale - 0.5
    known = inside[judged]
    area = OUTLINE_OF_BOX * box_area(known[None], image.shape[1::-1])[0]
    filled = np.where(judged[:, None], inside, 0.0)  # the others do not count
    return {"joints": filled.astype(np.float32), "judged": judged, "area_px": area}


if __name__ == "__main__":
    main()
