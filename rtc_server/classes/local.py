"""The classes of this process, as HTTP knows classes wherever they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from rtc_server.classes.classroom import Classroom
from rtc_server.classes.directory import Arrival, ClassFacts, NewClass
from rtc_server.classes.errors import NotLive
from rtc_server.classes.live_teacher import LiveTeacher
from rtc_server.classes.registry import ClassRegistry
from rtc_server.metrics import Metrics
from rtc_server.protocol.class_messages import ClassKind
from rtc_server.session.connection import Connect, SessionConnection
from rtc_server.session.session import Session
from rtc_server.sync.player import Player
from rtc_server.webrtc.trickle import Fragment
from rtc_server.websocket.connection import WebSocketConnection
from rtc_server.websocket.socket import Socket


def build_facts(room: Classroom) -> ClassFacts:
    """What of a class is the same from its opening on."""
    return ClassFacts(
        room.code,
        room.token,
        room.options.kind,
        room.owner,
        room.address,
        room.lesson.id,
        room.lesson.source_sha256,
        room.options.title,
    )


def describe_class(room: Classroom) -> dict[str, object]:
    """What whoever knows the code may know."""
    options = room.options
    return {
        "code": room.code,
        "title": options.title,
        "kind": options.kind,
        "lesson": room.about_lesson,
        "state": room.state,
        "playback": room.clock.state,
        "present": len(room.members.present()),
        "max_learners": options.max_learners,
        "admission": options.admission,
        "leaderboard": options.leaderboard,
        "keep": room.keep,
        "opened_at": room.opened_at,
    }


def require_live(room: Classroom) -> LiveTeacher:
    """
    :raises NotLive: it has a lesson.
    """
    if room.live is None:
        raise NotLive("expected a live class; this one has a lesson")
    return room.live


class LocalClass:
    """An `OpenClass`, or a `KnownClass` that has ended."""

    def __init__(self, room: Classroom, classes: ClassRegistry, metrics: Metrics) -> None:
        self.facts = build_facts(room)
        self.lesson, self.reference = room.lesson, room.reference
        self._room, self._classes, self._metrics = room, classes, metrics

    async def report(self) -> dict[str, Any]:
        return self._room.report()

    async def end(self) -> None:
        self._room.end()

    async def describe(self) -> dict[str, object]:
        return describe_class(self._room)

    async def join(
        self, arrival: Arrival, offer_sdp: str, session_id: str | None = None
    ) -> tuple[Session, str]:
        """See `OpenClass.join`.

        :param session_id: None: any.
        """
        room = self._room
        request = arrival.build_request(room.lesson, room.reference, session_id)
        who = arrival.resume, arrival.owner, arrival.lost
        return await self._classes.join(room, request, offer_sdp, *who)

    async def join_over(
        self, arrival: Arrival, connect: Connect, session_id: str | None = None
    ) -> Session:
        """The same over a connection of any other kind.

        :raises LiveClass: its video comes by WebRTC alone.
        """
        room = self._room
        request = arrival.build_request(room.lesson, room.reference, session_id)
        who = arrival.resume, arrival.owner, arrival.lost
        return await self._classes.join_over(room, request, connect, *who)

    async def join_socket(
        self, arrival: Arrival, socket: Socket
    ) -> tuple[Session, WebSocketConnection]:
        connection = WebSocketConnection(socket, self._metrics, annotated=arrival.annotated)

        async def connect(_: Player) -> SessionConnection:
            return connection

        return await self.join_over(arrival, connect), connection

    async def teach(
        self, arrival: Arrival, offer_sdp: str, session_id: str | None = None
    ) -> tuple[Session, str]:
        """See `OpenClass.teach`.

        :param session_id: None: any.
        """
        room = self._room
        request = arrival.build_request(room.lesson, room.reference, session_id)
        return await self._classes.teach(room, request, offer_sdp, arrival.resume)

    async def open_encoder(self, offer_sdp: str, address: str) -> tuple[str, str]:
        return await require_live(self._room).open_encoder(offer_sdp, address)

    async def add_encoder_fragment(self, id: str, fragment: Fragment, address: str) -> str | None:
        return await require_live(self._room).add_encoder_fragment(id, fragment, address)

    async def close_encoder(self, id: str) -> None:
        await require_live(self._room).close_encoder(id)


class LocalClasses:
    """A `ClassDirectory`."""

    def __init__(self, classes: ClassRegistry, metrics: Metrics) -> None:
        self._classes, self._metrics = classes, metrics

    @property
    def kinds(self) -> tuple[ClassKind, ...]:
        return ("lesson", "live") if self._classes.has_live else ("lesson",)

    async def open(self, wish: NewClass) -> LocalClass:
        return self._wrap(self._classes.open(wish))

    async def find(self, text: str, address: str) -> LocalClass:
        return self._wrap(self._classes.find(text, address))

    async def find_for_teacher(
        self, text: str, address: str, may_teach: Callable[[ClassFacts], bool]
    ) -> LocalClass:
        def may_teach_room(room: Classroom) -> bool:
            return may_teach(build_facts(room))

        return self._wrap(self._classes.find_for_teacher(text, address, may_teach_room))

    def __iter__(self) -> Iterator[LocalClass]:
        return iter([self._wrap(room) for room in self._classes])

    def _wrap(self, room: Classroom) -> LocalClass:
        return LocalClass(room, self._classes, self._metrics)
