"""Measures a live class: a teacher and learners who decode nothing, on a server of its own.

    python bench/live_class.py [--learners 10] [--late 20] [--seconds 20] [--beside] [--json OUT]

It prints the scores a second of the slowest learner; the processor time of the server for each
learner (the teacher's look is in it), and that of its event loop alone; how long those who came
late waited for a picture, from their offer to the first packet of a key frame; how long a frame was
on its way from the teacher's camera to a learner; how far apart the same frame came to all; and how
far apart all were in the teacher's time at the same moment, 20 moments a second. All times are of
one clock: teacher and learners are one process. What waits there is in them, and a browser's jitter
buffer, the same for all, is not.

With --beside the same number of learners follows a recorded lesson before and after the class, on a
server of its own each: a ratio of two runs says more than a figure of a machine that is shared.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.load import build_light_row, measure_light, print_rows  # noqa: E402 - needs the path above
from bench.machine import describe_load, describe_processor  # noqa: E402
from bench.server_process import measure_threads, read_metrics, serving, stop  # noqa: E402

LEAVE_S = 300.0  # for late comers, and for judging all
COST = "server cores a learner"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    add = parser.add_argument
    add("--learners", type=int, default=10)
    add("--late", type=int, default=20, help="how many come late, one after the other")
    add("--seconds", type=float, default=20.0, help="how long scores are counted")
    add("--beside", action="store_true", help="also measure a recorded lesson, before and after")
    add("--json", type=Path, metavar="OUT", help="also write all figures to this file")
    args = parser.parse_args()
    print(f"{describe_processor()}; load before: {describe_load()}", flush=True)
    lesson = (args.learners, "demo", args.seconds)
    before = [measure_light(*lesson)] if args.beside else []
    row = measure(args.learners, args.late, args.seconds)
    after = [measure_light(*lesson)] if args.beside else []
    print(f"load after: {describe_load()}")
    for name, value in row.items():
        print(f"{name}: {value}")
    if lessons := before + after:
        print("\nthe same number of learners of a recorded lesson, before and after:")
        print_rows(lessons)
        usual = sum(one[COST] for one in lessons) / len(lessons)
        print(f"{COST}, the class against the lesson: {row[COST] / usual:.2f}")
    if args.json:
        args.json.write_text(json.dumps({"class": row, "lesson": lessons}, indent=1))


def measure(learners: int, late: int, seconds: float) -> dict[str, Any]:
    """Start a server and hold a class."""
    places = str(learners + 3)
    with (
        serving("--max-sessions", places) as (server, url),
        tempfile.TemporaryDirectory() as folder,
    ):
        out = Path(folder) / "class.json"
        command = [sys.executable, "bench/webrtc/live_crowd.py", url, str(out)]
        command += ["--learners", str(learners), "--late", str(late), "--seconds", str(seconds)]
        crowd = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        try:
            assert crowd.stdout is not None
            if "playing" not in crowd.stdout.readline():
                raise SystemExit("the class did not begin")
            cores, loop_cores = measure_threads(server.pid, seconds)
            metrics = read_metrics(url)
            crowd.wait(LEAVE_S)
        finally:
            stop(crowd)
        report = json.loads(out.read_text())
    return {
        **build_light_row(report, cores, metrics),
        "of them of the event loop": round(loop_cores / learners, 3),
        "teacher's kbit/s": round(report["teacher_kbit_s"]),
        "first picture ms p50 / p95": percentiles(report["first_picture_ms"]),
        "on its way ms p50 / p95": percentiles(report["ways_ms"]),
        "same frame apart ms p50 / p95": percentiles(report["same_frame_apart_ms"]),
        "positions apart ms p50 / p95": percentiles(report["positions_apart_ms"]),
        "frames sent, with all, unreadable": [
            report["frames_sent"],
            len(report["same_frame_apart_ms"]),
            report["frames_unreadable"],
        ],
    }


def percentiles(rising: list[float]) -> str:
    """The median and the 95th percentile of rising values."""
    if not rising:
        return "none"
    at = (rising[int(len(rising) * share)] for share in (0.5, 0.95))
    return " / ".join(f"{value:.0f}" for value in at)


if __name__ == "__main__":
    main()
