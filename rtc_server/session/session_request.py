"""What a learner asks for, and who it is."""

from __future__ import annotations

from dataclasses import dataclass

from rtc_server.invitations.invitation import Invitation
from rtc_server.lessons.lesson import Lesson
from rtc_server.scoring.attempt import Mirror
from rtc_server.scoring.reference import Reference
from rtc_server.webrtc.offers.senders import Sender


@dataclass(frozen=True, slots=True)
class SessionRequest:
    """What a learner asks for, with an offer or in a WebSocket's address."""

    lesson: Lesson
    reference: Reference
    mirror: Mirror
    annotated: bool
    learner: str | None = None  # None: no result is kept
    dancers: int | None = None  # how many share the picture; None: one, who is told of no dancers
    other_names: tuple[str | None, ...] = ()  # of the dancers after the first
    address: str = "127.0.0.1"  # of the learner's HTTP client
    counted_as: str = "127.0.0.1"  # the same for all learners whom limits count together
    invitation: Invitation | None = None  # None: the server is open, or its operator dances
    session_id: str | None = None  # of the session that is opened; None: any
    screen_only: bool = False  # it has no camera of its own: a phone will be the camera

    @property
    def sender(self) -> Sender:
        """Who makes the offer."""
        return "screen" if self.screen_only else "learner"
