"""A live class whose learners decode nothing: a teacher, N learners, and some who come late.

    python bench/webrtc/live_crowd.py URL OUT.json [--learners 10] [--late 20] [--seconds 20]

All are in one process, which has one clock. The teacher sends a film that was encoded once, as the
page sends a teacher's camera: 1280×720, 30 frames a second, a key frame in two seconds. Each frame
says which it is (numbered_film.py). OUT gets what each received, how long those who came late
waited for the first packet of a picture, and how far apart all are.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import aiohttp

from bench.webrtc.learner_crowd import LightLearner, Refused
from bench.webrtc.numbered_film import Arrivals, NumberedCamera
from bench.webrtc.packet_crowd import Film, FilmFormat, PacketLearner, encode_film
from rtc_server.authoring.build import DEMO_VIDEO

BEGIN_S = 12.0  # of dance, until everybody is scored
LATE_EVERY_S = 0.7
TEACHER = FilmFormat((1280, 720), 30, 1_600_000, 60)


class ClassLearner(PacketLearner):
    """A learner of the class."""

    def __init__(
        self,
        url: str,
        film: Film,
        code: str,
        name: str,
        on_frame: Callable[[bytes, float], None] = lambda *_: None,
    ) -> None:
        """:param on_frame: is called with the last payload of each frame, and when it came."""
        super().__init__(url, film, "", None)
        self.first_picture_ms: float | None = None  # from the offer on
        self.seen = asyncio.Event()
        self._code, self._name, self._on_frame = code, name, on_frame
        self._offered_s = 0.0

    async def _offer(self, sdp: str) -> str:
        self._offered_s = time.monotonic()
        body = {"sdp": sdp, "type": "offer", "learner": self._name, "mirror": "off"}
        return await post(f"{self._url}/api/classes/{self._code}/sessions", body, 201)

    async def _on_video(self, packet: Any, **_: Any) -> None:
        now_s = time.monotonic()
        if self.first_picture_ms is None:
            self.first_picture_ms = 1000 * (now_s - self._offered_s)
            self.seen.set()
        if packet.marker:
            self._on_frame(packet.payload, now_s)
        await super()._on_video(packet)


class PacketTeacher(LightLearner):
    """The teacher: sends the film, and starts."""

    def __init__(self, url: str, film: Film, opened: dict[str, Any]) -> None:
        self.camera = NumberedCamera(film)
        super().__init__(url, self.camera, "", None)
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
    film, webcam = await asyncio.gather(
        asyncio.to_thread(encode_film, DEMO_VIDEO, 1, TEACHER),
        asyncio.to_thread(encode_film, DEMO_VIDEO),
    )
    opened = await post(f"{url}/api/classes", {"live": True, "max_learners": 60}, 201)
    code, arrivals = opened["code"], Arrivals(learners)
    teacher = PacketTeacher(url, film, opened)
    await teacher.join()
    crowd = [
        ClassLearner(url, webcam, code, f"learner {k}", partial(arrivals.add, k))
        for k in range(learners)
    ]
    for one in crowd:
        await one.join()
    await asyncio.sleep(BEGIN_S)
    print("playing", flush=True)
    began_s, used_s = time.monotonic(), time.process_time()
    await asyncio.sleep(seconds)
    ended_s, used_s = time.monotonic(), time.process_time() - used_s
    waits_ms = [await come_late(url, webcam, code, k) for k in range(late)]
    teacher.end()
    await asyncio.gather(*(one.leave() for one in [*crowd, teacher]))
    window = teacher.camera.sent_s, began_s, ended_s
    return {
        "refusal": None,
        "seconds": ended_s - began_s,
        "learners_cpu_s": used_s,
        "teacher_kbit_s": film.kbit_s,
        "opened_ms": [one.opened_ms for one in crowd],
        "frames_unreadable": arrivals.unreadable,
        "frames_sent": sum(began_s <= at_s <= ended_s for at_s in teacher.camera.sent_s),
        "ways_ms": arrivals.ways_ms(*window),
        "same_frame_apart_ms": arrivals.same_frame_apart_ms(*window),
        "positions_apart_ms": arrivals.positions_apart_ms(*window),
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


async def come_late(url: str, film: Film, code: str, number: int) -> float:
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
    report = asyncio.run(teach(args.url, args.learners, args.late, args.seconds))
    args.out.write_text(json.dumps(report))


if __name__ == "__main__":
    main()
