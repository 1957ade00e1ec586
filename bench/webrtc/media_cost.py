"""What the media of a learner cost the server: processor time for each second of a session.

    python bench/webrtc/media_cost.py [--before WORKTREE] [--learners 8] [--seconds 20] [--rounds 3]
                                      [--live]

The server's side of each connection is the real one, without pose network, HTTP and database; the
learners are in another process, connected by real sockets: a webcam of 640×480 at 10 frames/s
and 300 kbit/s, the reports of a page, the demo lesson in VP8, five scores a second, for which as
many frames are taken and not looked at. Both share a clock that stands still while either works
(lockstep.py), so that a busy machine changes little.

Prints milliseconds of processor time for each second of a learner: of the event loop's thread, and
of all others (decoders). With --before, the code of another checkout is measured in turn; with
--live, the same film as it comes from a live class's teacher, whose own packets are not in it.
"""

from __future__ import annotations

import argparse
import asyncio
import cProfile
import gc
import json
import multiprocessing
import os
import pstats
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SETTLE_S = 2.0
LOOP = (1.0, 20.0)
SCORE_EVERY_S = LOOK_EVERY_S = 0.2
GATHER_EVERY_S = 0.5


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    add = parser.add_argument
    add("--before", type=Path, metavar="WORKTREE", help="another checkout, to compare with")
    add("--learners", type=int, default=8)
    add("--seconds", type=float, default=20.0, help="of each measurement, on the shared clock")
    add("--rounds", type=int, default=3)
    add("--profile", action="store_true", help="print where the event loop's time goes, instead")
    add("--live", action="store_true", help="also measure a live class")
    add("--json", type=Path, metavar="OUT", help="also write all figures to this file")
    add("--root", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.profile or args.root:
        root = args.root or ROOT
        measure(root, args.learners, args.seconds, profile=args.profile, live=args.live)
        return
    trees = {"now": (ROOT, False)}
    if args.before:
        trees["before"] = args.before.resolve(), False
    if args.live:
        trees |= {f"live {name}": (root, True) for name, (root, _) in trees.items()}
    rows: list[dict[str, Any]] = []
    for turn in range(args.rounds):
        for name in sorted(trees, reverse=turn % 2 == 1):
            rows.append({"code": name} | measure_apart(*trees[name], args.learners, args.seconds))
            print(" | ".join(f"{key} {value}" for key, value in rows[-1].items()), flush=True)
    print_ratios(rows)
    if args.json:
        args.json.write_text(json.dumps(rows, indent=1))


def print_ratios(rows: list[dict[str, Any]]) -> None:
    """Each kind against another that was measured in turn with it."""
    measured = {row["code"] for row in rows}
    for one, other in (("before", "now"), ("live before", "live now"), ("now", "live now")):
        if not {one, other} <= measured:
            continue
        for figure in ("loop ms", "all ms"):
            first, second = (
                statistics.median(row[figure] for row in rows if row["code"] == name)
                for name in (one, other)
            )
            ratio = second / first
            print(f"{figure}: {one} {first:.2f}, {other} {second:.2f}: {ratio:.3f}")


def measure_apart(root: Path, is_live: bool, learners: int, seconds: float) -> dict[str, Any]:
    """Measure the code of a checkout in a process of its own."""
    command = [sys.executable, __file__, "--root", str(root), *(["--live"] if is_live else [])]
    command += ["--learners", str(learners), "--seconds", str(seconds)]
    done = subprocess.run(command, cwd=root, stdout=subprocess.PIPE, text=True, check=True)
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


def measure(root: Path, learners: int, seconds: float, *, profile: bool, live: bool) -> None:
    """Run both sides; print the figures as JSON, or a profile."""
    from lockstep import Leader, LockstepLoop
    from media_learners import run_learners

    sys.path.insert(0, str(root))
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    crowd = context.Process(target=run_learners, args=(learners, there), daemon=True)
    crowd.start()
    there.close()
    loop = LockstepLoop()
    leader = Leader(loop, here)
    try:
        crowd_of = partial(Crowd, root, leader, is_live=live)
        loop.run_until_complete(serve(crowd_of, learners, seconds, leader, profile=profile))
        sys.stdout.flush()
    finally:
        crowd.kill()
        os._exit(0)  # decoder threads would be waited for


async def serve(
    make_crowd: Callable[[], Crowd], learners: int, seconds: float, leader: Any, *, profile: bool
) -> None:
    crowd = make_crowd()
    while len(crowd.connections) < learners or not crowd.are_open:  # noqa: ASYNC110
        await asyncio.sleep(0.1)
    await asyncio.sleep(SETTLE_S)
    gc.collect()
    gc.freeze()
    profiler = cProfile.Profile(time.thread_time) if profile else None
    if profiler is not None:
        profiler.enable()
    (sent, received), frames = crowd.count_packets(), leader.count_frames()
    loop_s, all_s, idle_s = time.thread_time(), time.process_time(), leader.idle_s
    await asyncio.sleep(seconds)
    loop_s, all_s = time.thread_time() - loop_s, time.process_time() - all_s
    idle_s = leader.idle_s - idle_s
    if profiler is not None:
        profiler.disable()
        for order in ("tottime", "cumulative"):
            pstats.Stats(profiler).strip_dirs().sort_stats(order).print_stats(100)
    sent, received = (b - a for a, b in zip((sent, received), crowd.count_packets(), strict=True))
    share = 1000 / (learners * seconds)
    figures = {
        "loop ms": round((loop_s - idle_s) * share, 2),
        "all ms": round((all_s - idle_s) * share, 2),
        "packets sent/s": round(sent * share / 1000, 1),
        "received/s": round(received * share / 1000, 1),
        "frames decoded/s": round((leader.count_frames() - frames) * share / 1000, 1),
    }
    print(json.dumps(figures), flush=True)


class Crowd:
    """The server's side of all learners."""

    def __init__(self, root: Path, leader: Any, *, is_live: bool) -> None:
        from rtc_server.lessons.store import LessonStore
        from rtc_server.metrics import Metrics
        from rtc_server.webrtc.udp.aiortc_gatherer import SessionSockets

        self.connections: list[Any] = []
        self._leader = leader
        self._lesson = LessonStore(root / "lessons").get("demo")
        self._metrics = Metrics()
        self._gatherer = SessionSockets()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._source: Any = self._open_source() if is_live else None
        leader.on_news = lambda news: self._start(self._answer(*news))
        leader.count_frames = self._count_frames

    def _open_source(self) -> Any:
        from live_feed import feed

        from rtc_server.webrtc.live.source import LiveSource

        source = LiveSource(asyncio.get_running_loop().time)
        self._start(feed(self._lesson, source, LOOP))
        return source

    @property
    def are_open(self) -> bool:
        return all(c.peer.channels_open.is_set() for c in self.connections)

    def _count_frames(self) -> int:
        """All frames that came whole; earlier code holds none back."""
        uplinks = [c.uplink for c in self.connections]
        return sum(one.frames.received + getattr(one, "frames_held", 0) for one in uplinks)

    def count_packets(self) -> tuple[int, int]:
        """All that was sent and received so far."""
        stats = [
            c.peer.webcam_receiver.transport._get_stats().popitem()[1] for c in self.connections
        ]
        return sum(s.packetsSent for s in stats), sum(s.packetsReceived for s in stats)

    def _start(self, work: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(lambda done: done.cancelled() or done.result())

    async def _answer(self, number: int, sdp: str) -> None:
        from rtc_server.sync.player import Player
        from rtc_server.webrtc.connection import WebRtcConnection
        from rtc_server.webrtc.offers.offer import check_offer

        player = Player(self._lesson.duration_s, asyncio.get_running_loop().time)
        connection = WebRtcConnection(
            *(self._lesson, player, [], self._metrics),
            address="127.0.0.1",
            gatherer=self._gatherer,
            annotated=False,
            downlink=self._open_downlink(player),
        )
        answer = await connection.negotiate(check_offer(sdp))
        self.connections.append(connection)
        self._leader.answers.append((number, answer))
        self._start(connection.uplink.receive_frames())
        self._start(take_frames(connection.uplink.frames, number * LOOK_EVERY_S / 8))
        await connection.peer.channels_open.wait()
        if self._source is not None:
            connection.downlink.let_in()
        player.set_loop(LOOP)
        player.play()
        self._start(player.wait_for_end(lambda _: None))
        self._start(read_messages(connection.peer))
        self._start(repeat(SCORE_EVERY_S, lambda: connection.peer.send_score(SCORE)))
        self._start(repeat(GATHER_EVERY_S, lambda: connection.uplink.update_metrics(self._metrics)))

    def _open_downlink(self, player: Any) -> Any:
        """Of a live class; None: the lesson's."""
        if self._source is None:
            return None
        from rtc_server.webrtc.live.downlink import LiveDownlink

        return LiveDownlink(self._source, player)


async def read_messages(peer: Any) -> None:
    """As a session does; of the messages only pings are answered."""
    while True:
        message = json.loads(await peer.next_message())
        if message["type"] == "ping":
            t0_ms = message["t0_ms"]
            peer.send_control({"type": "pong", "t0_ms": t0_ms, "t1_ms": t0_ms, "t2_ms": t0_ms})


async def take_frames(frames: Any, phase_s: float) -> None:
    """Take a frame as often as a session does, which looks at it."""
    now = asyncio.get_running_loop().time
    while True:
        await asyncio.sleep(LOOK_EVERY_S - (now() - phase_s) % LOOK_EVERY_S)
        await frames.wait_for_next()
        frames.take_newest()


async def repeat(every_s: float, action: Callable[[], Any]) -> None:
    while True:
        await asyncio.sleep(every_s)
        action()


SCORE: dict[str, Any] = {
    "type": "score",
    **dict.fromkeys(("lesson_s", "score", "shape", "timing", "energy", "coverage"), 71.5),
    "limbs": {f"limb {k}": 0.75 for k in range(8)},
    **{name: [[0.512, 0.345, 0.8]] * 18 for name in ("pose", "target")},
}


if __name__ == "__main__":
    main()
