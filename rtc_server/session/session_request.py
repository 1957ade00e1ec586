"""What a learner asks for, and who it is."""

from __future__ import annotations

from dataclasses import dataclass

from rtc_server.errors import BadMessage
from rtc_server.invitations.invitation import Invitation
from rtc_server.lessons.lesson import Lesson
from rtc_server.scoring.attempt import Mirror
from rtc_server.scoring.growing.reference import AttemptReference
from rtc_server.webrtc.offers.senders import Sender, find_sender


@dataclass(frozen=True, slots=True)
class SessionRequest:
    """What a learner asks for, with an offer or in a WebSocket's address."""

    lesson: Lesson
    reference: AttemptReference
    mirror: Mirror
    annotated: bool
    learner: str | None = None  # None: no result is kept
    dancers: int | None = None  # how many share the picture; None: one, who is told of no dancers
    other_names: tuple[str | None, ...] = ()  # of the dancers after the first
    instructors: tuple[int, ...] = ()  # whom each dancer follows; those not listed: the first
    address: str = "127.0.0.1"  # of the learner's HTTP client
    counted_as: str = "127.0.0.1"  # the same for all learners whom limits count together
    invitation: Invitation | None = None  # None: the server is open, or its operator dances
    session_id: str | None = None  # of the session that is opened; None: any
    screen_only: bool = False  # it has no camera of its own: a phone will be the camera
    teaches_live: bool = False  # the camera is a live class's, and nobody is scored

    def __post_init__(self) -> None:
        """
        :raises BadMessage: the lesson has no such instructor.
        """
        most = len(self.lesson.instructors) - 1 if self.instructors else 0
        if any(number > most for number in self.instructors):
            raise BadMessage(
                f"instructors: expected numbers up to {most}, which this lesson has, "
                f"got {list(self.instructors)}"
            )

    @property
    def references(self) -> tuple[AttemptReference, ...]:
        """What each dancer is compared with: the instructor they follow."""
        count = self.dancers or 1
        followed = (*self.instructors, *[0] * count)[:count]
        return tuple(
            self.reference.following(number) if number else self.reference for number in followed
        )

    @property
    def sender(self) -> Sender:
        """Who makes the offer."""
        return find_sender(teaches_live=self.teaches_live, screen_only=self.screen_only)
