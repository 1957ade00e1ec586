"""How long an uploaded video takes to become a lesson, and whether a learner notices.

    python bench/upload.py [--video FILE] [--runs 3] [--learners 1] [--trim 1 5] [--json OUT]

Each run: a fresh server, headless learners on the demo lesson, a process each, and while they dance
the video (Sports2D's demo by default, 7.7 s at 1768×994) is uploaded over HTTP. Prints seconds from
the first byte until the lesson is in GET /api/lessons, in its own lengths too; processor seconds of
the process that prepares it; and the slowest learner's scores a second and age (p95) meanwhile,
beside those of the same learners before the upload. Everything shares the machine.
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
from bench.load import cpu_s, metric, wait_ready  # noqa: E402
from rtc_server.commands.lesson import ensure_demo_lesson  # noqa: E402
from tests.media import sports2d_demo  # noqa: E402

SETTLES_S = 8.0  # of dancing before the upload: what is compared with
PATIENCE_S = 300.0
EVERY_S = 0.05


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of a session by the numbers of its scores."""

    first: int
    last: int
    seconds: float


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--video", type=Path)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--learners", type=int, default=1)
    parser.add_argument("--trim", type=float, nargs=2, metavar=("FROM_S", "TO_S"))
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    video = args.video or sports2d_demo()
    wish = {"title": "Uploaded", "name": video.name}
    if args.trim:
        wish |= {"from_s": args.trim[0], "to_s": args.trim[1]}
    with tempfile.TemporaryDirectory() as folder:
        lessons = Path(folder)
        ensure_demo_lesson(lessons)
        rows = [measure(video, wish, lessons, args.learners) for _ in range(args.runs)]
    names = list(rows[0])
    print(" | ".join(names))
    for row in rows:
        print(" | ".join(str(row[name]) for name in names))
    print("median | " + " | ".join(str(median(row[name] for row in rows)) for name in names[1:]))
    if args.json:
        args.json.write_text(json.dumps(rows, indent=1))


def measure(video: Path, wish: dict[str, Any], lessons: Path, learners: int) -> dict[str, Any]:
    """One server, fresh; learners; one upload while they dance."""
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
        url = wait_ready(server)
        with tempfile.TemporaryDirectory() as folder:
            reports = [Path(folder) / f"{n}.json" for n in range(learners)]
            clients = [start_learner(url, report) for report in reports]
            until(lambda: played(url) >= 5 * learners)
            before = mark(url)
            time.sleep(SETTLES_S)
            begin = mark(url)
            took_s, cpu = upload(url, video, wish, server.pid)
            end = mark(url)
            lesson = the_lesson(url)
            for client in clients:
                client.wait(PATIENCE_S)
            told = [json.loads(report.read_text()) for report in reports]
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
        "scores/s before": rate(told, alone),
        "scores/s meanwhile": rate(told, meanwhile),
        "age p95 before": age_p95(told, alone),
        "age p95 meanwhile": age_p95(told, meanwhile),
        "load": round(os.getloadavg()[0], 1),
    }


def start_learner(url: str, report: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "run.py", "client", "--url", url, "--lesson", "demo"]
    command += ["--camera", "instructor", "--mirror", "off", "--report", str(report)]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)


def upload(url: str, video: Path, wish: dict[str, Any], server: int) -> tuple[float, float]:
    """Seconds from the first byte until there is a lesson, and processor seconds of preparing."""
    began_s = time.monotonic()
    place = urlsplit(url)
    connection = http.client.HTTPConnection(place.hostname or "", place.port)
    with video.open("rb") as file:
        headers = {"Content-Type": "video/mp4", "Content-Length": str(video.stat().st_size)}
        connection.request("POST", f"/api/lessons?{urlencode(wish)}", body=file, headers=headers)
        answer = connection.getresponse()
        job = json.loads(answer.read())
    if answer.status != 202:
        raise SystemExit(f"the server answered {answer.status}: {job.get('detail')}")
    used = 0.0
    while True:
        used = max(used, preparing_cpu_s(server))
        now = get(f"{url}/api/jobs/{job['id']}")
        if now["state"] == "ready":
            return time.monotonic() - began_s, used
        if now["state"] == "failed" or time.monotonic() - began_s > PATIENCE_S:
            raise SystemExit(f"no lesson came of it: {now}")
        time.sleep(EVERY_S)


def preparing_cpu_s(server: int) -> float:
    """Processor time of the server's child so far (Linux); 0 where there is none."""
    try:
        children = Path(f"/proc/{server}/task/{server}/children").read_text().split()
        return max((cpu_s(int(pid)) for pid in children), default=0.0)
    except OSError:
        return 0.0


def mark(url: str) -> tuple[float, float]:
    """Now, and how many scores all learners were sent so far."""
    return time.monotonic(), played(url)


def between(one: tuple[float, float], two: tuple[float, float], learners: int) -> Window:
    return Window(int(one[1] / learners), int(two[1] / learners), two[0] - one[0])


def rate(reports: list[dict[str, Any]], window: Window) -> float:
    """Scores a second of the slowest learner, on the lesson's own time."""
    rates = []
    for report in reports:
        at_s = [score["lesson_s"] for score in within(report, window)]
        span_s = at_s[-1] - at_s[0] if len(at_s) > 1 else 0.0
        rates.append((len(at_s) - 1) / span_s if span_s else 0.0)
    return round(min(rates), 2)


def age_p95(reports: list[dict[str, Any]], window: Window) -> int | None:
    ages = sorted(score["age_ms"] for report in reports for score in within(report, window))
    return round(ages[int(len(ages) * 0.95)]) if ages else None


def within(report: dict[str, Any], window: Window) -> list[dict[str, Any]]:
    return [
        score
        for score in report["scores"]
        if window.first <= score["seq"] < window.last and score["score"] is not None
    ]


def played(url: str) -> float:
    return metric(
        urllib.request.urlopen(f"{url}/metrics").read().decode(), "tandem_scores_sent_total"
    )


def the_lesson(url: str) -> dict[str, Any]:
    (lesson,) = (its for its in get(f"{url}/api/lessons") if its["id"] != "demo")
    return lesson


def get(url: str) -> Any:
    return json.loads(urllib.request.urlopen(url).read())


def delete(url: str, id: str) -> None:
    urllib.request.urlopen(urllib.request.Request(f"{url}/api/lessons/{id}", method="DELETE"))


def until(true: Callable[[], bool]) -> None:
    until_s = time.monotonic() + PATIENCE_S
    while not true():
        if time.monotonic() > until_s:
            raise SystemExit("expected scores, none came")
        time.sleep(EVERY_S)


def median(values: Any) -> float | None:
    known = [value for value in values if value is not None]
    return round(statistics.median(known), 2) if known else None


if __name__ == "__main__":
    main()
