"""Measures how long an uploaded video takes to become a lesson, and whether learners notice.

    python bench/upload.py [--video FILE] [--runs 3] [--learners 1] [--trim 1 5] [--json OUT]

Each run starts a server and headless learners on the demo lesson. While they dance, the video (by
default Sports2D's demo, 7.7 s at 1768×994) is uploaded over HTTP. It prints the seconds from the
first byte until the lesson is in GET /api/lessons, also as a multiple of the video's length; the
processor seconds of the worker process; and the slowest learner's scores a second and age (p95)
during the upload, beside those of the same learners before it. Server, worker and learners share
the machine.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # run by its path, a script finds only what lies beside it …

# … so that these can be imported only from here on.
from bench.server_process import cpu_s, read_metric, wait_until_ready  # noqa: E402
from rtc_server.commands.lesson import ensure_demo_lesson  # noqa: E402
from tests.media import sports2d_demo  # noqa: E402

BASELINE_S = 8.0  # of dancing before the upload, for comparison
TIMEOUT_S = 300.0
POLL_S = 0.05


@dataclass(frozen=True, slots=True)
class ScoreRange:
    """A part of a session, by the numbers of its scores."""

    first: int
    last: int
    seconds: float


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    add = parser.add_argument
    add("--video", type=Path, metavar="FILE", help="what to upload; default: Sports2D's demo")
    add("--runs", type=int, default=3, help="how often to measure")
    add("--learners", type=int, default=1, help="how many learners dance meanwhile")
    add("--trim", type=float, nargs=2, metavar=("FROM_S", "TO_S"), help="the part that is used")
    add("--json", type=Path, metavar="OUT", help="also write all figures to this file")
    args = parser.parse_args()
    video = args.video or sports2d_demo()
    fields = {"title": "Uploaded", "name": video.name}
    if args.trim:
        fields |= {"from_s": args.trim[0], "to_s": args.trim[1]}
    with tempfile.TemporaryDirectory() as folder:
        lessons = Path(folder)
        ensure_demo_lesson(lessons)
        rows = [measure(video, fields, lessons, args.learners) for _ in range(args.runs)]
    names = list(rows[0])
    print(" | ".join(names))
    for row in rows:
        print(" | ".join(str(row[name]) for name in names))
    print("median | " + " | ".join(str(median(row[name] for row in rows)) for name in names[1:]))
    if args.json:
        args.json.write_text(json.dumps(rows, indent=1))


def measure(video: Path, fields: dict[str, Any], lessons: Path, learners: int) -> dict[str, Any]:
    """Start a server and learners, and upload once while they dance."""
    options = ["--port", "0", "--lessons", str(lessons), "--max-sessions", str(learners)]
    server = subprocess.Popen(
        [sys.executable, "run.py", "serve", *options],
        cwd=ROOT,
        env=os.environ | {"TANDEM_HISTORY": ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        url = wait_until_ready(server)
        with tempfile.TemporaryDirectory() as folder:
            reports = [Path(folder) / f"{n}.json" for n in range(learners)]
            clients = [start_learner(url, report) for report in reports]
            wait_until(lambda: scores_sent(url) >= 5 * learners)
            before = mark(url)
            time.sleep(BASELINE_S)
            begin = mark(url)
            took_s, cpu = upload(url, video, fields, server.pid)
            end = mark(url)
            lesson = find_uploaded(url)
            for client in clients:
                client.wait(TIMEOUT_S)
            learner_reports = [json.loads(report.read_text()) for report in reports]
        delete(url, lesson["id"])
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(10)
    alone, meanwhile = between(before, begin, learners), between(begin, end, learners)
    return {
        "video s": round(lesson["duration_s"], 1),
        "took s": round(took_s, 1),
        "lengths": round(took_s / lesson["duration_s"], 2),
        "preparing cpu s": round(cpu, 1),
        "scores/s before": rate(learner_reports, alone),
        "scores/s meanwhile": rate(learner_reports, meanwhile),
        "age p95 before": age_p95(learner_reports, alone),
        "age p95 meanwhile": age_p95(learner_reports, meanwhile),
        "load": round(os.getloadavg()[0], 1),
    }


def start_learner(url: str, report: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "run.py", "client", "--url", url, "--lesson", "demo"]
    command += ["--camera", "instructor", "--mirror", "off", "--report", str(report)]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)


def upload(url: str, video: Path, fields: dict[str, Any], server: int) -> tuple[float, float]:
    """Upload; return the seconds until the lesson is there, and the worker's processor seconds."""
    began_s = time.monotonic()
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port)
    with video.open("rb") as file:
        headers = {"Content-Type": "video/mp4", "Content-Length": str(video.stat().st_size)}
        connection.request("POST", f"/api/lessons?{urlencode(fields)}", body=file, headers=headers)
        answer = connection.getresponse()
        job = json.loads(answer.read())
    if answer.status != 202:
        raise SystemExit(f"the server answered {answer.status}: {job.get('detail')}")
    used = 0.0
    while True:
        used = max(used, worker_cpu_s(server))
        now = get(f"{url}/api/jobs/{job['id']}")
        if now["state"] == "ready":
            return time.monotonic() - began_s, used
        if now["state"] == "failed" or time.monotonic() - began_s > TIMEOUT_S:
            raise SystemExit(f"expected a lesson, got {now}")
        time.sleep(POLL_S)


