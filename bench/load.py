"""Measures how many learners a machine can serve: N headless ones at once on the demo lesson.

    python bench/load.py [--learners 1 5] [--json OUT]
    python bench/load.py --light [--learners 10 16] [--dancers 2] [--fill] [--seconds 20]
                         [--workers 2]

For each number of learners it starts a server and prints the scores a second of the slowest
learner, the age of scores, the event loop's lag in the server (p99, from its own metrics), missed
samples, and the processor time of server and learners. The learners echo the instructor's video.
They run on the same machine and use part of it: each decodes the lesson at 30 frames/s and encodes
a webcam at 15.

With --light they cost little: all are in one process, send a film that was encoded once, and decode
nothing (bench/webrtc/packet_crowd.py). `slowest 5 s` are the fewest scores a second that anybody
got over five seconds. With --fill the server chooses how many learners it takes, and they come
until one is refused. With --dancers so many are in each learner's picture, and the slowest is the
slowest of all dancers. With --workers the sessions are on so many hosts (make cluster), and the
server's processor time is that of all its processes.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.server_process import (  # noqa: E402 - needs the path above
    cpu_s,
    measure_cores,
    read_largest,
    read_metric,
    read_metrics,
    serving,
    stop,
)
from rtc_server.session.dancers import cost_of  # noqa: E402

IDLE_S = 3.0


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    add = parser.add_argument
    add("--learners", type=int, nargs="+", default=[1, 5], help="numbers of learners to measure")
    add("--lesson", default="demo", help="the id of the lesson that they follow")
    add("--json", type=Path, metavar="OUT", help="also write all figures to this file")
    add("--light", action="store_true", help="learners who decode nothing")
    add("--dancers", type=int, help="how many are in a light learner's picture, if several")
    add("--fill", action="store_true", help="--light, as many as the server takes")
    add("--seconds", type=float, default=20.0, help="how long light learners stay")
    add("--workers", type=int, default=0, metavar="N", help="session hosts for light learners")
    args = parser.parse_args()
    if args.fill:
        rows = [measure_light(None, args.lesson, args.seconds, args.workers, (), args.dancers)]
    elif args.light:
        rows = [
            measure_light(n, args.lesson, args.seconds, args.workers, (), args.dancers)
            for n in args.learners
        ]
    else:
        rows = [measure(n, args.lesson) for n in args.learners]
    print_rows(rows)
    if args.json:
        args.json.write_text(json.dumps(rows, indent=1))


def print_rows(rows: list[dict[str, Any]]) -> None:
    names = list(rows[0])
    print(" | ".join(names))
    for row in rows:
        print(" | ".join(str(row[name]) for name in names))


def measure(learners: int, lesson: str) -> dict[str, Any]:
    """Start a server and run this many learners at once."""
    with serving("--max-sessions", str(learners)) as (server, url):
        began, server_before = time.monotonic(), cpu_s(server.pid)
        learners_before = learners_cpu_s()
        reports = run_learners(url, lesson, learners)
        wall = time.monotonic() - began
        server_used = cpu_s(server.pid) - server_before
        learners_used = learners_cpu_s() - learners_before
        metrics = read_metrics(url)
    return build_row(reports, wall, server_used, learners_used, metrics)


def measure_light(
    learners: int | None,
    lesson: str,
    seconds: float,
    workers: int = 0,
    options: Sequence[str] = (),
    dancers: int | None = None,
) -> dict[str, Any]:
    """Start a server and run this many learners who decode nothing; None: as many as fit.

    :param options: more of `serve`.
    """
    most = "auto" if learners is None else str(math.ceil(learners * cost_of(dancers)))
    with (
        serving("--max-sessions", most, *options, workers=workers) as (server, url),
        tempfile.TemporaryDirectory() as folder,
    ):
        idle_cores = measure_cores(server.pid, IDLE_S)
        out = Path(folder) / "crowd.json"
        command = [sys.executable, "bench/webrtc/packet_crowd.py", url, str(out)]
        command += ["--lesson", lesson, "--seconds", str(seconds)]
        command += [] if learners is None else ["--learners", str(learners)]
        command += [] if dancers is None else ["--dancers", str(dancers)]
        crowd = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        try:
            assert crowd.stdout is not None
            if "playing" not in crowd.stdout.readline():
                raise SystemExit("the learners did not connect")
            cores = measure_cores(server.pid, seconds)
            metrics = read_metrics(url)
            crowd.wait(60)
        finally:
            stop(crowd)
        report = json.loads(out.read_text())
    return build_light_row(report, cores, metrics, dancers or 1) | {
        "idle cores": round(idle_cores, 3)
    }


def build_light_row(
    report: dict[str, Any], cores: float, metrics: str, dancers: int = 1
) -> dict[str, Any]:
    received, seconds = report["scores"], report["seconds"]
    if not received:
        raise SystemExit(f"nobody got a place: {report['refusal']}")
    ages = sorted(score["age_ms"] for scores in received for score in scores)
    return {
        "learners": len(received) // dancers,
        "refused": report["refusal"],
        "scores/s, slowest": round(min(map(len, received)) / seconds, 2),
        "slowest 5 s": round(min(slowest_stretch(scores, seconds) for scores in received), 2),
        "age ms p50": round(ages[len(ages) // 2]) if ages else None,
        "age ms p95": round(ages[int(len(ages) * 0.95)]) if ages else None,
        "loop lag ms p99": round(read_largest(metrics, "tandem_event_loop_lag_p99_ms"), 1),
        "places": round(read_metric(metrics, "tandem_places")),
        "server cores a learner": round(cores * dancers / len(received), 3),
        "learners' cores": round(report["learners_cpu_s"] / seconds, 2),
        "opened ms p50": round(statistics.median(report["opened_ms"])),
    }


def slowest_stretch(scores: list[dict[str, Any]], seconds: float, length_s: float = 5.0) -> float:
    """The fewest scores a second over a stretch of that length."""
    at_s = [score["at_s"] for score in scores]
    starts = [0.5 * k for k in range(int(2 * (seconds - length_s)) + 1)]
    counts = [sum(start <= t < start + length_s for t in at_s) for start in starts]
    return min(counts, default=len(at_s)) / length_s


def build_row(
    reports: list[dict[str, Any]], wall: float, server_s: float, learners_s: float, metrics: str
) -> dict[str, Any]:
    playing = [[s for s in r["scores"] if s["score"] is not None] for r in reports]
    rates = []
    for scores in playing:
        span = scores[-1]["lesson_s"] - scores[0]["lesson_s"] if len(scores) > 1 else 0
        rates.append((len(scores) - 1) / span if span else 0.0)
    ages = sorted(s["age_ms"] for scores in playing for s in scores)
    skews = sorted(
        abs(s["skew_ms"]) for scores in playing for s in scores if s["skew_ms"] is not None
    )
    return {
        "learners": len(reports),
        "clean": sum(r["ended"] == "clean" for r in reports),
        "scores/s, slowest": round(min(rates), 2),
        "age ms p50": round(ages[len(ages) // 2]) if ages else None,
        "age ms p95": round(ages[int(len(ages) * 0.95)]) if ages else None,
        "age ms max": round(ages[-1]) if ages else None,
        "skew ms p95": round(skews[int(len(skews) * 0.95)]) if skews else None,
        "loop lag ms p99": round(read_metric(metrics, "tandem_event_loop_lag_p99_ms"), 1),
        "missed": int(read_metric(metrics, "tandem_samples_missed_total")),
        "too old": int(read_metric(metrics, "tandem_webcam_frames_too_old_total")),
        "pose ms mean": round(
            1000
            * read_metric(metrics, "tandem_pose_seconds_sum")
            / max(1, read_metric(metrics, "tandem_pose_seconds_count")),
            1,
        ),
        "server cores": round(server_s / wall, 2),
        "learners' cores": round(learners_s / wall, 2),
        "score": round(min(r["summary"]["score"] if r["summary"] else 0 for r in reports), 1),
    }


def run_learners(url: str, lesson: str, learners: int) -> list[dict[str, Any]]:
    """Run this many `run.py client` at once, each a process of its own; return their reports."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{n}.json" for n in range(learners)]
        command = [sys.executable, "run.py", "client", "--url", url, "--lesson", lesson]
        command += ["--camera", "instructor", "--mirror", "off", "--report"]
        clients = [
            subprocess.Popen([*command, str(path)], cwd=ROOT, stderr=subprocess.DEVNULL)
            for path in paths
        ]
        for client in clients:
            client.wait(120)
        return [json.loads(path.read_text()) for path in paths]


def learners_cpu_s() -> float:
    """The processor time of all learners that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    main()
