"""A session host as a Ray actor: in its own process, and as fronts of all machines know it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import threading
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

import ray
from ray.exceptions import RayActorError
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from rtc_server.cluster.attempts.kept_attempt import KeptAttempt
from rtc_server.cluster.classes.handle import CalledClasses
from rtc_server.cluster.errors import HostLost
from rtc_server.cluster.handle import HostHandle, HostSpec
from rtc_server.cluster.host import SessionHost, open_session_host
from rtc_server.cluster.host_log import ReportedLog
from rtc_server.cluster.machines.daemon_threads import in_daemon_thread
from rtc_server.cluster.reports import (
    FragmentAnswer,
    HostReport,
    LessonChange,
    OpenedSession,
    ReportRequest,
    SessionOrder,
)
from rtc_server.cluster.sockets.relayed_socket import FromClient, ToClient
from rtc_server.errors import TandemError
from rtc_server.history.results import Result
from rtc_server.protocol.server_messages import EndReason
from rtc_server.session.cameras.session_cameras import CameraOffer
from rtc_server.webrtc.trickle import Fragment

LIST_TIMEOUT_S, START_TIMEOUT_S, KILL_TIMEOUT_S = 10.0, 30.0, 1.0
CALL_TIMEOUT_S = 12.0  # for an answer of a host; an offer with a slow STUN server takes longest


@dataclass(frozen=True, slots=True)
class Refused:
    """An error of ours as a host answers it: Ray would hide its sentence in a traceback."""

    error: TandemError


class SessionHostActor:
    """Runs a `SessionHost` in the event loop of a Ray actor."""

    def __init__(self, spec: HostSpec) -> None:
        self._spec = spec
        self._host: SessionHost | None = None
        self._stop = asyncio.Event()
        self._running: asyncio.Task[None] | None = None

    async def start(self) -> int:
        """Return the process's id once the pose network is warm."""
        log = ReportedLog()
        logging.basicConfig(level=logging.INFO, handlers=[log], force=True)
        for name in ("aioice", "aiortc", "alembic", "libav", "ray"):
            logging.getLogger(name).setLevel(logging.WARNING)
        ready = asyncio.Event()
        self._running = asyncio.create_task(self._run(log, ready))
        waiting = asyncio.create_task(ready.wait())
        await asyncio.wait({self._running, waiting}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if self._running.done():
            await self._running
        return os.getpid()

    async def _run(self, log: ReportedLog, ready: asyncio.Event) -> None:
        async with open_session_host(self._spec, log, RayHosts()) as self._host:
            ready.set()
            await self._stop.wait()

    async def call(self, method: str, *args: Any, **named: Any) -> Any:
        """Do what is asked of the host; an error of ours is an answer."""
        if self._host is None:  # another machine's front has found it already
            return Refused(HostLost(f"host {self._spec.name} is starting"))
        try:
            return await attrgetter(method)(self._host)(*args, **named)
        except TandemError as error:
            return Refused(error)

    async def stop(self) -> None:
        self._stop.set()
        if self._running is not None:
            await self._running


class RayHost:
    """The `HostHandle` of an actor."""

    def __init__(self, name: str, actor: Any) -> None:
        self._name = name
        self._actor = actor
        self.pid: int | None = None
        self.classes = CalledClasses(self._call)

    async def start(self) -> None:
        """
        :raises HostLost: it died, or its pose network cannot be used.
        """
        try:
            self.pid = await self._actor.start.remote()
        except Exception as error:  # Ray's, or whatever kept the host from starting
            cause = getattr(error, "cause", None) or error
            raise HostLost(f"host {self._name} did not start: {cause!s:.300}") from error

    async def _call(self, method: str, *args: Any, **named: Any) -> Any:
        try:
            async with asyncio.timeout(CALL_TIMEOUT_S):
                answer = await self._actor.call.remote(method, *args, **named)
        except (RayActorError, TimeoutError) as error:
            why = "has died" if isinstance(error, RayActorError) else "does not answer"
            raise HostLost(f"host {self._name} {why}") from error
        if isinstance(answer, Refused):
            raise answer.error
        return answer

    async def open(self, order: SessionOrder) -> OpenedSession:
        opened: OpenedSession = await self._call("open", order)
        return opened

    async def describe(self, session: str) -> dict[str, object]:
        described: dict[str, object] = await self._call("describe", session)
        return described

    async def result(self, session: str) -> Result:
        result: Result = await self._call("result", session)
        return result

    async def add_fragment(self, session: str, fragment: Fragment, address: str) -> FragmentAnswer:
        answer: FragmentAnswer = await self._call("add_fragment", session, fragment, address)
        return answer

    async def add_camera(self, session: str, order: CameraOffer) -> str:
        answer: str = await self._call("add_camera", session, order)
        return answer

    async def put_message(self, session: str, message: FromClient) -> None:
        await self._call("put_message", session, message)

    async def take_message(self, session: str, frames_received: int) -> ToClient | None:
        item: ToClient | None = await self._call("take_message", session, frames_received)
        return item

    async def close(self, session: str, reason: EndReason, *, may_resume: bool) -> None:
        await self._call("close", session, reason, may_resume=may_resume)

    async def take_over(self, session: str, owner: str | None) -> KeptAttempt:
        kept: KeptAttempt = await self._call("take_over", session, owner)
        return kept

    async def remove_name(self, learner: str, owner: str | None) -> None:
        await self._call("remove_name", learner, owner)

    async def report(self, request: ReportRequest) -> HostReport:
        report: HostReport = await self._call("report", request)
        return report

    async def wish_drain(self, *, is_replaced: bool) -> None:
        await self._call("wish_drain", is_replaced=is_replaced)

    async def read_lesson_part(self, manifest_sha256: str, file: str, offset: int) -> bytes:
        part: bytes = await self._call("read_lesson_part", manifest_sha256, file, offset)
        return part

    async def change_lesson(self, change: LessonChange) -> None:
        await self._call("change_lesson", change)

    async def metrics_text(self) -> str:
        text: str = await self._call("metrics_text")
        return text

    async def drain(self, reason: EndReason) -> None:
        await self._call("drain", reason)

    async def stop(self) -> None:
        with contextlib.suppress(RayActorError, TimeoutError):
            async with asyncio.timeout(CALL_TIMEOUT_S):
                await self._actor.stop.remote()

    def kill(self) -> None:
        def work() -> None:
            with contextlib.suppress(Exception):  # it is dead, or Ray is
                ray.kill(self._actor)

        # Ray's head is told, which may be gone.
        killing = threading.Thread(target=work, daemon=True)
        killing.start()
        killing.join(KILL_TIMEOUT_S)


async def launch(spec: HostSpec) -> HostHandle:
    """Start a host on this machine and wait until its pose network is warm.

    :raises HostLost: it did not start.
    """
    here = NodeAffinitySchedulingStrategy(ray.get_runtime_context().get_node_id(), soft=False)
    actor_class = ray.remote(num_cpus=0, max_restarts=0)(SessionHostActor)
    options = actor_class.options(name=spec.name, scheduling_strategy=here)
    try:  # Ray's head gives the name, which may be gone
        actor = await in_daemon_thread(lambda: options.remote(spec), START_TIMEOUT_S)
    except Exception as error:  # Ray's
        raise HostLost(f"host {spec.name} did not start: {error!s:.300}") from error
    host = RayHost(spec.name, actor)
    try:
        await host.start()
    except BaseException:
        host.kill()
        raise
    return host


class RayHosts:
    """The `HostFinder` of a cluster. Ray's head is asked, which may be gone."""

    async def list_names(self) -> list[str]:
        try:
            return await in_daemon_thread(ray.util.list_named_actors, LIST_TIMEOUT_S)
        except Exception as error:  # Ray's
            raise HostLost(f"the machine that leads does not answer: {error!s:.200}") from error

    async def find(self, name: str) -> HostHandle:
        try:
            actor = await in_daemon_thread(lambda: ray.get_actor(name), LIST_TIMEOUT_S)
        except Exception as error:  # Ray's
            raise HostLost(f"host {name} has ended") from error
        return RayHost(name, actor)
