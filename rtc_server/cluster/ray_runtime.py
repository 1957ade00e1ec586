"""Session hosts as Ray actors on this machine, and searches of videos as Ray tasks.

No other module imports Ray. Its files are in a folder of their own, which is removed at the end.
See `ray_environment`.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ray
from ray.exceptions import RayActorError, RayError
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from rtc_server.authoring.build_request import BuildRequest
from rtc_server.cluster.errors import HostLost
from rtc_server.cluster.handle import HostHandle, HostSpec, LaunchHost
from rtc_server.cluster.host import SessionHost, open_session_host
from rtc_server.cluster.host_log import ReportedLog
from rtc_server.cluster.relayed_socket import FromClient, ToClient
from rtc_server.cluster.reports import (
    FragmentAnswer,
    HostReport,
    KeptAttempt,
    OpenedSession,
    SessionOrder,
)
from rtc_server.errors import PreparationFailed, TandemError
from rtc_server.history.results import Result
from rtc_server.protocol.server_messages import EndReason
from rtc_server.uploads.section_searches import search_in_sandbox
from rtc_server.uploads.worker_process import BuildRefused
from rtc_server.webrtc.trickle import Fragment

OBJECT_STORE_BYTES = 80 << 20  # the least that Ray takes; a report is below a megabyte
CALL_TIMEOUT_S = 12.0  # for an answer of a host; an offer with a slow STUN server takes longest


@dataclass(frozen=True, slots=True)
class Refused:
    """An error of ours as a host answers it: Ray would hide its sentence in a traceback."""

    error: TandemError


@dataclass(frozen=True, slots=True)
class RefusedSection:
    """Why a section of a video cannot be searched."""

    code: str
    sentence: str


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
        async with open_session_host(self._spec, log) as self._host:
            ready.set()
            await self._stop.wait()

    async def call(self, method: str, *args: Any, **named: Any) -> Any:
        """Do what is asked of the host; an error of ours is an answer."""
        try:
            return await getattr(self._host, method)(*args, **named)
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

    async def report(self, kept_results: Iterable[int]) -> HostReport:
        report: HostReport = await self._call("report", tuple(kept_results))
        return report

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
        with contextlib.suppress(Exception):  # it is dead, or Ray is
            ray.kill(self._actor)


async def _launch(spec: HostSpec) -> HostHandle:
    """Start a host and wait until its pose network is warm.

    :raises HostLost: it did not start.
    """
    actor_class = ray.remote(num_cpus=0, max_restarts=0)(SessionHostActor)
    host = RayHost(spec.name, actor_class.options(name=spec.name).remote(spec))
    try:
        await host.start()
    except BaseException:
        host.kill()
        raise
    return host


@contextlib.asynccontextmanager
async def open_ray() -> AsyncIterator[LaunchHost]:
    """Ray on this machine, with what starts hosts, until the block is left."""
    folder = tempfile.mkdtemp(prefix="tandem-")  # short: sockets in it have long names
    try:
        # In a thread: it takes seconds, and in the main one it would take over SIGTERM.
        await asyncio.to_thread(_start_ray, folder)
        yield _launch
    finally:
        await _in_thread(ray.shutdown)
        await _in_thread(lambda: shutil.rmtree(folder, ignore_errors=True))


def _start_ray(folder: str) -> None:
    logging.getLogger("ray").setLevel(logging.ERROR)  # it warns that SIGTERM stays ours
    ray.init(
        num_cpus=os.cpu_count(),
        include_dashboard=False,
        object_store_memory=OBJECT_STORE_BYTES,
        configure_logging=False,
        log_to_driver=False,
        namespace="tandem",
        _temp_dir=folder,
    )


class RaySections:
    """The `SectionRunner` that searches sections of videos as Ray tasks on this machine.

    Each task takes a core of those that Ray counts, so that no more run than there are; hosts take
    none. The work itself is done by a sandboxed process of the task, which makes room for learners.
    """

    def __init__(self) -> None:
        node = ray.get_runtime_context().get_node_id()  # the video is on its disk
        self._task = ray.remote(num_cpus=1, max_retries=1)(_search_section).options(
            scheduling_strategy=NodeAffinitySchedulingStrategy(node_id=node, soft=False)
        )

    async def search(self, build: BuildRequest, number: int, folder: Path) -> bytes:
        answer = self._task.remote(build, number, folder)
        try:
            found: bytes | RefusedSection = await answer
        except RayError as error:
            raise PreparationFailed(
                f"expected the poses in section {number + 1} of the video, the task was lost"
            ) from error
        finally:
            with contextlib.suppress(Exception):  # Ray has ended
                ray.cancel(answer, force=True)  # if it still runs; its process ends with it
        if isinstance(found, RefusedSection):
            raise BuildRefused(found.code, found.sentence)
        return found


def _search_section(build: BuildRequest, number: int, folder: Path) -> bytes | RefusedSection:
    try:
        return search_in_sandbox(build, number, folder)
    except TandemError as error:
        return RefusedSection(error.code, str(error))


async def _in_thread(work: Callable[[], object]) -> None:
    """Finish work at the end, even while the task is being cancelled."""
    done: Awaitable[object] = asyncio.to_thread(work)
    await asyncio.shield(done)
