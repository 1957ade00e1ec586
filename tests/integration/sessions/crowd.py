"""Learners who come and go in every way there is, each in a process of its own.

    python -m tests.integration.sessions.crowd URL COUNT AT_ONCE SEED [WAY…]

A program of its own, so that the server's figures are the server's; it loads what learners need
once and forks, so that a learner costs a few hundredths of a second. Prints how many came each way.
WAY: "killed", for example; by default each of WAYS in turn. COUNT 0: until SIGTERM.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import random
import signal
import sys
import threading
from collections import Counter
from collections.abc import Awaitable, Callable

import aiohttp
import av
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription, VideoStreamTrack

PATIENCE_S = 60.0  # matters only on a machine that is very busy
FPS = 10
STAYS_S = (5.0, 25.0)


class Camera(VideoStreamTrack):
    """A small grey picture, seldom: what a learner looks like does not matter here."""

    async def recv(self) -> av.VideoFrame:
        await asyncio.sleep(1 / FPS)
        frame = av.VideoFrame(64, 48, "yuv420p")
        for plane in frame.planes:
            plane.update(bytes([128]) * plane.buffer_size)
        frame.pts, frame.time_base = await self.next_timestamp()
        return frame


class Comer:
    """One connection to the server, with a camera and the channels."""

    def __init__(self, url: str, chance: random.Random) -> None:
        self.url = url
        self.chance = chance
        self.connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.control = self.connection.createDataChannel("control")
        self.scores = self.connection.createDataChannel("scores", ordered=False, maxRetransmits=0)
        self.opened, self.heard, self.closed = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.control.on("open", self.opened.set)
        self.control.on("close", self.closed.set)
        self.scores.on("message", lambda _: self.heard.set())
        self.id = ""

    async def offer(self, resume: str | None = None) -> dict[str, str]:
        """Ask for a seat; the answer, not taken up yet."""
        annotated = self.chance.random() < 0.2
        self.connection.addTransceiver(Camera(), direction="sendonly")
        for kind in ("video", "audio", "video") if annotated else ("video", "audio"):
            self.connection.addTransceiver(kind, direction="recvonly")
        await self.connection.setLocalDescription(await self.connection.createOffer())
        body = {
            **{"type": "offer", "sdp": self.connection.localDescription.sdp, "lesson": "short"},
            **{"annotated": annotated, "resume": resume},
            "learner": self.chance.choice((None, "Ann", "Bob")),
        }
        async with aiohttp.ClientSession() as http:
            while True:
                async with http.post(f"{self.url}/api/sessions", json=body) as response:
                    if response.status == 201:
                        answer: dict[str, str] = await response.json()
                        self.id = answer["id"]
                        return answer
                    assert response.status == 503, await response.text()
                await asyncio.sleep(0.2)  # full: somebody else's seat is not free yet

    async def accept(self, answer: dict[str, str]) -> None:
        await self.connection.setRemoteDescription(RTCSessionDescription(answer["sdp"], "answer"))

    async def join(self, resume: str | None = None) -> None:
        """Take part: connected, playing, and scored at least once."""
        await self.accept(await self.offer(resume))
        async with asyncio.timeout(PATIENCE_S):
            await self.opened.wait()
            self.say("hello", protocol=1, client="crowd")
            self.say("start")
            await self.heard.wait()

    def say(self, type: str, **fields: object) -> None:
        self.control.send(json.dumps({"type": type, **fields}))


async def clean(comer: Comer) -> None:
    """Says goodbye and waits for the server to hang up."""
    await comer.join()
    comer.say("bye")
    async with asyncio.timeout(PATIENCE_S):
        await comer.closed.wait()
    await comer.connection.close()


async def killed(comer: Comer) -> None:
    """Is gone without a word."""
    await comer.join()
    die()


async def killed_early(comer: Comer) -> None:
    """Is gone while the two sides still get to know each other, or before they do."""
    answer = await comer.offer()
    if comer.chance.random() < 0.75:
        await comer.accept(answer)
        await asyncio.sleep(comer.chance.uniform(0.0, 0.25))
    die()


async def deleted(comer: Comer) -> None:
    """Is ended by HTTP."""
    await comer.join()
    url = f"{comer.url}/api/sessions/{comer.id}"
    async with aiohttp.ClientSession() as http, http.delete(url) as response:
        assert response.status == 204
    die()


async def hung_up(comer: Comer) -> None:
    """Closes the connection, and says nothing first."""
    await comer.join()
    await comer.connection.close()


async def hung_up_early(comer: Comer) -> None:
    """Closes the connection as soon as it has one."""
    await comer.accept(await comer.offer())
    await asyncio.sleep(comer.chance.uniform(0.0, 0.25))
    await comer.connection.close()


async def came_back(comer: Comer) -> None:
    """Comes again after the connection broke off, and is then gone for good."""
    await comer.join()
    await comer.connection.close()
    again = Comer(comer.url, comer.chance)
    await again.join(resume=comer.id)
    die()


async def danced(comer: Comer) -> None:
    """Stays for a while and uses everything there is, then leaves in one of three ways."""
    await comer.join()
    chance, loop = comer.chance, asyncio.get_running_loop()
    leaves_s = loop.time() + chance.uniform(*STAYS_S)
    comer.say("loop", from_s=0, to_s=5)  # the lesson is shorter than they stay
    while loop.time() < leaves_s and not comer.closed.is_set():
        comer.say("ping", t0_ms=1000 * loop.time())
        if chance.random() < 0.3:
            comer.say("seek", lesson_s=chance.uniform(0, 4))
        elif chance.random() < 0.3:
            comer.say("rate", rate=chance.choice((0.5, 0.75, 1)))
        elif chance.random() < 0.3:
            comer.say(chance.choice(("pause", "resume")))
        await asyncio.sleep(chance.uniform(0.3, 1.5))
    match chance.randrange(3):
        case 0:
            die()
        case 1:
            comer.say("bye")
            async with asyncio.timeout(PATIENCE_S):
                await comer.closed.wait()
    await comer.connection.close()


WAYS: tuple[Callable[[Comer], Awaitable[None]], ...] = (
    *(clean, killed, killed_early, deleted, hung_up, hung_up_early, came_back),
)
BY_NAME = {way.__name__: way for way in (*WAYS, danced)}


def die() -> None:
    """As when a phone's battery is empty: nothing is closed, nothing said."""
    os.kill(os.getpid(), signal.SIGKILL)