def worker_cpu_s(server: int) -> float:
    """The processor time of the server's child process so far (Linux); 0 if it has none."""
    try:
        children = Path(f"/proc/{server}/task/{server}/children").read_text().split()
        return max((cpu_s(int(pid)) for pid in children), default=0.0)
    except OSError:
        return 0.0


def mark(url: str) -> tuple[float, float]:
    """The time, and how many scores were sent to all learners so far."""
    return time.monotonic(), scores_sent(url)


def between(one: tuple[float, float], two: tuple[float, float], learners: int) -> ScoreRange:
    return ScoreRange(int(one[1] / learners), int(two[1] / learners), two[0] - one[0])


def rate(reports: list[dict[str, Any]], window: ScoreRange) -> float:
    """Scores for each second of the lesson, of the slowest learner."""
    rates = []
    for report in reports:
        at_s = [score["lesson_s"] for score in within(report, window)]
        span_s = at_s[-1] - at_s[0] if len(at_s) > 1 else 0.0
        rates.append((len(at_s) - 1) / span_s if span_s else 0.0)
    return round(min(rates), 2)


def age_p95(reports: list[dict[str, Any]], window: ScoreRange) -> int | None:
    ages = sorted(score["age_ms"] for report in reports for score in within(report, window))
    return round(ages[int(len(ages) * 0.95)]) if ages else None


def within(report: dict[str, Any], window: ScoreRange) -> list[dict[str, Any]]:
    return [
        score
        for score in report["scores"]
        if window.first <= score["seq"] < window.last and score["score"] is not None
    ]


def scores_sent(url: str) -> float:
    return read_metric(
        urllib.request.urlopen(f"{url}/metrics").read().decode(), "tandem_scores_sent_total"
    )


def find_uploaded(url: str) -> dict[str, Any]:
    (uploaded,) = (one for one in get(f"{url}/api/lessons") if one["id"] != "demo")
    return uploaded


def get(url: str) -> Any:
    return json.loads(urllib.request.urlopen(url).read())


def delete(url: str, id: str) -> None:
    urllib.request.urlopen(urllib.request.Request(f"{url}/api/lessons/{id}", method="DELETE"))


def wait_until(condition: Callable[[], bool]) -> None:
    deadline_s = time.monotonic() + TIMEOUT_S
    while not condition():
        if time.monotonic() > deadline_s:
            raise SystemExit(f"expected scores, got none in {TIMEOUT_S:.0f} s")
        time.sleep(POLL_S)


def median(values: Any) -> float | None:
    known = [value for value in values if value is not None]
    return round(statistics.median(known), 2) if known else None


if __name__ == "__main__":
    main()
