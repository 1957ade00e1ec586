"""Measures how much a learner's score depends on the arithmetic of the pose network.

    python bench/pose/precision_scores.py [--precisions f32 int8]

Rendered learners are followed as in the live server, 5 samples a second, and score against the true
joints of the dance that they dance: the same one, with mistakes, and another one. The frames are
the same for all precisions.
"""

from __future__ import annotations

import argparse
import sys
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np

from rtc_server.pose.live_model import LIVE_SETTING
from rtc_server.pose.smoothing import smooth_track
from rtc_server.types import PoseTrack
from tests.unit.rtc_server.dances import FPS, SECONDS, lesson, scored
from tf_pose.estimator import TfPoseEstimator
from tf_pose.networks import get_graph_path
from tf_pose.tracking.person_tracker import PersonTracker
from tools.dancer import perturbations
from tools.dancer.scene import render

SIZE = (360, 480)
# What is danced by which body, the lesson, and the mistake.
LEARNERS: dict[str, tuple[str, str, str, Any]] = {
    "sunrise": ("sunrise", "tall", "sunrise", None),
    "harbour": ("harbour", "short", "harbour", None),
    "late": ("sunrise", "stout", "sunrise", partial(perturbations.delayed, delay_s=0.4)),
    "half as large": ("harbour", "tall", "harbour", partial(perturbations.scaled, amplitude=0.5)),
    "legs still": ("sunrise", "short", "sunrise", perturbations.legs_still),
    "another dance": ("harbour", "tall", "sunrise", None),
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--precisions", nargs="+", default=["f32", "int8"])
    precisions = parser.parse_args().precisions
    graph = get_graph_path("mobilenet_thin")
    estimators = [TfPoseEstimator(graph, threads=1, precision=name) for name in precisions]
    print(" | ".join(["learner", *precisions, "apart"]))
    apart = []
    for name, learner in LEARNERS.items():
        scores = [summary.score or 0.0 for summary in _score(learner, estimators)]
        apart.append(max(scores) - min(scores))
        print(" | ".join([name, *(f"{score:.1f}" for score in scores), f"{apart[-1]:.1f}"]))
    print(f"apart: {np.mean(apart):.2f} on average, {max(apart):.2f} at most")


def _score(learner: tuple[str, str, str, Any], estimators: list[TfPoseEstimator]) -> list[Any]:
    danced, body, reference, change = learner
    scene = render(danced, body, size=SIZE, **({"change": change} if change else {}))
    trackers = [PersonTracker(estimator, LIVE_SETTING) for estimator in estimators]
    times_s = np.arange(round(SECONDS * FPS)) / FPS
    xy = np.full((len(trackers), len(times_s), 18, 2), np.nan, np.float32)
    confidence = np.zeros(xy.shape[:3], np.float32)
    for k, t_s in enumerate(times_s.tolist()):
        frame = scene.frame_at(t_s)
        for n, tracker in enumerate(trackers):
            human = tracker.follow(frame, t_s)
            if human is not None:
                xy[n, k], confidence[n, k] = human.arrays()
    tracks = [
        PoseTrack(times_s, *one, SIZE[0] / SIZE[1]) for one in zip(xy, confidence, strict=True)
    ]
    return [scored(smooth_track(track), "off", lesson(reference)) for track in tracks]


if __name__ == "__main__":
    main()
