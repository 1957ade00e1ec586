"""A class that lives on a session host, as the front knows it."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from rtc_server.classes.directory import Arrival, ClassFacts
from rtc_server.classes.errors import ClassEnded, LiveClass
from rtc_server.cluster.classes.class_store import EndedClass
from rtc_server.cluster.classes.front_seats import FrontSeats, WantedSeat
from rtc_server.cluster.classes.handle import ClassesHandle
from rtc_server.cluster.classes.recordings.kept_jobs import KeptJobs
from rtc_server.cluster.errors import HostLost
from rtc_server.cluster.host_record import HostRecord
from rtc_server.cluster.remote_session import RemoteSession
from rtc_server.cluster.reports import LessonFacts
from rtc_server.cluster.sockets.socket_relay import SocketRelay
from rtc_server.errors import NotReady
from rtc_server.invitations.invitation import Invitation
from rtc_server.webrtc.trickle import Fragment
from rtc_server.websocket.socket import Socket

T = TypeVar("T")


def describe_lost(code: str) -> str:
    """Why a class has ended before its time."""
    return f"the class {code} has ended: the session host that it was on is gone"


@dataclass(frozen=True, slots=True)
class SeatRequest:
    """What is known of a session in a class: a `ResumeRequest`."""

    lesson: LessonFacts
    invitation: Invitation | None


class RemoteClass:
    """An `OpenClass`: what is asked of it is asked of its host."""

    def __init__(
        self, facts: ClassFacts, host: HostRecord, seats: FrontSeats, kept: KeptJobs
    ) -> None:
        """:param kept: what becomes of its recording, once this or another front has it."""
        self.facts = facts
        self._host, self._seats, self._kept = host, seats, kept

    async def report(self) -> dict[str, Any]:
        report = await self._ask(lambda classes: classes.report(self.facts.code))
        return self._kept.complete(self.facts.code, report, is_lost=False)

    async def end(self) -> None:
        await self._ask(lambda classes: classes.end(self.facts.code))

    async def describe(self) -> dict[str, object]:
        return await self._ask(lambda classes: classes.describe(self.facts.code))

    async def join(self, arrival: Arrival, offer_sdp: str) -> tuple[RemoteSession, str]:
        return await self._open_seat(arrival, offer_sdp)

    async def teach(self, arrival: Arrival, offer_sdp: str) -> tuple[RemoteSession, str]:
        return await self._open_seat(arrival, offer_sdp)

    async def join_socket(
        self, arrival: Arrival, socket: Socket
    ) -> tuple[RemoteSession, SocketRelay]:
        if self.facts.is_live:
            raise LiveClass("expected WebRTC: the video of a live class comes by nothing else")
        session, _ = await self._open_seat(arrival, None)
        return session, SocketRelay(socket, session.id, session.host)

    async def open_encoder(self, offer_sdp: str, address: str) -> tuple[str, str]:
        code = self.facts.code
        return await self._ask(lambda classes: classes.open_encoder(code, offer_sdp, address))

    async def add_encoder_fragment(self, id: str, fragment: Fragment, address: str) -> str | None:
        code = self.facts.code
        return await self._ask(
            lambda classes: classes.add_encoder_fragment(code, id, fragment, address)
        )

    async def close_encoder(self, id: str) -> None:
        await self._ask(lambda classes: classes.close_encoder(self.facts.code, id))

    async def _open_seat(
        self, arrival: Arrival, offer_sdp: str | None
    ) -> tuple[RemoteSession, str]:
        wanted = WantedSeat(self.facts, arrival, offer_sdp)
        lesson = LessonFacts(self.facts.lesson_id, self.facts.source_sha256)
        request = SeatRequest(lesson, arrival.invitation)
        with self._host_lost_is_the_end():
            return await self._seats.open(self._host, wanted, request)

    async def _ask(self, question: Callable[[ClassesHandle], Awaitable[T]]) -> T:
        with self._host_lost_is_the_end():
            return await self._host.ask(lambda handle: question(handle.classes))

    @contextlib.contextmanager
    def _host_lost_is_the_end(self) -> Iterator[None]:
        """
        :raises ClassEnded: the host is gone.
        :raises NotReady: it does not answer, or nobody knows yet that it is gone.
        """
        try:
            yield
        except HostLost as error:
            if self._host.state == "gone":
                raise ClassEnded(describe_lost(self.facts.code)) from error
            raise NotReady("the class's host does not answer at the moment; try again") from error


class EndedRemoteClass:
    """A `KnownClass` that has ended, and whose host may be gone."""

    def __init__(self, ended: EndedClass, kept: KeptJobs) -> None:
        """:param kept: what becomes of its recording."""
        self.facts = ended.facts
        self._ended, self._kept = ended, kept

    async def report(self) -> dict[str, Any]:
        """
        :raises ClassEnded: its host was lost before it was first told of.
        """
        if self._ended.report is None:
            raise ClassEnded(describe_lost(self.facts.code))
        code, is_lost = self.facts.code, self._ended.is_lost
        return self._kept.complete(code, self._ended.report, is_lost=is_lost)

    async def end(self) -> None:
        """It has ended already."""
