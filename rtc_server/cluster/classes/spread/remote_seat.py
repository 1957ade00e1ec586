"""A learner's session on a guest host, as the class on its home host speaks to it. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from rtc_server.classes.members import Attendee, Member
from rtc_server.cluster.classes.spread.messages import ClassNote, SeatNews
from rtc_server.protocol.class_messages import ClassNews, ClassStatus
from rtc_server.protocol.server_messages import EndReason

MAX_NOTES = 32  # cues and hands that wait; a status takes the place of the one before


class RemoteSeat(Attendee):
    """What is said waits here until the guest host takes it."""

    def __init__(self, session: str, member: Member, on_news: Callable[[], None]) -> None:
        """:param on_news: something waits."""
        self.session, self.member = session, member
        self.is_over = False
        self.was_open = False  # messages reached them
        self.notes_lost = 0
        self._on_news = on_news
        self._notes: deque[ClassNote] = deque(maxlen=MAX_NOTES)
        self._status: ClassStatus | None = None
        self._is_let_in = False
        self._end: EndReason | None = None

    def tell(self, message: ClassNews) -> None:
        if message["type"] == "class":
            self._status = message
        else:
            self.notes_lost += len(self._notes) == MAX_NOTES
            self._notes.append(message)
        self._on_news()

    def let_in(self) -> None:
        self._is_let_in = True
        self._on_news()

    def end(self, reason: EndReason) -> None:
        self._end = self._end or reason
        self._on_news()

    def take_news(self) -> SeatNews | None:
        """What waits; None if nothing does."""
        if not (self._status or self._notes or self._is_let_in or self._end):
            return None
        news = SeatNews(self._status, tuple(self._notes), self._is_let_in, self._end)
        self._status, self._is_let_in = None, False
        self._notes.clear()
        return news
