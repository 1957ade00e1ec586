"""Measures what it costs the event loop to score one sample and to write its message.

    python bench/score_cost.py [--rounds 3] [--against DIRECTORY]

Somebody who trembles follows the demo lesson at five samples a second, mirrored or not being
undecided at first, as in a session. Prints milliseconds of processor time for a sample: the
attempt's part, and that of the score message with its JSON; and how many functions are called for
it, which says more than time does on a busy machine.

With --against, another checkout of this repository is measured in turn with this one, each in a
process of its own. Both must write the same messages, byte for byte, and it ends with 1 if not.
"""

from __future__ import annotations

import argparse
import cProfile
import hashlib
import json
import pstats
import statistics
import subprocess
import sys
import time
from dataclasses import fields
from pathlib import Path
from types import SimpleNamespace
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FPS = 5
TREMBLE = 0.01  # of the picture's height, standard deviation
LATE_S = 0.1


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    add = parser.add_argument
    add("--rounds", type=int, default=3)
    add("--against", type=Path, help="another checkout of this repository: the one before")
    add("--checkout", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.checkout is not None:
        print(json.dumps(measure(args.checkout)))
        return
    checkouts = [*([args.against.resolve()] if args.against else []), ROOT]
    rows: list[list[dict[str, Any]]] = [[] for _ in checkouts]
    for _ in range(args.rounds):
        for row, checkout in zip(rows, checkouts, strict=True):
            row.append(measure_apart(checkout))
    for figure in ("scoring ms", "message ms", "calls"):
        medians = [statistics.median(one[figure] for one in row) for row in rows]
        print(" | ".join([figure, *(f"{median:.3f}" for median in medians)]))
    if len({one["messages"] for row in rows for one in row}) > 1:
        raise SystemExit("the messages differ")


def measure_apart(checkout: Path) -> dict[str, Any]:
    """Measure the code of a checkout in a process of its own."""
    command = [sys.executable, __file__, "--checkout", str(checkout)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def measure(checkout: Path) -> dict[str, Any]:
    """The costs of a sample, and a hash of all messages."""
    sys.path.insert(0, str(checkout))
    practice = Practice()
    practice.run()  # imports and caches
    scoring_s, message_s, messages = practice.run()
    profile = cProfile.Profile()
    profile.enable()
    practice.run()
    profile.disable()
    return {
        "scoring ms": 1000 * scoring_s / len(messages),
        "message ms": 1000 * message_s / len(messages),
        "calls": pstats.Stats(profile).total_calls / len(messages),  # type: ignore[attr-defined]
        "messages": hashlib.sha256("\n".join(messages).encode()).hexdigest(),
    }


class Practice:
    """Somebody who follows the demo lesson."""

    def __init__(self) -> None:
        import numpy as np

        from rtc_server.lessons.store import LessonStore
        from rtc_server.scoring.interpolation import interpolate_pose
        from rtc_server.scoring.reference import prepare_references
        from rtc_server.types import Pose

        self.lesson = LessonStore(ROOT / "lessons").get("demo")
        self.reference = prepare_references(self.lesson.all_poses())
        chance = np.random.default_rng(0)
        self.poses = []
        for k in range(int((self.lesson.duration_s - 1) * FPS)):
            shown = interpolate_pose(self.reference.track, k / FPS - LATE_S)
            xy = (shown.xy + chance.normal(0, TREMBLE, shown.xy.shape)).astype(np.float32)
            self.poses.append(Pose(k / FPS, xy, shown.confidence))

    def run(self) -> tuple[float, float, list[str]]:
        """The seconds for all scores and for all messages, and the messages."""
        from rtc_server.pose.looks import DancerPose
        from rtc_server.protocol.server_messages import to_json
        from rtc_server.scoring.group_attempt import GroupAttempt
        from rtc_server.session.pipeline import ScoringPipeline, SyncedPosition
        from rtc_server.sync.player import Player

        clock = SimpleNamespace(capture_clock=SimpleNamespace(source="reports"))
        parts: dict[str, Any] = dict.fromkeys(
            field.name for field in fields(ScoringPipeline) if field.name != "positioning"
        )
        parts["attempt"] = attempt = GroupAttempt([self.reference], "auto")
        parts["player"] = Player(self.lesson.duration_s, lambda: 0.0)
        parts |= {"is_group": False, "cameras": SimpleNamespace(switch=clock)}
        pipeline = ScoringPipeline(**parts)
        scoring_s, message_s, messages = 0.0, 0.0, []
        for k, pose in enumerate(self.poses):
            position = SyncedPosition(k / FPS, 1.0, "measured", 3.2)
            began_s = time.thread_time()
            (score,) = attempt.score_sample(k / FPS, [pose], 1.0)
            scored_s = time.thread_time()
            message = pipeline._build_message(k, 0, DancerPose(pose, None), position, score)
            messages.append(str(to_json(message)))
            scoring_s += scored_s - began_s
            message_s += time.thread_time() - scored_s
        return scoring_s, message_s, messages


if __name__ == "__main__":
    main()
