"""Measures what a look at several dancers costs, in looks at one learner.

    python bench/pose/dancers_cost.py [--rounds 5] [--precision f32]

Rendered dancers beside each other, followed as live once they have been chosen; all numbers of
dancers in turn on frames of the same moments, so that what else the machine does reaches all.
Processor time of the process, the median of all looks. The last column has the packets, which are
those of one learner (docs/performance.md), at 5 looks a second.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bench.pose.dancer_scenes import CAMERA, FPS
from bench.pose.dancers import load_frames
from rtc_server.pose.live_model import GROUP_CROP_SIDES, LIVE_SETTING
from rtc_server.session.places.capacity import PACKETS_CORES
from tf_pose.estimator import TfPoseEstimator
from tf_pose.networks import get_graph_path
from tf_pose.tracking.group_tracker import GroupTracker
from tf_pose.tracking.person_tracker import PersonTracker
from tools.dancer.body import body
from tools.dancer.choreography import choreography
from tools.dancer.scene import Actor, Scene

CAST = ("tall", "short", "stout", "instructor")
CHOOSING, LOOKS = 12, 15
FROM_S = 3.0


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--precision", default="f32")
    args = parser.parse_args()
    estimator = TfPoseEstimator(
        get_graph_path("mobilenet_thin"), threads=1, precision=args.precision
    )
    PersonTracker(estimator, LIVE_SETTING).warm_up()
    films = {n: render(n) for n in (1, 2, 3, 4)}
    costs: dict[int, list[float]] = defaultdict(list)
    for _ in range(args.rounds):
        trackers = {n: open_tracker(estimator, n) for n in films}
        for k in range(CHOOSING + LOOKS):
            for n, tracker in trackers.items():
                start_s = time.process_time()
                tracker.follow(films[n][k], k / FPS)
                if k >= CHOOSING:
                    costs[n].append(time.process_time() - start_s)
    one = statistics.median(costs[1])
    for n, all_s in costs.items():
        look_s = statistics.median(all_s)
        session = (FPS * look_s + PACKETS_CORES) / (FPS * one + PACKETS_CORES)
        print(
            f"{n} dancers, crops of {GROUP_CROP_SIDES[n]}: {1000 * look_s:6.1f} ms, "
            f"{look_s / one:.2f} looks at one learner, {session:.2f} learners"
        )


def open_tracker(estimator: TfPoseEstimator, dancers: int) -> Any:
    if dancers == 1:
        return PersonTracker(estimator, LIVE_SETTING)
    settings = replace(LIVE_SETTING, crop_side=GROUP_CROP_SIDES[dancers])
    return GroupTracker(estimator, dancers, settings)


def render(dancers: int) -> Any:
    """So many people beside each other; more of them are farther from the camera."""
    motion = choreography("sunrise").motion()
    width_m = 1.4 * dancers + 1.6
    camera = replace(CAMERA, tall_m=max(CAMERA.tall_m if dancers > 1 else 2.7, width_m * 0.75))
    actors = tuple(
        Actor(
            body(CAST[k]),
            lambda t_s: motion(FROM_S + t_s),
            place_at(1.4 * (k - (dancers - 1) / 2)),
        )
        for k in range(dancers)
    )
    return load_frames(Scene(actors, camera, FPS, (CHOOSING + LOOKS) / FPS))


def place_at(x: float) -> Any:
    return lambda _: (x, 0.0, 0.0)


if __name__ == "__main__":
    main()
