"""One packet lost for good: aiortc's receive buffer and ours, side by side.

    python bench/webrtc/receive.py [--png OUT.png] [--json OUT.json] [--no-poses]

Real aiortc peers on the loopback; after two seconds one packet and everything that is sent in its
place is swallowed at both receivers at once. Then, with the same loss, a learner before a real
server, whose poses are watched (every 200 ms, each after its estimate).

standing ms    from the last picture (pose) before the loss to the next one that is newer than it
lag ms         how old a picture is when it is shown: before the loss, and 5 s after they came again
missing        pictures that were never shown
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
from aiortc import RTCRtpReceiver

from bench.webrtc.receive_poses import poses_after_a_loss
from rtc_server.webrtc import aiortc_internals
from rtc_server.webrtc.jitter_buffer import JitterBuffer
from rtc_server.webrtc.keyframe_gate import KeyFrameGate
from tools.loopback_peers import FilmTrack, PeerPair, draw_moving_noise
from tools.packet_dropper import PacketDropper

BEFORE_S, AFTER_S = 2.0, 5.0
STOCK_GIVES_UP = 512  # packets, aiortc's capacity
LONGEST_S = 30.0
# What is filmed: size and detail such that a frame takes one packet, or several.
SCENES = {
    "30/s, 1 packet": (30.0, (320, 240), 2),
    "15/s, several": (15.0, (640, 480), 60),
}


@dataclass(frozen=True)
class Row:
    """What one loss did to one buffer."""

    scene: str
    buffer: str
    packets_a_frame: float
    standing_ms: int | None  # None: until the end
    lag_before_ms: int
    lag_after_ms: int | None
    missing: int


def stock(receiver: RTCRtpReceiver) -> None:
    """aiortc's own."""


def ours(receiver: RTCRtpReceiver) -> None:
    buffer, gate = JitterBuffer(time.monotonic), KeyFrameGate(time.monotonic)
    aiortc_internals.replace_jitter_buffer(receiver, buffer, gate)


BUFFERS: dict[str, Callable[[RTCRtpReceiver], None]] = {"aiortc's": stock, "ours": ours}
Lags = list[tuple[float, float]]  # (seconds since the loss, how old the picture shown then was)


async def lose_one(scene: str) -> dict[str, tuple[Row, Lags]]:
    """The same loss to each buffer at once."""
    fps, size, detail = SCENES[scene]
    pairs = {
        name: PeerPair(FilmTrack(draw_moving_noise(size, detail), fps), use)
        for name, use in BUFFERS.items()
    }
    lost_s: dict[str, float] = {}
    wires = {}
    for name, pair in pairs.items():
        receiver = await pair.open()
        wires[name] = PacketDropper(
            receiver, on_first_drop=lambda name=name: lost_s.setdefault(name, time.monotonic())
        )
    await asyncio.sleep(BEFORE_S)
    for wire in wires.values():
        wire.arm()
    began_s = time.monotonic()
    while not all(settled(pairs[name], lost_s.get(name)) for name in pairs):
        if time.monotonic() - began_s > LONGEST_S:
            break
        await asyncio.sleep(0.2)
    for pair in pairs.values():
        await pair.close()
    return {
        name: (
            row(scene, name, pair, lost_s[name], wires[name].packets_received),
            [(at_s - lost_s[name], lag_s) for at_s, lag_s in pair.frame_ages_s()],
        )
        for name, pair in pairs.items()
    }


def again_s(pair: PeerPair, lost_s: float) -> float | None:
    """When a picture came that was sent after the loss."""
    return next((at_s for at_s, lag_s in pair.frame_ages_s() if at_s - lag_s > lost_s), None)


def settled(pair: PeerPair, lost_s: float | None) -> bool:
    came_s = None if lost_s is None else again_s(pair, lost_s)
    return came_s is not None and time.monotonic() > came_s + AFTER_S + 0.5


def row(scene: str, buffer: str, pair: PeerPair, lost_s: float, packets: int) -> Row:
    came_s = again_s(pair, lost_s)
    lags = pair.frame_ages_s()
    last_s = max(at_s for at_s, lag_s in lags if at_s - lag_s < lost_s)
    end_s = (came_s or 0) + AFTER_S
    after = [lag_s for at_s, lag_s in lags if came_s and end_s - 0.5 < at_s < end_s + 0.5]
    before = [lag_s for at_s, lag_s in lags if at_s < lost_s]
    shown = {k for _, k in pair.shown}
    return Row(
        scene,
        buffer,
        round(packets / len(pair.film.sent_s), 1),
        round(1000 * (came_s - last_s)) if came_s else None,
        round(1000 * statistics.median(before)),
        round(1000 * statistics.median(after)) if after else None,
        max(shown) + 1 - len(shown),
    )


def plot(lags: dict[str, dict[str, Lags]], path: Path) -> None:
    """How old what is on the screen is, over time."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(len(lags), 1, figsize=(9, 3.2 * len(lags)), squeeze=False)
    for axis, (scene, buffers) in zip(axes[:, 0], lags.items(), strict=True):
        for name, points in buffers.items():
            times, ages = [], []
            for (before_s, before_lag_s), (at_s, lag_s) in pairwise(points):
                growing = np.linspace(0, at_s - before_s, 2 + int(10 * (at_s - before_s)))
                times += [*(before_s + growing), at_s]
                ages += [*(before_lag_s + growing), lag_s]
            axis.plot(times, ages, label=name, linewidth=1)
        axis.set(title=scene, ylabel="age of the picture on screen, s", xlabel="s since the loss")
        axis.set_yscale("symlog", linthresh=0.1)
        axis.grid(alpha=0.3)
        axis.legend()
    figure.tight_layout()
    figure.savefig(path, dpi=110)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--png", type=Path)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--no-poses", action="store_true")
    args = parser.parse_args()
    rows: list[Row] = []
    lags: dict[str, dict[str, Lags]] = {}
    for scene in SCENES:
        outcome = asyncio.run(lose_one(scene))
        rows += [row for row, _ in outcome.values()]
        lags[scene] = {name: points for name, (_, points) in outcome.items()}
    names = list(asdict(rows[0]))
    print(" | ".join(names).replace("_", " "))
    for each in rows:
        print(" | ".join(str(value) for value in asdict(each).values()))
    poses = {}
    if not args.no_poses:
        for name, use in BUFFERS.items():
            poses[name] = asyncio.run(poses_after_a_loss(stock=use is stock))
            print(f"webcam to server, {name}: {poses[name]}")
    if args.png:
        plot(lags, args.png)
    if args.json:
        args.json.write_text(json.dumps({"rows": [asdict(r) for r in rows], "poses": poses}))


if __name__ == "__main__":
    main()
