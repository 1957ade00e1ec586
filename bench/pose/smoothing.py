"""What the One-Euro filter does to poses: trembling, lag and error, before and after.

    python bench/pose/smoothing.py [--fps 5] [--grid]

Dancers whose joints are known (tools/dancer) before a camera with noise and compression, followed
as live; `still` are two dancers who stand and a real person whose one picture is shown again and
again. All lengths in % of the torso:

still         RMS movement of a joint from sample to sample, nobody moving
second        RMS second difference of a joint while dancing, and that of the truth
lag           ms by which joint velocities correlate best with the true ones
error         mean distance of the 12 limb joints from the truth; and the part within a quarter
score         a tall and a stout dancer, and another dance, against the lesson smoothed alike
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import cv2
import numpy as np
from numpy.typing import NDArray

from rtc_server.pose.smoothing import SmoothingSettings, smooth_track
from rtc_server.scoring.attempt import Attempt
from rtc_server.scoring.reference import prepare_reference
from rtc_server.types import Pose, PoseTrack
from tests.media import pose2sim_clip
from tf_pose.estimator import TfPoseEstimator
from tf_pose.networks import get_graph_path
from tf_pose.tracking import PersonTracker, TrackerSettings
from tools.dancer import perturbations
from tools.dancer.scene import Scene, render

LIMBS = slice(2, 14)
DANCE_S, STILL_S = 24.0, 10.0
DENSE_FPS = 50
LAGS_S = np.arange(-0.2, 0.401, 0.01)
LIVE = TrackerSettings(crop_side=160)
LESSON = TrackerSettings(crop_side=256, find_side=432, stage=6)
DANCERS = {"tall": "sunrise", "stout": "sunrise", "short": "harbour"}
GRID = [
    SmoothingSettings(still_hz, rise)
    for still_hz in (0.3, 0.5, 1.0, 1.5, 2.5)
    for rise in (0.0, 1.0, 3.0, 10.0, 20.0, 30.0)
]
Picture = NDArray[np.uint8]
Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class Case:
    """What the estimator saw and what was there; `dense` is the truth at DENSE_FPS."""

    seen: PoseTrack
    truth: Doubles  # (n, 18, 2) in torsos
    dense: Doubles | None
    torso: float  # picture heights


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--fps", type=float, default=5.0)
    parser.add_argument("--grid", action="store_true", help="many settings, not only ours")
    args = parser.parse_args()
    estimator = TfPoseEstimator(get_graph_path("mobilenet_thin"), threads=1)
    dancing = {
        body: dancer(estimator, render(dance, body, fps=args.fps, duration_s=DANCE_S), LIVE)
        for body, dance in DANCERS.items()
    }
    lesson = render("sunrise", "instructor", fps=args.fps, duration_s=DANCE_S)
    dancing["lesson"] = dancer(estimator, lesson, LESSON)
    still = [
        dancer(estimator, render("sunrise", body, change=perturbations.stands_still, fps=args.fps,
                                 duration_s=STILL_S), LIVE)
        for body in ("tall", "child")
    ]  # fmt: skip
    still.append(photographed(estimator, args.fps))
    print("still Hz, Hz per torso/s | still | second (truth) | lag ms | error, within ¼ | score")
    for settings in [None, *(GRID if args.grid else [SmoothingSettings()])]:
        print(row(settings, dancing, still), flush=True)


def dancer(estimator: TfPoseEstimator, stage: Scene, tracker: TrackerSettings) -> Case:
    """Follow a rendered dancer; only a learner's camera is a bad one."""
    pictures = stage.frames() if tracker is LESSON else map(filmed(), stage.frames())
    seen = followed(PersonTracker(estimator, tracker), pictures, stage.times_s)
    heights = 1 / stage.camera.size[1]
    truth = stage.truth() * heights
    torso = float(np.median(np.linalg.norm(truth[:, 1] - truth[:, [8, 11]].mean(axis=1), axis=1)))
    dense = replace(stage, fps=DENSE_FPS).truth() * heights / torso
    return Case(seen, truth / torso, dense, torso)


