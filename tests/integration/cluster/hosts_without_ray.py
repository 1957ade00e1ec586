"""Session hosts in the process of the test: all of them but Ray."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from operator import attrgetter
from types import ModuleType
from typing import Any

import pytest

from rtc_server.cluster.classes.handle import CalledClasses
from rtc_server.cluster.errors import HostLost
from rtc_server.cluster.handle import HostRuntime, HostSpec
from rtc_server.cluster.host import SessionHost, open_session_host
from rtc_server.cluster.host_log import ReportedLog
from rtc_server.http.cluster import lifetime
from rtc_server.webrtc.gc_sweeper import GcSweeper


class HostInProcess:
    """A `HostHandle` that can be lost: then its sessions go on, and the front cannot reach them."""

    pid = None

    def __init__(self, spec: HostSpec, hosts: list[HostInProcess]) -> None:
        """:param hosts: all that there are."""
        self.name = spec.name
        self._hosts = hosts
        self.is_lost = False
        self.reports = 0  # that the front got
        self._spec = spec
        self._host: SessionHost | None = None
        self._stop = asyncio.Event()

    @property
    def classes(self) -> CalledClasses:
        return CalledClasses(lambda name, *args: getattr(self, name)(*args))

    async def start(self) -> None:
        ready = asyncio.Event()
        self._running = asyncio.create_task(self._run(ready))
        await ready.wait()

    async def _run(self, ready: asyncio.Event) -> None:
        finder = HostsInProcess(self, self._hosts)
        async with open_session_host(self._spec, ReportedLog(), finder) as self._host:
            ready.set()
            await self._stop.wait()
            discarding = asyncio.create_task(self._discard_results(self._host))
        discarding.cancel()

    async def _discard_results(self, host: SessionHost) -> None:
        """A process that is killed waits for nobody; here its sessions would wait for the front."""
        while True:
            report = await host.report(())
            await host.report([one.number for one in report.results])

    def __getattr__(self, name: str) -> Callable[..., Any]:
        async def call(*args: Any, **named: Any) -> Any:
            self._require()
            answer = await attrgetter(name)(self._host)(*args, **named)
            self._require()
            self.reports += name == "report"
            return answer

        return call

    @property
    def is_gone(self) -> bool:
        """Lost, or stopped."""
        return self.is_lost or self._stop.is_set()

    def _require(self) -> None:
        if self.is_lost:
            raise HostLost(f"host {self.name} has died")

    async def stop(self) -> None:
        self._stop.set()
        await self._running

    def kill(self) -> None:
        self._stop.set()


class HostsInProcess:
    """The `HostFinder` of one of them; from a host that is lost nobody can be reached."""

    def __init__(self, own: HostInProcess, hosts: list[HostInProcess]) -> None:
        self._own, self._hosts = own, hosts

    async def list_names(self) -> list[str]:
        return [host.name for host in self._hosts if not host.is_gone]

    async def find(self, name: str) -> Any:
        self._own._require()
        found = [host for host in self._hosts if host.name == name and not host.is_gone]
        if not found:
            raise HostLost(f"host {name} has ended")
        return AskedHost(self._own, found[0])


class AskedHost:
    """One host as another one knows it; only its classes are asked for."""

    def __init__(self, own: HostInProcess, host: HostInProcess) -> None:
        async def call(name: str, *args: Any) -> Any:
            own._require()
            answer = await getattr(host, name)(*args)
            own._require()
            return answer

        self.classes = CalledClasses(call)


@asynccontextmanager
async def hosts_in_process() -> AsyncIterator[list[HostInProcess]]:
    """Let servers that are started in the block have such hosts."""
    hosts: list[HostInProcess] = []

    async def launch(spec: HostSpec) -> HostInProcess:
        host = HostInProcess(spec, hosts)
        await host.start()
        hosts.append(host)
        return host

    @asynccontextmanager
    async def open_ray(_: object) -> AsyncIterator[HostRuntime]:
        yield HostRuntime(launch)

    runtime: Any = ModuleType("rtc_server.cluster.ray_runtime")
    runtime.open_ray, runtime.RaySections = open_ray, lambda: None
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, runtime.__name__, runtime)
        patch.setattr(lifetime, "require_ray", lambda: None)
        patch.setattr(lifetime, "set_ray_environment", lambda *_, **__: None)
        patch.setattr(GcSweeper, "start", lambda _: None)  # it is for a process with one server
        yield hosts
    for host in hosts:
        host.kill()
    # At once: a host that is lost waits for seconds for the front to take its results.
    await asyncio.gather(*(host._running for host in hosts))
