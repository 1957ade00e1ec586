"""Measures a live class: a teacher and learners who decode nothing, on a server of its own.

    python bench/live_class.py [--learners 10] [--late 20] [--seconds 20] [--json OUT]

It prints the scores a second of the slowest learner, the processor time of the server for each
learner (the teacher's look is in it), how long those who came late waited for a picture (from their
offer to the first packet of a key frame), and how far apart the same frame came to all learners.
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

from bench.load import build_light_row, print_rows  # noqa: E402 - needs the path above
from bench.server_process import measure_cores, read_metrics, serving, stop  # noqa: E402

LEAVE_S = 300.0  # for late comers, and for judging all


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    add = parser.add_argument
    add("--learners", type=int, default=10)
    add("--late", type=int, default=20, help="how many come late, one after the other")
    add("--seconds", type=float, default=20.0, help="how long scores are counted")
    add("--json", type=Path, metavar="OUT", help="also write all figures to this file")
    args = parser.parse_args()
    row = measure(args.learners, args.late, args.seconds)
    print_rows([row])
    if args.json:
        args.json.write_text(json.dumps(row, indent=1))


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
            cores = measure_cores(server.pid, seconds)
            metrics = read_metrics(url)
            crowd.wait(LEAVE_S)
        finally:
            stop(crowd)
        report = json.loads(out.read_text())
    return build_light_row(report, cores, metrics) | {
        "first picture ms p95": percentile(report["first_picture_ms"], 0.95),
        "same frame apart ms p95": percentile(report["spreads_ms"], 0.95),
        "frames compared": len(report["spreads_ms"]),
    }


def percentile(rising: list[float], share: float) -> float | None:
    return round(rising[int(len(rising) * share)], 1) if rising else None


if __name__ == "__main__":
    main()