def photographed(estimator: TfPoseEstimator, fps: float) -> Case:
    """A real person who cannot move: the first picture of a clip, with fresh noise each time."""
    video = cv2.VideoCapture(str(pose2sim_clip(1)))
    picture = cv2.resize(video.read()[1], None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    video.release()
    times_s = np.arange(round(STILL_S * fps)) / fps
    seen = followed(
        PersonTracker(estimator, LIVE), map(filmed(), [picture] * len(times_s)), times_s
    )
    heights = seen.xy * np.array([seen.aspect, 1])
    torso = float(np.nanmedian(np.linalg.norm(heights[:, 1] - heights[:, 8], axis=1)))
    return Case(seen, np.zeros_like(heights, np.float64), None, torso)


def filmed() -> Any:
    """A webcam in a dim room: noise of the sensor, then compression."""
    chance = np.random.default_rng(1)

    def film(picture: Picture) -> Picture:
        noisy = np.clip(picture + chance.normal(0, 6, picture.shape), 0, 255).astype(np.uint8)
        _, jpeg = cv2.imencode(".jpg", noisy, [cv2.IMWRITE_JPEG_QUALITY, 60])
        return np.asarray(cv2.imdecode(jpeg, cv2.IMREAD_COLOR), np.uint8)

    return film


def followed(tracker: PersonTracker, pictures: Iterable[Picture], times_s: Doubles) -> PoseTrack:
    def poses() -> Iterator[Pose]:
        for t_s, picture in zip(times_s.tolist(), pictures, strict=True):
            human = tracker.follow(picture, t_s)
            aspect = picture.shape[1] / picture.shape[0]
            yield (
                replace(Pose.nobody(t_s), aspect=aspect)
                if human is None
                else Pose(t_s, *human.arrays(), aspect)
            )

    seen = list(poses())
    xy, confidence = np.array([one.xy for one in seen]), np.array([one.confidence for one in seen])
    return PoseTrack(times_s, xy, confidence, seen[0].aspect)


def row(settings: SmoothingSettings | None, dancing: dict[str, Case], still: list[Case]) -> str:
    def smooth(case: Case) -> PoseTrack:
        return case.seen if settings is None else smooth_track(case.seen, settings)

    def torsos(case: Case) -> Doubles:
        return smooth(case).xy * np.array([case.seen.aspect, 1]) / case.torso

    dances = list(dancing.values())
    steps = [rms(np.diff(torsos(case) - case.truth, axis=0)) for case in still]
    second = np.mean([rms(np.diff(torsos(case), 2, axis=0)) for case in dances])
    true = np.mean([rms(np.diff(case.truth, 2, axis=0)) for case in dances])
    off = np.stack([np.linalg.norm(torsos(c) - c.truth, axis=2)[:, LIMBS] for c in dances])
    lag = 1000 * np.mean([lag_s(torsos(case), case) for case in dances])
    reference = prepare_reference(smooth(dancing["lesson"]))
    scores = []
    for body in DANCERS:
        learner, made = smooth(dancing[body]), Attempt(reference, "off")
        for t_s, xy, confidence in zip(
            learner.t_s.tolist(), learner.xy, learner.confidence, strict=True
        ):
            made.add_sample(t_s, Pose(t_s, xy, confidence, learner.aspect))
        scores.append(made.summary(complete=True).score)
    its = (settings.still_hz, settings.hz_per_speed) if settings else ("none",)
    near = np.mean(np.nan_to_num(off, nan=9.0) < 0.25)
    return (
        f"{its} | {100 * np.mean(steps[:2]):.2f}, photo {100 * steps[2]:.2f} | {100 * second:.1f} "
        f"({100 * true:.1f}) | {lag:.0f} | {100 * np.nanmean(off):.2f}, {near:.3f} | {scores}"
    )


def rms(vectors: Doubles) -> float:
    return float(np.sqrt(np.nanmean((vectors**2).sum(axis=-1))))


def lag_s(seen: Doubles, case: Case) -> float:
    """The delay of the truth at which the joints' velocities correlate best with those seen."""
    assert case.dense is not None
    moves = np.diff(seen, axis=0)
    known = np.isfinite(moves)
    at_s = np.arange(len(case.dense)) / DENSE_FPS
    flat = case.dense.reshape(len(case.dense), -1)

    def likeness(late_s: float) -> float:
        true = [np.interp(case.seen.t_s - late_s, at_s, column) for column in flat.T]
        other = np.diff(np.array(true).T.reshape(seen.shape), axis=0)[known]
        return float(moves[known] @ other / np.linalg.norm(other))

    return float(LAGS_S[int(np.argmax([likeness(late_s) for late_s in LAGS_S]))])


if __name__ == "__main__":
    main()
