"""Measures what the One-Euro filter does to poses: trembling, lag and error, with and without it.

    python bench/pose/smoothing.py [--fps 5] [--grid]

Dancers whose joints are known (tools/dancer) are tracked as in the live server, before a camera
with noise and compression. `still` are two dancers who stand, and a real person of whom the same
frame is shown again and again. All lengths are in % of the torso:

still         RMS movement of a joint from sample to sample while nobody moves
second        RMS second difference of a joint while dancing, and that of the truth
lag           the delay at which joint velocities correlate best with the true ones, in ms
error         mean distance of the 12 limb joints from the truth, and the share within a quarter
score         of a tall and a stout dancer, and of another dance, with the lesson smoothed alike
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

from rtc_server.pose.live_model import LIVE_SETTING
from rtc_server.pose.smoothing import SmoothingSettings, smooth_track
from rtc_server.scoring.attempt import Attempt
from rtc_server.scoring.reference import prepare_reference
from rtc_server.types import Pose, PoseTrack
from tests.media import pose2sim_clip
from tf_pose.estimator import TfPoseEstimator
from tf_pose.networks import get_graph_path
from tf_pose.tracking.person_tracker import PersonTracker, TrackerSettings
from tools.dancer import perturbations
from tools.dancer.scene import Scene, render

LIMBS = slice(2, 14)
DANCE_S, STILL_S = 24.0, 10.0
DENSE_FPS = 50
LAGS_S = np.arange(-0.2, 0.401, 0.01)
LIVE = LIVE_SETTING
LESSON = TrackerSettings(crop_side=256, search_side=432, stage=6)
DANCERS = {"tall": "sunrise", "stout": "sunrise", "short": "harbour"}
GRID = [
    SmoothingSettings(still_hz, rise)
    for still_hz in (0.3, 0.5, 1.0, 1.5, 2.5)
    for rise in (0.0, 1.0, 3.0, 10.0, 20.0, 30.0)
]
Frame = NDArray[np.uint8]
Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class Case:
    """The poses that were found and the true ones; `dense` is the truth at DENSE_FPS."""

    found: PoseTrack
    truth: Doubles  # (n, 18, 2) in torsos
    dense: Doubles | None
    torso: float  # picture heights


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--fps", type=float, default=5.0, help="poses a second")
    parser.add_argument("--grid", action="store_true", help="measure many settings of the filter")
    args = parser.parse_args()
    estimator = TfPoseEstimator(get_graph_path("mobilenet_thin"), threads=1)
    dancing = {
        body: track_dancer(estimator, render(dance, body, fps=args.fps, duration_s=DANCE_S), LIVE)
        for body, dance in DANCERS.items()
    }
    lesson = render("sunrise", "instructor", fps=args.fps, duration_s=DANCE_S)
    dancing["lesson"] = track_dancer(estimator, lesson, LESSON)
    still = [
        track_dancer(estimator, stand_still(body, args.fps), LIVE) for body in ("tall", "child")
    ]
    still.append(track_still_person(estimator, args.fps))
    print("still Hz, Hz per torso/s | still | second (truth) | lag ms | error, within ¼ | score")
    for settings in [None, *(GRID if args.grid else [SmoothingSettings()])]:
        print(format_row(settings, dancing, still), flush=True)


def stand_still(body: str, fps: float) -> Scene:
    """A dancer who does not move."""
    change = perturbations.stands_still
    return render("sunrise", body, change=change, fps=fps, duration_s=STILL_S)


def track_dancer(estimator: TfPoseEstimator, stage: Scene, tracker: TrackerSettings) -> Case:
    """Track a rendered dancer; a learner's camera has noise, and the lesson's does not."""
    frames = stage.frames() if tracker is LESSON else map(open_webcam(), stage.frames())
    found = track(PersonTracker(estimator, tracker), frames, stage.times_s)
    heights = 1 / stage.camera.size[1]
    truth = stage.truth() * heights
    torso = float(np.median(np.linalg.norm(truth[:, 1] - truth[:, [8, 11]].mean(axis=1), axis=1)))
    dense = replace(stage, fps=DENSE_FPS).truth() * heights / torso
    return Case(found, truth / torso, dense, torso)


def track_still_person(estimator: TfPoseEstimator, fps: float) -> Case:
    """Track a real person who cannot move: the first frame of a clip, with new noise each time."""
    video = cv2.VideoCapture(str(pose2sim_clip(1)))
    frame = cv2.resize(video.read()[1], None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    video.release()
    times_s = np.arange(round(STILL_S * fps)) / fps
    frames = map(open_webcam(), [frame] * len(times_s))
    found = track(PersonTracker(estimator, LIVE), frames, times_s)
    heights = found.xy * np.array([found.aspect, 1])
    torso = float(np.nanmedian(np.linalg.norm(heights[:, 1] - heights[:, 8], axis=1)))
    return Case(found, np.zeros_like(heights, np.float64), None, torso)


def open_webcam() -> Any:
    """A function that adds the noise and the compression of a webcam in a dim room to a frame."""
    random = np.random.default_rng(1)

    def film(frame: Frame) -> Frame:
        noisy = np.clip(frame + random.normal(0, 6, frame.shape), 0, 255).astype(np.uint8)
        _, jpeg = cv2.imencode(".jpg", noisy, [cv2.IMWRITE_JPEG_QUALITY, 60])
        return np.asarray(cv2.imdecode(jpeg, cv2.IMREAD_COLOR), np.uint8)

    return film


def track(tracker: PersonTracker, frames: Iterable[Frame], times_s: Doubles) -> PoseTrack:
    """Track one person through these frames."""

    def poses() -> Iterator[Pose]:
        for t_s, frame in zip(times_s.tolist(), frames, strict=True):
            human = tracker.follow(frame, t_s)
            aspect = frame.shape[1] / frame.shape[0]
            yield (
                replace(Pose.nobody(t_s), aspect=aspect)
                if human is None
                else Pose(t_s, *human.arrays(), aspect)
            )

    found = list(poses())
    xy = np.array([pose.xy for pose in found])
    confidence = np.array([pose.confidence for pose in found])
    return PoseTrack(times_s, xy, confidence, found[0].aspect)


def format_row(
    settings: SmoothingSettings | None, dancing: dict[str, Case], still: list[Case]
) -> str:
    def smooth(case: Case) -> PoseTrack:
        return case.found if settings is None else smooth_track(case.found, settings)

    def torsos(case: Case) -> Doubles:
        return smooth(case).xy * np.array([case.found.aspect, 1]) / case.torso

    dances = list(dancing.values())
    steps = [rms(np.diff(torsos(case) - case.truth, axis=0)) for case in still]
    second = np.mean([rms(np.diff(torsos(case), 2, axis=0)) for case in dances])
    true = np.mean([rms(np.diff(case.truth, 2, axis=0)) for case in dances])
    errors = np.stack([np.linalg.norm(torsos(c) - c.truth, axis=2)[:, LIMBS] for c in dances])
    lag = 1000 * np.mean([lag_s(torsos(case), case) for case in dances])
    reference = prepare_reference(smooth(dancing["lesson"]))
    scores = []
    for body in DANCERS:
        learner, attempt = smooth(dancing[body]), Attempt(reference, "off")
        for t_s, xy, confidence in zip(
            learner.t_s.tolist(), learner.xy, learner.confidence, strict=True
        ):
            attempt.add_sample(t_s, Pose(t_s, xy, confidence, learner.aspect))
        scores.append(attempt.summary(complete=True).score)
    values = (settings.still_hz, settings.hz_per_speed) if settings else ("none",)
    near = np.mean(np.nan_to_num(errors, nan=9.0) < 0.25)
    return (
        f"{values} | {100 * np.mean(steps[:2]):.2f}, photo {100 * steps[2]:.2f} | "
        f"{100 * second:.1f} ({100 * true:.1f}) | {lag:.0f} | "
        f"{100 * np.nanmean(errors):.2f}, {near:.3f} | {scores}"
    )


def rms(vectors: Doubles) -> float:
    return float(np.sqrt(np.nanmean((vectors**2).sum(axis=-1))))


def lag_s(found: Doubles, case: Case) -> float:
    """The delay of the truth at which joint velocities correlate best with the found ones."""
    assert case.dense is not None
    moves = np.diff(found, axis=0)
    known = np.isfinite(moves)
    at_s = np.arange(len(case.dense)) / DENSE_FPS
    flat = case.dense.reshape(len(case.dense), -1)

    def correlation(late_s: float) -> float:
        true = [np.interp(case.found.t_s - late_s, at_s, column) for column in flat.T]
        other = np.diff(np.array(true).T.reshape(found.shape), axis=0)[known]
        return float(moves[known] @ other / np.linalg.norm(other))

    return float(LAGS_S[int(np.argmax([correlation(late_s) for late_s in LAGS_S]))])


if __name__ == "__main__":
    main()
