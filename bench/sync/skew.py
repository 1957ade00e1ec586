"""Measures the server's error about what a learner saw (the skew), and how old its scores are.

    python bench/sync/skew.py [--browser] [--phone] [--websocket] [--cases plain …] [--json OUT]
    python bench/sync/skew.py --minutes 30 [--browser] [--png OUT.png]

A learner echoes a lesson that carries its frame numbers (tools/oracle.py), so that each webcam
frame says which lesson frame it shows. The skew is the lesson position that the server believes the
learner saw, minus the one that they saw, in ms of the learner's clock. "told" is the part that the
server itself reports as unexplained (`skew_ms`). Server, learner and bad network are processes of
their own. --minutes repeats a section of the lesson for that long and gives the drift.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))  # run by its path, a script finds only what lies beside it …

# … so that these can be imported only from here on.
from bench.server_process import wait_until_ready  # noqa: E402
from bench.sync.echo_learners import (  # noqa: E402
    SessionRecord,
    follow_headless,
    follow_in_browser,
    follow_on_two_devices,
    follow_on_two_windows,
)
from bench.sync.skew_plot import plot_skews  # noqa: E402
from rtc_server.client.script import Cue  # noqa: E402
from tools import oracle  # noqa: E402
from tools.skew_probe import SkewSample, skews_ms  # noqa: E402

Follow = Callable[[str, float, Sequence[Cue], bool], Awaitable[SessionRecord]]
PAUSE, RESUME, STOP = {"type": "pause"}, {"type": "resume"}, {"type": "stop"}
ENDLESS, AGAIN = {"type": "loop", "from_s": 2.0, "to_s": 22.0}, {"type": "loop"}


@dataclass(frozen=True, slots=True)
class Case:
    """One session."""

    name: str
    script: tuple[Cue, ...] = ()
    rate: float = 1.0
    loss: float = 0.0
    delay_ms: float = 0.0
    jitter_ms: float = 0.0

    @property
    def network(self) -> list[str]:
        """Flags of tools/lossy_proxy.py; none if the learner connects to the server directly."""
        if not (self.loss or self.delay_ms):
            return []
        flags = ["--loss", self.loss, "--delay-ms", self.delay_ms, "--jitter-ms", self.jitter_ms]
        return [*map(str, flags), "--seed", "1"]


def seek(lesson_s: float) -> dict[str, Any]:
    return {"type": "seek", "lesson_s": lesson_s}


CASES = (
    Case("plain"),
    Case("paused", (Cue(4, PAUSE), Cue(0, RESUME, 2.0), Cue(14, PAUSE), Cue(0, RESUME, 0.7))),
    Case("seeked", (Cue(4, seek(12.3)), Cue(16, seek(3.7)), Cue(9, seek(19.05)))),
    Case("rate 0.5", rate=0.5),
    Case("rate 0.75", rate=0.75),
    Case("loop", (Cue(0, {"type": "loop", "from_s": 4.0, "to_s": 7.0}), Cue(0, AGAIN, 21.0))),
    *(
        Case(f"{loss:.0%} loss, 50±20 ms", loss=loss, delay_ms=50, jitter_ms=20)
        for loss in (0.0, 0.02, 0.05)
    ),
)


def repeat_for(minutes: float) -> Case:
    """A section of 20 s that is repeated."""
    return Case("endless loop", (Cue(0, ENDLESS), Cue(0, STOP, minutes * 60)))


@dataclass(frozen=True, slots=True)
class CaseResult:
    """A case with all samples of its learner."""

    case: Case
    samples: Sequence[SkewSample]
    record: SessionRecord

    def row(self) -> dict[str, Any]:
        skews = skews_ms(self.samples)
        reported = [sample.reported_ms for sample in self.samples]
        told = [ms for ms in reported if ms is not None]
        ages = [score["age_ms"] for score in self.record.scores if score["score"] is not None]
        sent = max((score["seq"] for score in self.record.scores), default=-1) + 1
        return {
            "case": self.case.name,
            "samples": len(self.samples),
            "unread": sum(sample.true_s is None for sample in self.samples),
            "skew p50": median_of(skews),
            **percentiles_of("|skew|", np.abs(skews)),
            "told p95": percentiles_of("told", np.abs(told))["told p95"],
            **percentiles_of("age", np.array(ages)),
            "scores came": round(len(self.record.scores) / sent, 3) if sent else None,
            "froze ms": self.record.freeze_ms and round(self.record.freeze_ms),
            "score": (self.record.summary or {}).get("score"),
            "ended": self.record.ended,
        }

    def drift_ms_a_minute(self) -> float:
        """The slope of the skew, fitted to its medians of each minute.

        A sample at the seam of two loops may be off by a whole loop. A single one would bend a line
        through all samples by more than clocks drift.
        """
        known = [sample for sample in self.samples if sample.true_s is not None]
        minutes = (np.array([sample.at_s for sample in known]) - known[0].at_s) / 60
        skews = skews_ms(known)
        whole = np.unique(minutes.astype(int))
        medians = [float(np.median(skews[minutes.astype(int) == minute])) for minute in whole]
        return float(np.polyfit(whole, medians, 1)[0]) if len(whole) > 1 else float("nan")


def median_of(values: np.ndarray) -> float | None:
    return round(float(np.median(values)), 1) if len(values) else None


def percentiles_of(name: str, values: np.ndarray) -> dict[str, float | None]:
    names = [f"{name} p50", f"{name} p95", f"{name} max"]
    if not len(values):
        return dict.fromkeys(names)
    levels = np.percentile(values, (50, 95, 100))
    return dict(zip(names, (round(float(level), 1) for level in levels), strict=True))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument(
        "--browser", action="store_true", help="the page in Chromium instead of a headless learner"
    )
    parser.add_argument(
        "--websocket",
        action="store_true",
        help="without WebRTC; without the cases of a bad network",
    )
    parser.add_argument(
        "--phone",
        action="store_true",
        help="a television, and a phone as its camera; their clocks are hours apart, and drift",
    )
    parser.add_argument(
        "--cases", nargs="+", metavar="NAME", help="only the cases whose names begin like this"
    )
    parser.add_argument("--minutes", type=float, help="one long loop instead of the cases")
    parser.add_argument("--png", type=Path, help="a plot of the skew over time")
    parser.add_argument("--json", type=Path, help="write all samples and rows to this file")
    args = parser.parse_args()
    cases = [repeat_for(args.minutes)] if args.minutes else list(CASES)
    if args.cases:
        cases = [case for case in cases if case.name.startswith(tuple(args.cases))]
    if args.websocket:
        cases = [case for case in cases if not case.network]  # the bad network is UDP's
    follow = follow_in_browser if args.browser else follow_headless
    if args.phone:
        follow = follow_on_two_windows if args.browser else follow_on_two_devices
    measured = asyncio.run(measure(cases, follow, args.websocket))
    rows = [each.row() for each in measured]
    print(" | ".join(rows[0]))
    for row in rows:
        print(" | ".join(str(value) for value in row.values()))
    if args.minutes:
        print(f"drift: {measured[0].drift_ms_a_minute():+.3f} ms a minute")
    if args.json:
        samples = {each.case.name: [asdict(sample) for sample in each.samples] for each in measured}
        args.json.write_text(json.dumps({"rows": rows, "samples": samples}))
    if args.png:
        aim_ms = 60 if args.browser else 33
        plot_skews(args.png, {each.case.name: each.samples for each in measured}, aim_ms)


async def measure(cases: Sequence[Case], follow: Follow, on_websocket: bool) -> list[CaseResult]:
    """Start one server, and run the cases one after the other."""
    lessons = oracle.open_store().folder
    with tempfile.TemporaryDirectory() as folder:
        samples = Path(folder) / "samples.jsonl"
        command = ["-m", "bench.sync.probed_server", str(lessons), str(samples)]
        done = []
        with run_process(command) as server:
            url = wait_until_ready(server)
            for case in cases:
                print(f"{case.name} …", file=sys.stderr, flush=True)
                with open_network(url, case) as case_url:
                    record = await follow(case_url, case.rate, case.script, on_websocket)
                new = read_samples(samples, after=sum(len(each.samples) for each in done))
                done.append(CaseResult(case, new, record))
        return done


def read_samples(path: Path, after: int) -> list[SkewSample]:
    """Read the samples that were written after the first `after`."""
    lines = path.read_text().splitlines()[after:]
    samples = [json.loads(line) for line in lines]
    return [SkewSample(**{k: v for k, v in sample.items() if k != "learner"}) for sample in samples]


@contextlib.contextmanager
def open_network(url: str, case: Case) -> Iterator[str]:
    """Give the server's address, or that of a proxy with the case's network."""
    if not case.network:
        yield url
        return
    with run_process(["-m", "tools.lossy_proxy", "--to", url, *case.network]) as running:
        assert running.stdout
        yield re.sub(r".*(http\S+)\s*", r"\1", running.stdout.readline())


@contextlib.contextmanager
def run_process(arguments: Sequence[str]) -> Iterator[subprocess.Popen[str]]:
    """Run Python in a process of its own, and interrupt it at the end."""
    command = [sys.executable, *arguments]
    running = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        yield running
    finally:
        running.send_signal(signal.SIGINT)
        try:
            running.wait(20)
        except subprocess.TimeoutExpired:
            running.kill()


if __name__ == "__main__":
    main()
