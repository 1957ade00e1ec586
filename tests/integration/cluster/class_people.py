"""Who is in a class of a front's hosts, and what the front and the hosts know of it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from typing import Any

import av
from aiortc import MediaStreamTrack

from rtc_server.client.classes.requests import ask
from rtc_server.cluster.host_record import HostRecord
from rtc_server.errors import ServerFull
from rtc_server.http.app_keys import CLUSTER
from rtc_server.session.session import Session
from tests.integration.cluster.front import Front
from tests.integration.http_checks import check_problem
from tests.integration.scripted_learner import ScriptedLearner
from tests.waiting import PATIENCE_S, wait_until

LESSON = "demo"
CAMERA_FPS = 6


class SlowCamera(MediaStreamTrack):
    """Shows nobody, in few small pictures: several people are in one process with their server."""

    kind = "video"

    def __init__(self) -> None:
        super().__init__()
        self._count = 0

    async def recv(self) -> av.VideoFrame:
        await asyncio.sleep(1 / CAMERA_FPS)
        frame = av.VideoFrame(160, 120, "yuv420p")
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        frame.pts, frame.time_base = self._count * 90_000 // CAMERA_FPS, Fraction(1, 90_000)
        self._count += 1
        return frame


class Pupil(ScriptedLearner):
    """A learner of a class whose every message the test chooses."""

    def __init__(self, front: Front, code: str, name: str, **offer: Any) -> None:
        super().__init__(front.url, learner=name, **offer)
        self.camera = SlowCamera()
        self.path = f"/api/classes/{code}/sessions"


class Instructor(ScriptedLearner):
    """The teacher of a class; it sends a camera, too, which nobody looks at."""

    lossy_channel = "roster"

    def __init__(self, front: Front, opened: dict[str, Any]) -> None:
        super().__init__(front.url, headers={"Authorization": f"Bearer {opened['token']}"})
        self.camera = SlowCamera()
        self.path = f"/api/classes/{opened['code']}/teacher"


async def open_class(front: Front, **body: Any) -> dict[str, Any]:
    opened: dict[str, Any] = await ask(
        "POST", front.url, "/api/classes", body=body or {"lesson": LESSON}
    )
    return opened


async def fetch_report(front: Front, opened: dict[str, Any]) -> dict[str, Any]:
    path = f"/api/classes/{opened['code']}/report"
    report: dict[str, Any] = await ask("GET", front.url, path, opened["token"])
    return report


async def fetch_whole_report(front: Front, opened: dict[str, Any]) -> dict[str, Any]:
    """The report once the class has ended, with everybody's summary."""
    report: dict[str, Any] = {"complete": False}
    async with asyncio.timeout(PATIENCE_S):
        while not report["complete"]:
            report = await fetch_report(front, opened)
    return report


async def end_reason_of(front: Front, one: ScriptedLearner) -> str | None:
    """Why somebody's session ends, as the front has it: a busy machine may not hear of it."""
    sessions = front.app[CLUSTER]
    await wait_until(lambda: all(session.id != one.id for session in sessions))
    return (await sessions.result(one.id)).reason


async def wait_until_ended(front: Front, code: str) -> str:
    """Wait until the class has ended; return what is said of it."""
    async with asyncio.timeout(PATIENCE_S):
        while (answer := await front.http.get(f"/api/classes/{code}")).status != 410:
            await asyncio.sleep(0.1)
    problem = await check_problem(answer, 410)
    assert problem["code"] == "class_ended"
    return str(problem["detail"])


def find_session(front: Front, one: ScriptedLearner) -> Session:
    """Somebody's session, on the host that runs it."""
    host = front.host_of(one.id)._host
    assert host is not None
    return host._registry.find(one.id)


@contextmanager
def without_room(front: Front, *names: str) -> Iterator[None]:
    """Let these hosts have no room for one more learner until the block is left."""
    places = front.app[CLUSTER]._places
    require_room = places.require_room

    def refuse(host: HostRecord, *args: Any, **named: Any) -> None:
        if host.name in names:
            raise ServerFull("no host has time for one more learner; try again soon")
        require_room(host, *args, **named)

    places.require_room = refuse  # type: ignore[method-assign]
    try:
        yield
    finally:
        places.require_room = require_room  # type: ignore[method-assign]
