"""Measures what one packet lost for good does: aiortc's jitter buffer and ours, side by side.

    python bench/webrtc/receive.py [--png OUT.png] [--json OUT.json] [--no-poses]

Real aiortc peers send over the loopback interface. After two seconds one packet and all its
retransmissions are dropped at both receivers at once. Then a learner with the same loss follows a
lesson on a real server, and the poses that come back are recorded (every 200 ms, each when it has
been estimated).

standing ms    from the last frame (pose) before the loss to the next one that is newer
lag ms         age of a frame when it is shown: before the loss, and 5 s after frames resumed
missing        frames that were never shown
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
from rtc_server.webrtc import aiortc_decoder
from rtc_server.webrtc.jitter_buffer import JitterBuffer
from rtc_server.webrtc.keyframe_gate import KeyFrameGate
from tools.loopback_peers import FilmTrack, PeerPair, draw_moving_noise
from tools.packet_dropper import PacketDropper

BEFORE_S, AFTER_S = 2.0, 5.0
LONGEST_S = 30.0
# Frame rate, size and detail of what is filmed: a frame takes one packet, or several.
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
    standing_ms: int | None  # None: frames did not resume
    lag_before_ms: int
    lag_after_ms: int | None
    missing: int


def keep_aiortc_buffer(receiver: RTCRtpReceiver) -> None:
    """Leave aiortc's jitter buffer in place."""


def use_our_buffer(receiver: RTCRtpReceiver) -> None:
    """Replace aiortc's jitter buffer by ours."""
    buffer, gate = JitterBuffer(time.monotonic), KeyFrameGate(time.monotonic)
    aiortc_decoder.replace_jitter_buffer(receiver, buffer, gate)


BUFFERS: dict[str, Callable[[RTCRtpReceiver], None]] = {
    "aiortc's": keep_aiortc_buffer,
    "ours": use_our_buffer,
}
FrameAges = list[tuple[float, float]]  # seconds since the loss, and the age of the frame shown then


async def measure_loss(scene: str) -> dict[str, tuple[Row, FrameAges]]:
    """Lose the same packet before each buffer at once."""
    fps, size, detail = SCENES[scene]
    pairs = {
        name: PeerPair(FilmTrack(draw_moving_noise(size, detail), fps), prepare)
        for name, prepare in BUFFERS.items()
    }
    lost_s: dict[str, float] = {}
    droppers = {}
    for name, pair in pairs.items():
        receiver = await pair.open()
        droppers[name] = PacketDropper(
            receiver, on_first_drop=lambda name=name: lost_s.setdefault(name, time.monotonic())
        )
    await asyncio.sleep(BEFORE_S)
    for dropper in droppers.values():
        dropper.arm()
    began_s = time.monotonic()
    while not all(is_settled(pairs[name], lost_s.get(name)) for name in pairs):
        if time.monotonic() - began_s > LONGEST_S:
            break
        await asyncio.sleep(0.2)
    for pair in pairs.values():
        await pair.close()
    return {
        name: (
            build_row(scene, name, pair, lost_s[name], droppers[name].packets_received),
            [(at_s - lost_s[name], age_s) for at_s, age_s in pair.frame_ages_s()],
        )
        for name, pair in pairs.items()
    }


def resumed_s(pair: PeerPair, lost_s: float) -> float | None:
    """When the first frame that was sent after the loss was shown; None if there is none yet."""
    return next((at_s for at_s, age_s in pair.frame_ages_s() if at_s - age_s > lost_s), None)


def is_settled(pair: PeerPair, lost_s: float | None) -> bool:
    """Whether frames have resumed for long enough to measure their age."""
    again_s = None if lost_s is None else resumed_s(pair, lost_s)
    return again_s is not None and time.monotonic() > again_s + AFTER_S + 0.5


def build_row(scene: str, buffer: str, pair: PeerPair, lost_s: float, packets: int) -> Row:
    again_s = resumed_s(pair, lost_s)
    ages = pair.frame_ages_s()
    last_s = max(shown_s for shown_s, age_s in ages if shown_s - age_s < lost_s)
    end_s = (again_s or 0) + AFTER_S
    after = [age_s for shown_s, age_s in ages if again_s and end_s - 0.5 < shown_s < end_s + 0.5]
    before = [age_s for shown_s, age_s in ages if shown_s < lost_s]
    shown = {k for _, k in pair.shown}
    return Row(
        scene,
        buffer,
        round(packets / len(pair.film.sent_s), 1),
        round(1000 * (again_s - last_s)) if again_s else None,
        round(1000 * statistics.median(before)),
        round(1000 * statistics.median(after)) if after else None,
        max(shown) + 1 - len(shown),
    )


def plot_ages(ages: dict[str, dict[str, FrameAges]], path: Path) -> None:
    """Plot the age of the frame on the screen over time."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(len(ages), 1, figsize=(9, 3.2 * len(ages)), squeeze=False)
    for axis, (scene, buffers) in zip(axes[:, 0], ages.items(), strict=True):
        for name, points in buffers.items():
            times, values = [], []
            for (before_s, before_age_s), (at_s, age_s) in pairwise(points):
                growing = np.linspace(0, at_s - before_s, 2 + int(10 * (at_s - before_s)))
                times += [*(before_s + growing), at_s]
                values += [*(before_age_s + growing), age_s]
            axis.plot(times, values, label=name, linewidth=1)
        axis.set(title=scene, ylabel="age of the frame on screen, s", xlabel="s since the loss")
        axis.set_yscale("symlog", linthresh=0.1)
        axis.grid(alpha=0.3)
        axis.legend()
    figure.tight_layout()
    figure.savefig(path, dpi=110)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    add = parser.add_argument
    add("--png", type=Path, metavar="OUT.png", help="plot the age of the frame on screen")
    add("--json", type=Path, metavar="OUT.json", help="also write all figures to this file")
    add("--no-poses", action="store_true", help="leave out the learner on a real server")
    args = parser.parse_args()
    rows: list[Row] = []
    ages: dict[str, dict[str, FrameAges]] = {}
    for scene in SCENES:
        outcome = asyncio.run(measure_loss(scene))
        rows += [row for row, _ in outcome.values()]
        ages[scene] = {name: points for name, (_, points) in outcome.items()}
    names = list(asdict(rows[0]))
    print(" | ".join(names).replace("_", " "))
    for each in rows:
        print(" | ".join(str(value) for value in asdict(each).values()))
    poses = {}
    if not args.no_poses:
        for name, prepare in BUFFERS.items():
            poses[name] = asyncio.run(
                poses_after_a_loss(use_aiortc_buffer=prepare is keep_aiortc_buffer)
            )
            print(f"webcam to server, {name}: {poses[name]}")
    if args.png:
        plot_ages(ages, args.png)
    if args.json:
        args.json.write_text(json.dumps({"rows": [asdict(r) for r in rows], "poses": poses}))


if __name__ == "__main__":
    main()
