"""A session host as the front knows it, wherever it runs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from rtc_server.cluster.relayed_socket import FromClient, ToClient
from rtc_server.cluster.reports import (
    FragmentAnswer,
    HostReport,
    KeptAttempt,
    OpenedSession,
    SessionOrder,
)
from rtc_server.config import Config
from rtc_server.history.results import Result
from rtc_server.protocol.server_messages import EndReason
from rtc_server.session.cameras.session_cameras import CameraOffer
from rtc_server.webrtc.trickle import Fragment


@dataclass(frozen=True, slots=True)
class HostSpec:
    """What a host is started with."""

    name: str  # in the ids of its sessions
    config: Config


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

    async def report(self, kept_results: Iterable[int]) -> HostReport: ...

    async def metrics_text(self) -> str: ...

    async def drain(self, reason: EndReason) -> None: ...

    async def stop(self) -> None:
        """End the host; its sessions have ended before, or are cut off."""

    def kill(self) -> None:
        """End the host at once."""


LaunchHost = Callable[[HostSpec], Awaitable[HostHandle]]
