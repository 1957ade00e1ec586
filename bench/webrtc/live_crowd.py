"""A live class whose learners decode nothing: a teacher, N learners, and some who come late.

    python bench/webrtc/live_crowd.py URL OUT.json [--learners 10] [--late 20] [--seconds 20]

All are in one process. The teacher sends a film that was encoded once, at 30 frames a second with a
key frame in two seconds. OUT gets what each received, how long those who came late waited for the
first packet of a picture, and how far apart the same frame came to all.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import aiohttp

from bench.webrtc import packet_crowd
from bench.webrtc.learner_crowd import LightLearner, Refused
from bench.webrtc.packet_crowd import FilmCamera, PacketLearner, encode_film
from rtc_server.authoring.build import DEMO_VIDEO

BEGIN_S = 12.0  # of dance, until everybody is scored
LATE_EVERY_S = 0.7
MAX_FRAMES = 4000  # whose arrivals are kept


class Arrivals:
    """When the last packet of each of the teacher's frames came to each learner."""

    def __init__(self) -> None:
        self._by_frame: dict[bytes, list[float]] = {}

    def add(self, packet: Any) -> None:
        if packet.marker and len(self._by_frame) < MAX_FRAMES:
            self._by_frame.setdefault(packet.payload[-24:], []).append(time.monotonic())

    def spreads_ms(self, learners: int) -> list[float]:
        """Between the first and the last learner, of frames that came to all of them once."""
        whole = (times for times in self._by_frame.values() if len(times) == learners)
        return sorted(1000 * (max(times) - min(times)) for times in whole)


class ClassLearner(PacketLearner):
    """A learner of the class."""

    def __init__(
        self, url: str, film: list[bytes], code: str, name: str, arrivals: Arrivals | None = None
    ) -> None:
        super().__init__(url, film, "", None)
        self.first_picture_ms: float | None = None  # from the offer on
        self.seen = asyncio.Event()
        self._code, self._name, self._arrivals = code, name, arrivals
        self._offered_s = 0.0

    async def _offer(self, sdp: str) -> str:
        self._offered_s = time.monotonic()
        body = {"sdp": sdp, "type": "offer", "learner": self._name, "mirror": "off"}
        return await post(f"{self._url}/api/classes/{self._code}/sessions", body, 201)

    async def _on_video(self, packet: Any, **_: Any) -> None:
        if self.first_picture_ms is None:
            self.first_picture_ms = 1000 * (time.monotonic() - self._offered_s)
            self.seen.set()
        if self._arrivals is not None:
            self._arrivals.add(packet)
        await super()._on_video(packet)


class PacketTeacher(LightLearner):
    """The teacher: sends the film, and starts."""

    def __init__(self, url: str, film: list[bytes], opened: dict[str, Any]) -> None:
        super().__init__(url, FilmCamera(film), "", None)
        self._opened_class = opened
        self._roster = self._connection.createDataChannel("roster", ordered=False, maxRetransmits=0)

    async def _offer(self, sdp: str) -> str:
        path = f"{self._url}/api/classes/{self._opened_class['code']}/teacher"
        return await post(path, {"sdp": sdp, "type": "offer"}, 201, self._opened_class["token"])

    def end(self) -> None:
        """End the class for all."""
        self._send({"type": "stop"})


async def post(url: str, body: dict[str, Any], expected: int, token: str = "") -> Any:
    """Send JSON; give the answer's SDP, or all of it where it has none."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with (
        aiohttp.ClientSession() as http,
        http.post(url, json=body, headers=headers) as response,
    ):
        answer = await response.json(content_type=None)
    if response.status != expected:
        raise Refused(response.status, answer.get("code", ""), response.headers.get("Retry-After"))
    return answer.get("sdp", answer)


async def teach(url: str, learners: int, late: int, seconds: float) -> dict[str, Any]:
    """Hold the class."""
    film = await asyncio.to_thread(encode_film, DEMO_VIDEO)
    opened = await post(f"{url}/api/classes", {"live": True, "max_learners": 60}, 201)
    code, arrivals = opened["code"], Arrivals()
    teacher = PacketTeacher(url, film, opened)
    await teacher.join()
    crowd = [ClassLearner(url, film, code, f"learner {k}", arrivals) for k in range(learners)]
    for one in crowd:
        await one.join()
    await asyncio.sleep(BEGIN_S)
    print("playing", flush=True)
    began_s, used_s = time.monotonic(), time.process_time()
    await asyncio.sleep(seconds)
    ended_s, used_s = time.monotonic(), time.process_time() - used_s
    spreads_ms = arrivals.spreads_ms(learners)
    waits_ms = [await come_late(url, film, code, k) for k in range(late)]
    teacher.end()
    await asyncio.gather(*(one.leave() for one in [*crowd, teacher]))
    return {
        "refusal": None,
        "seconds": ended_s - began_s,
        "learners_cpu_s": used_s,
        "opened_ms": [one.opened_ms for one in crowd],
        "spreads_ms": spreads_ms,
        "first_picture_ms": sorted(waits_ms),
        "scores": [
            [
                {"at_s": r.at_s - began_s, **r.score}
                for r in one.received
                if began_s <= r.at_s <= ended_s  # scores go on while others come late
            ]
            for one in crowd
        ],
    }


async def come_late(url: str, film: list[bytes], code: str, number: int) -> float:
    """Join, wait for the first packet of a picture, and leave; how long that took, in ms."""
    learner = ClassLearner(url, film, code, f"late {number}")
    await learner.join()
    async with asyncio.timeout(30):
        await learner.seen.wait()
    await learner.leave()
    await asyncio.sleep(LATE_EVERY_S)
    assert learner.first_picture_ms is not None
    return learner.first_picture_ms


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    add = parser.add_argument
    add("url", metavar="URL")
    add("out", type=Path, metavar="OUT.json")
    add("--learners", type=int, default=10)
    add("--late", type=int, default=20, help="how many come late, one after the other")
    add("--seconds", type=float, default=20.0, help="how long scores are counted")
    args = parser.parse_args()
    packet_crowd.FPS, packet_crowd.KEY_FRAME_EVERY = 30, 60
    report = asyncio.run(teach(args.url, args.learners, args.late, args.seconds))
    args.out.write_text(json.dumps(report))


if __name__ == "__main__":
    main()
