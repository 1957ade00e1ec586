"""A session host as the front knows it, wherever it runs."""

from __future__ import annotations

import socket
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field, replace
from typing import Protocol

from rtc_server.cluster.attempts.kept_attempt import KeptAttempt
from rtc_server.cluster.classes.handle import ClassesHandle
from rtc_server.cluster.reports import (
    FragmentAnswer,
    HostReport,
    LessonChange,
    OpenedSession,
    ReportRequest,
    SessionOrder,
)
from rtc_server.cluster.sockets.relayed_socket import FromClient, ToClient
from rtc_server.config import Config
from rtc_server.history.results import Result
from rtc_server.protocol.server_messages import EndReason
from rtc_server.session.cameras.session_cameras import CameraOffer
from rtc_server.webrtc.trickle import Fragment


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine of the cluster, as its front and its hosts know it."""

    name: str = field(default_factory=socket.gethostname)
    address: str | None = None  # in the cluster's network; None: it is alone
    prefix: str = ""  # of its hosts' names, such as m2: of all machines they differ

    @property
    def label(self) -> str:
        """As an operator sees it; no two are the same."""
        return self.name if self.address is None else f"{self.name} ({self.address})"


@dataclass(frozen=True, slots=True)
class HostSpec:
    """What a host is started with."""

    name: str  # in the ids of its sessions
    config: Config
    machine: Machine


def build_host_config(config: Config, slot: int) -> Config:
    """What a host has to know: no secrets, and no limits that count all hosts together."""
    return replace(
        config,
        udp_port=config.udp_port and config.udp_port + slot,
        max_sessions_per_address=0,
        max_pending_per_address=0,
        token="",
        secret="",
        cluster_token="",
        turn=(),
        turn_secret="",
        history="",
        workers=0,
    )


class HostHandle(Protocol):
    """What the front asks of a host. Each call raises `HostLost` when the host dies meanwhile.

    `host.SessionHost` does what is asked; the errors that it raises are raised here, too.
    """

    @property
    def pid(self) -> int | None:
        """Its process; None where that is not known."""

    async def open(self, order: SessionOrder) -> OpenedSession: ...

    async def describe(self, session: str) -> dict[str, object]: ...

    async def result(self, session: str) -> Result: ...

    async def add_fragment(
        self, session: str, fragment: Fragment, address: str
    ) -> FragmentAnswer: ...

    async def add_camera(self, session: str, order: CameraOffer) -> str: ...

    async def put_message(self, session: str, message: FromClient) -> None:
        """The client of that session sends this over its WebSocket."""

    async def take_message(self, session: str, frames_received: int) -> ToClient | None:
        """What that session sends over its WebSocket; see `RelayedSocket.take`."""

    async def close(self, session: str, reason: EndReason, *, may_resume: bool) -> None: ...

    async def take_over(self, session: str, owner: str | None) -> KeptAttempt: ...

    async def remove_name(self, learner: str, owner: str | None) -> None: ...

    async def report(self, request: ReportRequest) -> HostReport: ...

    async def wish_drain(self, *, is_replaced: bool) -> None:
        """Have the front of its machine drain it, which hears of it with the next report."""

    async def read_lesson_part(self, manifest_sha256: str, file: str, offset: int) -> bytes:
        """A part of a file of a lesson that its machine has; see `parts`."""

    async def change_lesson(self, change: LessonChange) -> None:
        """Change a lesson if its machine has it."""

    async def metrics_text(self) -> str: ...

    @property
    def classes(self) -> ClassesHandle: ...

    async def drain(self, reason: EndReason) -> None: ...

    async def stop(self) -> None:
        """End the host; its sessions have ended before, or are cut off."""

    def kill(self) -> None:
        """End the host at once."""


LaunchHost = Callable[[HostSpec], Awaitable[HostHandle]]


class HostFinder(Protocol):
    """Knows the hosts of all machines, those of this one among them."""

    async def list_names(self) -> Collection[str]:
        """Those that run now.

        :raises HostLost: the machine that leads does not answer.
        """

    async def find(self, name: str) -> HostHandle:
        """
        :raises HostLost: there is none of that name now.
        """


@dataclass(frozen=True, slots=True)
class HostRuntime:
    """What starts the hosts of this machine, and finds those of the others."""

    launch: LaunchHost
    machine: Machine = field(default_factory=Machine)
    finder: HostFinder | None = None  # None: this machine is alone
