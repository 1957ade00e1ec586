"""Measures how well two dancers in one picture are told apart, and what each one scores.

    python bench/pose/dancers.py [--crop 224] [--clothes different similar same] [--scenes crossing]

Rendered dancers whose joints are known (tools/dancer) are followed as live, each against the demo
lesson, together and each alone; a dancer is who is nearest to the pose of their number.

kept      of all moments after a crossing, hiding or absence, in how many both have their number
seen      of all samples in which a dancer is to be seen whole, in how many they have a pose
score     each alone (in a picture of one's own, as a single learner) and beside the other
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
from numpy.typing import NDArray

from bench.pose.dancer_scenes import FPS, DancerScene, make_scenes
from rtc_server.lessons.store import LessonStore
from rtc_server.pose.live_model import LIVE_SETTING
from rtc_server.pose.smoothing import Smoother
from rtc_server.scoring.attempt import Attempt
from rtc_server.scoring.reference import Reference, prepare_reference
from rtc_server.types import Pose
from tf_pose.estimator import TfPoseEstimator
from tf_pose.human import Human
from tf_pose.networks import get_graph_path
from tf_pose.pose_geometry import pose_distance_torsos
from tf_pose.tracking.group_tracker import GroupTracker
from tf_pose.tracking.person_tracker import PersonTracker
from tools.dancer.scene import Scene

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache" / "bench"
NEAR_TORSOS = 0.75
Follow = Callable[[NDArray[np.uint8], float], list[Human | None]]


def main() -> None:
    args = _parse()
    estimator = TfPoseEstimator(get_graph_path("mobilenet_thin"), threads=1, precision="f32")
    reference = prepare_reference(LessonStore(args.lessons).get("demo").poses())
    group = replace(LIVE_SETTING, crop_side=args.crop)
    kept: dict[tuple[str, str], list[bool]] = defaultdict(list)
    gaps: list[float] = []
    for number, made in enumerate(make_scenes()):
        if made.clothes not in args.clothes or not made.name.startswith(args.scenes):
            continue
        tracker = GroupTracker(estimator, 2, group)
        found = follow(made.scene, tracker.follow)
        right = check_numbers(made, found)
        kept[made.name, made.clothes] += right
        line = f"{made.name:22} {made.clothes:10} kept {sum(right)}/{len(right)}"
        if not args.no_scores and number in args.scored:
            for actor in range(2):
                person = PersonTracker(estimator, LIVE_SETTING)
                alone = follow(made.alone(actor), lambda i, t, p=person: [p.follow(i, t)])
                a, b = (
                    score(reference, each)
                    for each in ([p[0] for p in alone], [p[actor] for p in found])
                )
                gaps.append(b - a)
                line += f"  {a:5.1f} -> {b:5.1f}"
        print(line, flush=True)
    for (name, clothes), right in kept.items():
        print(f"{name:22} {clothes:10} {sum(right)} of {len(right)} = {np.mean(right):.1%}")
    if gaps:
        print(
            f"scores beside another less alone: {min(gaps):+.1f} to {max(gaps):+.1f}, "
            f"mean {np.mean(gaps):+.2f}"
        )


def follow(scene: Scene, tracker: Follow) -> list[list[Pose]]:
    """The smoothed poses of every number in each sample."""
    aspect = scene.camera.size[0] / scene.camera.size[1]
    smoothers: dict[int, Smoother] = defaultdict(Smoother)
    samples = []
    for t_s, frame in zip(scene.times_s.tolist(), load_frames(scene), strict=True):
        poses = []
        for k, human in enumerate(tracker(frame, t_s)):
            pose = Pose.nobody(t_s) if human is None else Pose(t_s, *human.arrays(), aspect=aspect)
            poses.append(smoothers[k].smooth(pose))
        samples.append(poses)
    return samples


def check_numbers(made: DancerScene, found: list[list[Pose]]) -> list[bool]:
    """Whether each number is its dancer's at the moments when that is to be seen."""
    truths = [made.scene.truth(k) for k in range(2)]
    right = []
    for at_s in made.apart_s:
        sample = round(at_s * FPS)
        size = np.array(made.scene.camera.size)
        ok = True
        for number in range(2):
            pose = found[sample][number].xy * size
            distances = [pose_distance_torsos([truth[sample]], pose) for truth in truths]
            ok &= int(np.argmin(distances)) == number and min(distances) < NEAR_TORSOS
        right.append(bool(ok))
    return right


def score(reference: Reference, poses: Iterable[Pose]) -> float:
    attempt = Attempt(reference, "off")
    for pose in poses:
        attempt.add_sample(pose.captured_s, pose)
    return attempt.summary(complete=True).score


def load_frames(scene: Scene) -> NDArray[np.uint8]:
    """The scene's frames, rendered once and kept in .cache."""
    digest = hashlib.sha256(repr(scene.camera).encode())
    for actor in scene.actors:
        digest.update(actor.body.name.encode())
        for t_s in scene.times_s:
            digest.update(np.round(actor.joints_at(float(t_s)), 4).tobytes())
    path = CACHE / f"dancers-{digest.hexdigest()[:16]}.npz"
    if not path.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{os.getpid()}-{path.name}")
        np.savez_compressed(part, frames=np.array(list(scene.frames())))
        part.replace(path)
    with np.load(path) as kept:
        frames: NDArray[np.uint8] = kept["frames"]
    return frames


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--crop", type=int, default=LIVE_SETTING.crop_side)
    parser.add_argument("--clothes", nargs="*", default=["different", "similar", "same"])
    parser.add_argument("--scenes", default="", help="only those whose name begins so")
    parser.add_argument("--scored", nargs="*", type=int, default=range(5), metavar="SCENE")
    parser.add_argument("--no-scores", action="store_true")
    parser.add_argument("--lessons", type=Path, default=ROOT / "lessons")
    return parser.parse_args()


if __name__ == "__main__":
    main()
