"""A front whose session hosts are fakes, for tests of its classes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from rtc_server.classes.directory import NewClass
from rtc_server.classes.options import ClassOptions
from rtc_server.cluster.classes.front_classes import ClusterClasses
from rtc_server.cluster.classes.remote_class import RemoteClass
from rtc_server.cluster.directory import ClusterDirectory
from rtc_server.cluster.handle import HostRuntime
from rtc_server.config import Config
from rtc_server.metrics import Metrics
from tests.unit.rtc_server.cluster.classes.recordings.fake_maker import FakeLessonMaker
from tests.unit.rtc_server.cluster.fake_hosts import FakeHistory, FakeHost, FakeHosts
from tests.waiting import wait_until

LESSON: Any = SimpleNamespace(id="demo", source_sha256="5")
OPTIONS = ClassOptions("Tuesday", "lesson")


@dataclass
class Front:
    sessions: ClusterDirectory
    classes: ClusterClasses
    hosts: FakeHosts

    async def open(self, address: str = "a", owner: str | None = None) -> RemoteClass:
        return await self.classes.open(NewClass(OPTIONS, address, owner, LESSON))

    async def open_on_one_of_two(self) -> tuple[RemoteClass, FakeHost, FakeHost]:
        """A class, its own host, and the other one."""
        room = await self.open()
        home = self.host_of(room)
        (other,) = (host for host in self.hosts.started if host is not home)
        return room, home, other

    def host_of(self, room: RemoteClass) -> FakeHost:
        (host,) = (h for h in self.hosts.started if room.facts.code in h.classes.running)
        return host


@asynccontextmanager
async def serving(**settings: Any) -> AsyncIterator[Front]:
    hosts, metrics = FakeHosts(), Metrics()
    sessions = ClusterDirectory(
        Config(workers=2, **settings),
        *(HostRuntime(hosts.launch), metrics, FakeHistory(), lambda: 1000.0, FakeLessonMaker()),
    )
    async with sessions:
        await wait_until(lambda: len(hosts.started) == 2)
        await wait_until(lambda: all(host.state == "ready" for host in sessions.pool))
        try:
            yield Front(sessions, ClusterClasses(sessions, metrics, lambda: 1000.0), hosts)
        finally:
            hosts.let_end(sessions.pool)
