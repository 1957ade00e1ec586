"""Learners as the server sees them, who cost little themselves: they send a film that was encoded
once, report what is on their screen, and decode nothing. All of them are in one process.

    python bench/webrtc/packet_crowd.py URL OUT.json [--learners N] [--dancers 2] [--seconds 20]

They join one after the other, until N are there or one is refused, and stay so long. OUT gets what
each received meanwhile, and the refusal. With --dancers several are in each one's picture, in other
colours, and OUT has what came for each of them.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import av
import numpy as np
from aiortc import MediaStreamTrack
from av.video.codeccontext import VideoCodecContext

from bench.webrtc.learner_crowd import LightLearner, Refused
from rtc_server.authoring.build import DEMO_VIDEO

FILM_S = 12.0
HZ = 90_000
COLOURS = ([0, 1, 2], [2, 1, 0], [1, 2, 0], [0, 2, 1])  # each dancer's, of blue, green and red
PLAYHEAD_EVERY_S = 0.1
JOIN_EVERY_S = 0.3
SETTLE_S = 3.0  # after the last has joined


@dataclass(frozen=True, slots=True)
class FilmFormat:
    """How a camera's video is encoded, always in VP8."""

    size: tuple[int, int]
    fps: int
    bit_rate: int
    key_frame_every: int  # frames


WEBCAM = FilmFormat((640, 480), 10, 300_000, 20)  # as the page sends a learner's


@dataclass(frozen=True, slots=True)
class Film:
    """Encoded frames, which are sent again and again."""

    frames: list[bytes]
    fps: int

    @property
    def kbit_s(self) -> float:
        return sum(map(len, self.frames)) * 8 * self.fps / len(self.frames) / 1000


def encode_film(path: Path, dancers: int = 1, form: FilmFormat = WEBCAM) -> Film:
    """Encode a video as a camera's is, frame by frame, of so many beside each other."""
    codec = av.CodecContext.create("libvpx", "w")
    assert isinstance(codec, VideoCodecContext)
    codec.width, codec.height = form.size
    codec.pix_fmt, codec.time_base, codec.bit_rate = "yuv420p", Fraction(1, form.fps), form.bit_rate
    codec.options = {"deadline": "realtime", "cpu-used": "8", "g": str(form.key_frame_every)}
    frames: list[bytes] = []
    with av.open(str(path)) as container:
        number = 0
        for frame in container.decode(video=0):
            if (frame.time or 0.0) < number / form.fps:
                continue
            padded = place_beside(frame, dancers, form.size)
            padded.pts, padded.time_base = number, Fraction(1, form.fps)
            frames += [bytes(packet) for packet in codec.encode(padded)]
            number += 1
            if number >= FILM_S * form.fps:
                break
    return Film(frames + [bytes(packet) for packet in codec.encode(None)], form.fps)


def place_beside(frame: av.VideoFrame, dancers: int, size: tuple[int, int]) -> av.VideoFrame:
    """The frame so many times, each in other colours, in a grey picture of that size."""
    width, height = size[0] // dancers, size[1]
    scale = min(width / frame.width, height / frame.height)
    small = frame.reformat(
        round(frame.width * scale) // 2 * 2, round(frame.height * scale) // 2 * 2, "bgr24"
    ).to_ndarray()
    picture = np.full((size[1], size[0], 3), 127, np.uint8)
    top, left = (height - small.shape[0]) // 2, (width - small.shape[1]) // 2
    for k in range(dancers):
        own = picture[top : top + small.shape[0], k * width + left :][:, : small.shape[1]]
        own[:] = small[..., COLOURS[k]]
    return av.VideoFrame.from_ndarray(picture, "bgr24").reformat(format="yuv420p")


