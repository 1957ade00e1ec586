"""What HTTP needs of the classes, be they in this process (`local`) or on hosts (`cluster`)."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from rtc_server.classes.options import ClassOptions, KeepRight
from rtc_server.invitations.invitation import Invitation
from rtc_server.lessons.lesson import Lesson
from rtc_server.protocol.class_messages import ClassKind
from rtc_server.scoring.attempt import Mirror
from rtc_server.scoring.growing.reference import AttemptReference
from rtc_server.session.directory import RunningSession
from rtc_server.session.session_request import SessionRequest
from rtc_server.webrtc.offers.senders import Sender, find_sender
from rtc_server.webrtc.trickle import Fragment
from rtc_server.websocket.socket import Socket


@dataclass(frozen=True, slots=True)
class NewClass:
    """A class that somebody opens."""

    options: ClassOptions
    address: str  # of who opens it, as limits count it
    owner: str | None  # the invited teacher's id
    lesson: Lesson | None = None  # None: its teacher is the lesson
    reference: AttemptReference | None = None  # of the lesson
    about_lesson: Mapping[str, object] | None = None  # as `GET /api/lessons/{id}` answers
    right: KeepRight = field(default_factory=KeepRight)  # whether a live class may become a lesson


@dataclass(frozen=True, slots=True)
class ClassFacts:
    """What of a class is the same from its opening on."""

    code: str
    token: str = field(repr=False)  # of its teacher
    kind: ClassKind
    owner: str | None
    address: str
    lesson_id: str  # of a live class, of what stands for its lesson
    source_sha256: str
    title: str = ""

    @property
    def is_live(self) -> bool:
        return self.kind == "live"

    def has_token(self, token: str | None) -> bool:
        """Whether it is this class's, compared in constant time."""
        return token is not None and hmac.compare_digest(
            token.encode(errors="surrogatepass"), self.token.encode()
        )


@dataclass(frozen=True, slots=True)
class Arrival:
    """Who comes into a class, and how: a `SessionRequest` without the lesson, which it has."""

    learner: str | None  # None: the teacher
    address: str
    counted_as: str
    mirror: Mirror = "off"
    annotated: bool = False
    invitation: Invitation | None = None
    screen_only: bool = False
    teaches_live: bool = False
    resume: str | None = None  # the id of a session that they go on with
    lost: str | None = None  # of one that they had, and of which nothing is left

    @property
    def sender(self) -> Sender:
        """Who makes the offer."""
        return find_sender(teaches_live=self.teaches_live, screen_only=self.screen_only)

    @property
    def owner(self) -> str | None:
        """Who they are, where their invitation is their own."""
        if self.invitation is None or self.invitation.is_shared:
            return None
        return self.invitation.learner

    def build_request(
        self, lesson: Lesson, reference: AttemptReference, session_id: str | None = None
    ) -> SessionRequest:
        """What is asked of the sessions, in that class.

        :param session_id: None: any.
        """
        return SessionRequest(
            *(lesson, reference, self.mirror, self.annotated),
            learner=self.learner,
            address=self.address,
            counted_as=self.counted_as,
            invitation=self.invitation,
            session_id=session_id,
            screen_only=self.screen_only,
            teaches_live=self.teaches_live,
        )


class Carrier(Protocol):
    """Carries the messages of one WebSocket."""

    async def serve(self) -> None:
        """Until the session has ended and the client has closed, or is gone."""


class KnownClass(Protocol):
    """One class, as far as its teacher may still ask for it after its end."""

    @property
    def facts(self) -> ClassFacts: ...

    async def report(self) -> dict[str, Any]:
        """So far, or after the end."""

    async def end(self) -> None:
        """End it for all who are in it."""


class OpenClass(KnownClass, Protocol):
    """One that has not ended; each question raises `ClassEnded` where it has meanwhile."""

    async def describe(self) -> dict[str, object]:
        """What whoever knows the code may know."""

    async def join(self, arrival: Arrival, offer_sdp: str) -> tuple[RunningSession, str]:
        """Open a learner's session; return it and the answer to the offer.

        :raises NameTaken, ClassFull: there is no place for them in the class.
        :raises ServerFull: nor on the server.
        """

    async def join_socket(self, arrival: Arrival, socket: Socket) -> tuple[RunningSession, Carrier]:
        """The same over a WebSocket; the session runs while the carrier serves.

        :raises LiveClass: its video comes by WebRTC alone.
        """

    async def teach(self, arrival: Arrival, offer_sdp: str) -> tuple[RunningSession, str]:
        """Open the teacher's session; a second one takes the place of the first."""

    async def open_encoder(self, offer_sdp: str, address: str) -> tuple[str, str]:
        """As `LiveTeacher.open_encoder`.

        :raises NotLive: it has a lesson.
        """

    async def add_encoder_fragment(
        self, id: str, fragment: Fragment, address: str
    ) -> str | None: ...

    async def close_encoder(self, id: str) -> None: ...


class ClassDirectory(Protocol):
    """All classes: opens them, and finds them by their codes."""

    @property
    def kinds(self) -> tuple[ClassKind, ...]:
        """Of what kinds there may be classes here."""

    async def open(self, wish: NewClass) -> OpenClass:
        """
        :raises ClassesOff: there are no live classes here.
        :raises ClassesFull, TooManyClasses: there are as many as may be.
        """

    async def find(self, text: str, address: str) -> OpenClass:
        """The class of a code that somebody typed.

        :param address: of who asks, as limits count it.
        :raises TooManyMisses: the address has tried too many codes of none.
        :raises UnknownClass: it is no class's. ClassEnded: the class has ended.
        """

    async def find_for_teacher(
        self, text: str, address: str, may_teach: Callable[[ClassFacts], bool]
    ) -> KnownClass:
        """The same, for who sends the class's token; of one that has ended, too.

        :raises ClassTokenNeeded: they are not its teacher.
        """

    def __iter__(self) -> Iterator[OpenClass]:
        """Those that are open."""
