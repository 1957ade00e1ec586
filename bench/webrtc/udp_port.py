"""What a learner costs the server with one UDP port for all, against sockets of their own.

    python bench/webrtc/udp_port.py [--learners 20] [--seconds 20] [--rounds 2] [--json OUT]
    python bench/webrtc/udp_port.py --before WORKTREE …

In each round one server after the other, in turning order: without and with --udp-port. With
--before: another checkout and this one, each with sockets of their own. Learners play the demo
lesson, send a small webcam, and drop what they receive after decrypting it; the pose network runs
seldom and on small pictures, so that the network's share of the server's time is large. Prints
processor time of the server for each second of a learner, their ratio, and the UDP sockets and
descriptors of the server while all are connected.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import signal
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(ROOT / "bench"))

from server_process import cpu_s, wait_until_ready  # noqa: E402 - needs the paths above

FPS = 30
SERVER = ("--port", "0", "--pose-fps", "0.5", "--crop-side", "96", "--history", "")
PATIENCE_S = 120.0


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    add = parser.add_argument
    add("--learners", type=int, default=20)
    add("--seconds", type=float, default=20.0, help="how long each measurement takes")
    add("--rounds", type=int, default=2)
    add("--before", type=Path, metavar="WORKTREE", help="another checkout, to compare with")
    add("--json", type=Path, metavar="OUT", help="also write all figures to this file")
    add("--follow", metavar="URL", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.follow:
        asyncio.run(follow(args.follow, args.learners))
        return
    if args.before:
        kinds = [("before", args.before.resolve(), False), ("now", ROOT, False)]
    else:
        kinds = [("any", ROOT, False), ("one", ROOT, True)]
    rows: list[dict[str, Any]] = []
    for turn in range(args.rounds):
        for name, root, shared in kinds if turn % 2 == 0 else reversed(kinds):
            row = measure(args.learners, args.seconds, root, shared=shared)
            rows.append({"code" if args.before else "ports": name} | row)
            print(" | ".join(f"{key} {value}" for key, value in rows[-1].items()), flush=True)
    first, second = (
        statistics.median(row["server ms a learner's s"] for row in rows if name in row.values())
        for name, _, _ in kinds
    )
    what = "now / before" if args.before else "with one port / with sockets of their own"
    print(f"{what}: {second / first:.3f}")
    if args.json:
        args.json.write_text(json.dumps(rows, indent=1))


def measure(learners: int, seconds: float, root: Path, *, shared: bool) -> dict[str, Any]:
    """Start a server and its learners; measure while all of them play."""
    command = [sys.executable, "run.py", "serve", *SERVER, "--max-sessions", str(learners)]
    if shared:
        command += ["--udp-port", str(find_free_port())]
    server = subprocess.Popen(
        command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    crowd = None
    try:
        url = wait_until_ready(server)
        idle = count_descriptors(server.pid)
        crowd = subprocess.Popen(
            [sys.executable, __file__, "--follow", url, "--learners", str(learners)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert crowd.stdout is not None and crowd.stdin is not None
        if "playing" not in crowd.stdout.readline():
            raise SystemExit("the learners did not connect")
        busy = count_descriptors(server.pid)
        began_s, used_s = time.monotonic(), cpu_s(server.pid)
        time.sleep(seconds)
        used_s = cpu_s(server.pid) - used_s
        took_s = time.monotonic() - began_s
        crowd.communicate("leave\n", timeout=PATIENCE_S)
    finally:
        for process in (crowd, server):
            if process is not None and process.poll() is None:
                process.send_signal(signal.SIGINT)
                process.wait(30)
    return {
        "learners": learners,
        "server ms a learner's s": round(1000 * used_s / took_s / learners, 2),
        "UDP sockets": busy["udp"] - idle["udp"],
        "descriptors": busy["all"] - idle["all"],
    }


def find_free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind(("", 0))
        return int(one.getsockname()[1])


def count_descriptors(pid: int) -> dict[str, int]:
    """A process's descriptors, and those that are UDP sockets (Linux)."""
    tables = "".join(Path(f"/proc/{pid}/net/{name}").read_text() for name in ("udp", "udp6"))
    inodes = {line.split()[9] for line in tables.splitlines() if ":" in line.split()[1]}
    links = [str(entry.readlink()) for entry in Path(f"/proc/{pid}/fd").iterdir()]
    found = [re.fullmatch(r"socket:\[(\d+)\]", link) for link in links]
    return {"all": len(links), "udp": sum(bool(m) and m[1] in inodes for m in found)}


async def follow(url: str, learners: int) -> None:
    """Play with this many learners until a line comes on stdin."""
    from learner_crowd import LightLearner

    crowd = [LightLearner(url) for _ in range(learners)]
    for learner in crowd:
        await learner.join()
    print("playing", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    await asyncio.gather(*(learner.leave() for learner in crowd))


if __name__ == "__main__":
    main()