class FilmCamera(MediaStreamTrack):
    """Sends the packets of a film again and again."""

    kind = "video"

    def __init__(self, film: Film) -> None:
        super().__init__()
        self._film = film
        self._began_s = time.monotonic()
        self._sent = 0

    async def recv(self) -> av.Packet:
        fps, frames = self._film.fps, self._film.frames
        await asyncio.sleep(self._began_s + self._sent / fps - time.monotonic())
        packet = av.Packet(self._mark(frames[self._sent % len(frames)], self._sent))
        packet.pts, packet.time_base = self._sent * HZ // fps, Fraction(1, HZ)
        self._sent += 1
        return packet

    def _mark(self, frame: bytes, number: int) -> bytes:  # noqa: ARG002
        """The frame as it is sent, so many after the first one."""
        return frame


@dataclass(frozen=True, slots=True)
class Received:
    """A score with the time at which it came."""

    at_s: float
    score: dict[str, Any]


class PacketLearner(LightLearner):
    """A learner who remembers the scores, and reports a playhead as a browser does."""

    def __init__(self, url: str, film: Film, lesson: str, dancers: int | None = None) -> None:
        super().__init__(url, FilmCamera(film), lesson, dancers)
        self.received: list[Received] = []
        self._frames_shown = 0
        self._reported_s = 0.0
        self._last_rtp: int | None = None
        self.opened_ms = 0.0  # from the offer to its answer

    async def _offer(self, sdp: str) -> str:
        began_s = time.perf_counter()
        answer = await super()._offer(sdp)
        self.opened_ms = 1000 * (time.perf_counter() - began_s)
        return answer

    def _on_message(self, message: dict[str, Any]) -> None:
        super()._on_message(message)
        if message.get("type") == "score" and message["score"] is not None:
            self.received.append(Received(time.monotonic(), message))

    async def _on_video(self, packet: Any, **_: Any) -> None:
        if packet.timestamp == self._last_rtp:
            return
        self._last_rtp = packet.timestamp
        self._frames_shown += 1
        now_s = time.monotonic()
        if now_s - self._reported_s >= PLAYHEAD_EVERY_S:
            self._reported_s = now_s
            report = {"rtp": packet.timestamp, "presented": self._frames_shown}
            times = {"shown_ms": 1000 * now_s, "sent_ms": 1000 * now_s}
            self._send({"type": "playhead", **report, **times})


async def follow(
    url: str, lesson: str, most: int, seconds: float, dancers: int | None
) -> dict[str, Any]:
    """Join, stay, and leave; what was received while all were there, by learner or dancer."""
    film = await asyncio.to_thread(encode_film, DEMO_VIDEO, dancers or 1)
    crowd: list[PacketLearner] = []
    refusal = None
    while len(crowd) < most and refusal is None:
        learner = PacketLearner(url, film, lesson, dancers)
        try:
            await learner.join()
        except Refused as error:
            refusal = str(error)
        else:
            crowd.append(learner)
            await asyncio.sleep(JOIN_EVERY_S)
    print("playing", flush=True)
    await asyncio.sleep(SETTLE_S)
    began_s, used_s = time.monotonic(), time.process_time()
    await asyncio.sleep(seconds)
    ended_s, used_s = time.monotonic(), time.process_time() - used_s
    await asyncio.gather(*(learner.leave() for learner in crowd))
    return {
        "refusal": refusal,
        "seconds": ended_s - began_s,
        "learners_cpu_s": used_s,
        "opened_ms": [learner.opened_ms for learner in crowd],
        "scores": [
            [
                {"at_s": r.at_s - began_s, **r.score}
                for r in learner.received
                if began_s <= r.at_s and r.score.get("dancer", 0) == dancer
            ]
            for learner in crowd
            for dancer in range(dancers or 1)
        ],
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    add = parser.add_argument
    add("url", metavar="URL")
    add("out", type=Path, metavar="OUT.json")
    add("--lesson", default="demo", help="the id of the lesson that they follow")
    add("--learners", type=int, default=1000, help="how many at most")
    add("--dancers", type=int, help="how many are in each one's picture (default: one learner)")
    add("--seconds", type=float, default=20.0, help="how long they stay once all are there")
    args = parser.parse_args()
    report = asyncio.run(follow(args.url, args.lesson, args.learners, args.seconds, args.dancers))
    args.out.write_text(json.dumps(report))


if __name__ == "__main__":
    main()