def live(url: str, number: int, seed: int, way: str) -> None:
    """One learner's whole life, in a process of its own."""
    chance = random.Random(f"{seed} {number}")

    async def go() -> None:
        await BY_NAME[way](Comer(url, chance))

    asyncio.run(go())


def main() -> int:
    url, count, at_once, seed = sys.argv[1], *map(int, sys.argv[2:5])
    ways = sys.argv[5:] or [way.__name__ for way in WAYS]
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    alive: dict[int, str] = {}
    came: Counter[str] = Counter()
    wrong = 0
    for number in itertools.count():
        ended = number >= count if count else stop.is_set()
        if ended or len(alive) >= at_once:
            if not alive:
                break
            pid, status = os.wait()
            way = alive.pop(pid)
            by_kill = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
            if status != 0 and not by_kill:
                wrong += 1
                print(f"{way} failed: {status}", file=sys.stderr)
        if not ended:
            way = ways[number % len(ways)]
            came[way] += 1
            if (pid := os.fork()) == 0:
                try:
                    signal.signal(signal.SIGTERM, signal.SIG_DFL)
                    live(url, number, seed, way)
                except BaseException as error:
                    print(f"{way}: {error!r}", file=sys.stderr, flush=True)
                    os._exit(1)
                os._exit(0)
            alive[pid] = way
    print(json.dumps(came))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
