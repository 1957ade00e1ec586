"""A class that lives on another host, as the seats of its learners here know it.

For the event loop's thread. It decides nothing: what learners do waits for the home host, and what
that says is done.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

from rtc_server.classes.members import Attendee, Member
from rtc_server.classes.samples import read_sample
from rtc_server.cluster.classes.spread.guest_clock import GuestClock
from rtc_server.cluster.classes.spread.messages import GuestUpdate, HomeNews, PlaceRequest, SeatNews
from rtc_server.cluster.classes.spread.pulled_teacher import PulledTeacher
from rtc_server.cluster.classes.spread.visit import Visit
from rtc_server.metrics import Metrics
from rtc_server.protocol.score_message import ScoreMessage
from rtc_server.protocol.server_messages import SummaryMessage


class GuestClass:
    """An `AttendedClass`; its `link` carries what it has to say."""

    def __init__(
        self, name: str, duration_s: float, now: Callable[[], float], metrics: Metrics
    ) -> None:
        """:param name: of this host and its link, as the home host knows them."""
        self.name = name
        self.clock = GuestClock(duration_s, now)
        self.live: PulledTeacher | None = None
        self.changed = asyncio.Event()  # the home host is to be told at once
        self.confirmed = 0  # the number of the last news
        self._now, self._metrics = now, metrics
        self._visits: dict[Member, Visit] = {}
        self._number = 0  # of the last update
        self._is_cut_off = False

    def __len__(self) -> int:
        return len(self._visits)

    def __iter__(self) -> Iterator[Visit]:
        return iter([*self._visits.values()])

    def add(self, request: PlaceRequest, number: int, *, is_let_in: bool) -> Visit:
        """A learner of that number gets a session here."""
        member = Member(number, request.name, request.owner, is_let_in=is_let_in)
        visit = self._visits[member] = Visit(request.session, member)
        self._metrics.class_guests.inc()
        return visit

    def remove(self, visit: Visit) -> None:
        """Their session has ended, or was not opened."""
        if self._visits.pop(visit.member, None) is not None:
            self._metrics.class_guests.dec()
            self._metrics.class_relay_lost.labels(what="samples").inc(visit.samples_lost)

    def on_learner(self, member: Member) -> None:
        self._visits[member].is_open = True
        self.changed.set()

    def on_learner_end(
        self,
        member: Member,
        seat: Attendee,  # noqa: ARG002
        summary: SummaryMessage | None,
    ) -> None:
        visit = self._visits[member]
        visit.is_over, visit.summary = True, summary
        self.changed.set()
        if self._is_cut_off:
            self.remove(visit)

    def on_sample(self, member: Member, message: ScoreMessage, aspect: float) -> None:
        is_playing = self.clock.state == "playing"
        sample = read_sample(member.raise_, self._now(), message, aspect, is_playing=is_playing)
        self._visits[member].add_sample(sample)
        if sample["raises_hand"]:
            self.changed.set()

    def set_hand(self, member: Member, *, is_up: bool) -> None:
        self._visits[member].hand = is_up
        self.changed.set()

    def set_wishes(self, member: Member, leaderboard: bool | None, picture: bool | None) -> None:
        visit = self._visits[member]
        member.take_wishes(leaderboard, picture)
        if leaderboard is not None:
            visit.leaderboard = leaderboard
        if picture is not None:
            visit.picture_wish = picture
        self.changed.set()

    def tell_one(
        self,
        attendee: Attendee,
        member: Member | None,
        *,
        again: bool = False,  # noqa: ARG002
    ) -> None:
        if member is not None and (status := self._visits[member].status) is not None:
            attendee.tell(status)

    def take_update(self) -> GuestUpdate:
        """What the home host has not heard yet."""
        self.changed.clear()
        self._number += 1
        return GuestUpdate(
            self.name, self._number, tuple(visit.take_update() for visit in self._visits.values())
        )

    def on_updated(self, update: GuestUpdate) -> None:
        """The home host has heard it."""
        over = {one.session for one in update.seats if one.is_over}
        for visit in self:
            if visit.session in over:
                self.remove(visit)

    def cut_off(self) -> None:
        """The home host is gone, and the class with it; or nobody is here."""
        self._is_cut_off = True
        self.clock.end()
        for visit in self:
            if visit.is_over:
                self.remove(visit)

    def take_news(self, news: HomeNews, offset_s: float) -> None:
        """Do what the home host says.

        :param offset_s: what makes its time this host's.
        """
        if news.number <= self.confirmed:
            return
        self.confirmed = news.number
        for visit in self:
            if (own := news.seats.get(visit.session)) is not None:
                self._take_seat_news(visit, own)
        if self.live is not None:
            self.live.take_poses(news.poses, news.pose_count)
        if news.clock is not None:
            self.clock.take(news.clock, offset_s)

    def _take_seat_news(self, visit: Visit, news: SeatNews) -> None:
        member = visit.member
        if (seat := member.seat) is None:
            return
        if news.is_let_in:
            member.is_let_in = True
            seat.let_in()
        visit.status = news.status or visit.status
        if news.status is not None:
            seat.tell(news.status)
        for note in news.notes:
            seat.tell(note)
        if news.end is not None:
            member.is_let_in = False
            seat.end(news.end)
