"""What session hosts cost: processor time for each learner, and the time to open a session.

    python bench/cluster.py [--learners 6] [--workers 2] [--seconds 20] [--rounds 2] [--json OUT]

In each round one server after the other, in turning order: sessions in the server's own process,
and in those of --workers. Learners play the demo lesson, send a small grey webcam, and drop what
they receive after decrypting it. Prints the processor time of the server with all its processes
(Ray's, too) for each second of a learner, that of an idle server, the scores a second of each
learner, the time from an offer to its answer, and the ratio of the two ways. Needs Ray (make
cluster).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import signal
import statistics
import subprocess
import sys
import time
import urllib.request
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "bench"), str(ROOT / "bench" / "webrtc")]

from load import cpu_s, wait_until_ready  # noqa: E402 - needs the paths above

SERVER = ("--port", "0", "--crop-side", "128", "--pose-precision", "f32", "--history", "")
PATIENCE_S = 120.0
SETTLE_S = 5.0  # after a start, and after the learners have begun
SCORES = re.compile(r"^tandem_scores_sent_total(?:\{.*\})? (\S+)$", re.M)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    add = parser.add_argument
    add("--learners", type=int, default=6)
    add("--workers", type=int, default=2)
    add("--seconds", type=float, default=20.0, help="how long each measurement takes")
    add("--rounds", type=int, default=2)
    add("--json", type=Path, metavar="OUT", help="also write all figures to this file")
    add("--follow", metavar="URL", help=argparse.SUPPRESS)  # the learners, in their own process
    args = parser.parse_args()
    if args.follow:
        asyncio.run(follow(args.follow, args.learners))
        return
    rows = []
    for turn in range(args.rounds):
        ways = [0, args.workers] if turn % 2 == 0 else [args.workers, 0]
        rows += [measure(args.learners, workers, args.seconds) for workers in ways]
        for row in rows[-2:]:
            print(json.dumps(row), flush=True)
    name = "server ms a learner's s"
    one, many = (
        statistics.mean(row[name] for row in rows if row["workers"] == workers)
        for workers in (0, args.workers)
    )
    print(f"{args.workers} hosts / one process: {many / one:.3f}")
    if args.json:
        args.json.write_text(json.dumps(rows, indent=1))


def measure(learners: int, workers: int, seconds: float) -> dict[str, Any]:
    """Start a server and its learners; measure while all of them play."""
    command = [sys.executable, "run.py", "serve", *SERVER, "--max-sessions", str(learners)]
    command += ["--workers", str(workers)] if workers else []
    server = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    crowd = None
    try:
        url = wait_until_ready(server)
        wait_for_hosts(url, workers)
        time.sleep(SETTLE_S)
        idle_ms = 1000 * measure_cores(server.pid, SETTLE_S)
        crowd = subprocess.Popen(
            [sys.executable, __file__, "--follow", url, "--learners", str(learners)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert crowd.stdout is not None and crowd.stdin is not None
        opened_ms = json.loads(crowd.stdout.readline())
        time.sleep(SETTLE_S)
        before, began_s = count_scores(url), time.monotonic()
        cores = measure_cores(server.pid, seconds)
        rate = (count_scores(url) - before) / (time.monotonic() - began_s) / learners
        crowd.communicate("leave\n", timeout=PATIENCE_S)
    finally:
        for process in (crowd, server):
            if process is not None and process.poll() is None:
                process.send_signal(signal.SIGINT)
                process.wait(30)
    return {
        "workers": workers,
        "learners": learners,
        "server ms a learner's s": round(1000 * cores / learners, 1),
        "idle ms a s": round(idle_ms, 1),
        "scores/s, mean": round(rate, 2),
        "opened ms p50": round(statistics.median(opened_ms)),
        "opened ms max": round(max(opened_ms)),
    }


def wait_for_hosts(url: str, workers: int) -> None:
    """Wait until all session hosts take learners."""
    while workers:
        with urllib.request.urlopen(f"{url}/api/cluster") as answer:
            hosts = json.load(answer)["hosts"]
        if [host["state"] for host in hosts] == ["ready"] * workers:
            return
        time.sleep(0.5)


def measure_cores(pid: int, seconds: float) -> float:
    """Processor time a second of a process and its descendants."""
    began_s = time.monotonic()
    before = {each: cpu_s(each) for each in list_descendants(pid)}
    time.sleep(seconds)
    used_s = sum(cpu_s(each) - before.get(each, 0.0) for each in list_descendants(pid))
    return used_s / (time.monotonic() - began_s)


def list_descendants(pid: int) -> list[int]:
    """A process and all that it has started, directly or not (Linux)."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += list_descendants(int(child))
    return found


def count_scores(url: str) -> float:
    with urllib.request.urlopen(f"{url}/metrics") as answer:
        return sum(map(float, SCORES.findall(answer.read().decode())))


async def follow(url: str, learners: int) -> None:
    """Play with this many learners until a line comes on stdin."""
    import aiohttp
    from learner_crowd import LightLearner

    opened_ms: list[float] = []
    trace = aiohttp.TraceConfig()

    async def on_start(_: Any, context: Any, __: Any) -> None:
        context.began_s = time.perf_counter()

    async def on_end(_: Any, context: Any, __: Any) -> None:
        opened_ms.append(1000 * (time.perf_counter() - context.began_s))

    trace.on_request_start.append(on_start)
    trace.on_request_end.append(on_end)
    # LightLearner opens its own for its offer.
    aiohttp.ClientSession = partial(aiohttp.ClientSession, trace_configs=[trace])  # type: ignore[misc, assignment]
    crowd = [LightLearner(url) for _ in range(learners)]
    for learner in crowd:
        await learner.join()
    print(json.dumps(opened_ms), flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    await asyncio.gather(*(learner.leave() for learner in crowd))


if __name__ == "__main__":
    main()
