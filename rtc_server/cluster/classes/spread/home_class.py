"""The guest hosts of one class, on its home host. For the event loop's thread."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack

from rtc_server.classes.classroom import Classroom
from rtc_server.classes.local import require_live
from rtc_server.classes.members import Member
from rtc_server.cluster.classes.spread.guest_host import GuestHost
from rtc_server.cluster.classes.spread.messages import (
    ClockNews,
    GuestPlace,
    GuestUpdate,
    HomeNews,
    PlaceRequest,
    SeatUpdate,
)
from rtc_server.cluster.classes.spread.remote_seat import RemoteSeat
from rtc_server.metrics import Metrics
from rtc_server.protocol.server_messages import StateMessage

SILENT_S = 3.0  # without an update: its learners are away, until they or it come back


class HomeClass:
    """Gives learners on other hosts their places, and does in the class what they do."""

    def __init__(self, room: Classroom, now: Callable[[], float], metrics: Metrics) -> None:
        self.room = room
        self._now, self._metrics = now, metrics
        self._hosts: dict[str, GuestHost] = {}
        self._clock: ClockNews | None = None
        self._following = ExitStack()
        self._following.enter_context(room.clock.following(self._on_state))
        room.on_turn = self.check

    def close(self) -> None:
        """The class has ended, and so have its sessions."""
        self._following.close()

    def take_place(self, request: PlaceRequest) -> GuestPlace:
        """A place for a session that is about to be opened.

        :raises NameTaken, ClassFull: there is none.
        """
        host = self._host(request.host)
        member, before = self.room.members.take_place(request.name, request.owner, request.resume)
        seat = RemoteSeat(request.session, member, host.on_news)
        member.seat = host.seats[seat.session] = seat
        member.mirror = request.mirror
        member.sessions.append(request.session)
        if before is not None and request.resume is None:
            before.end("replaced")
        return GuestPlace(member.number, member.is_let_in)

    def give_back(self, host: str, session: str) -> None:
        """A session could not be opened."""
        if (seat := self._host(host).seats.pop(session, None)) is not None:
            seat.is_over = True
            self.room.members.leave(seat.member, seat, has_danced=False)

    def update(self, update: GuestUpdate) -> None:
        """Take what is new on a guest host."""
        host = self._host(update.host)
        host.heard_s = self._now()
        if host.is_silent:
            self._take_back(host)
        if update.number <= host.updated:  # its answer was lost
            return
        host.updated = update.number
        for one in update.seats:
            if (seat := host.seats.get(one.session)) is not None:
                self._update_seat(host, seat, one)

    async def wait_for_news(self, host: str, confirmed: int) -> HomeNews:
        """What a guest host is to be told."""
        return await self._host(host).wait_for_news(confirmed)

    async def pull(self, host: str, offer_sdp: str) -> str:
        """Send a guest host the teacher's media.

        :raises NotLive: the class has a lesson.
        """
        return await require_live(self.room).open_viewer(host, offer_sdp)

    def check(self, now_s: float) -> None:
        """Look whether all guest hosts are there; it is called twice a second."""
        for host in [*self._hosts.values()]:
            host.on_turn()
            if now_s - host.heard_s <= SILENT_S:
                continue
            if not host.seats:
                del self._hosts[host.name]
            elif not host.is_silent:
                host.is_silent = True
                for seat in host.seats.values():
                    self.room.on_learner_end(seat.member, seat, None)

    def _host(self, name: str) -> GuestHost:
        if name not in self._hosts:
            live = self.room.live
            reference = None if live is None else live.reference
            self._hosts[name] = GuestHost(name, self._clock, reference, self._now())
        return self._hosts[name]

    def _take_back(self, host: GuestHost) -> None:
        """A guest host that was silent is there again; who went meanwhile is."""
        host.is_silent = False
        for seat in host.seats.values():
            if seat.member.seat is None and seat.member in self.room.members:
                seat.member.seat = seat
                if seat.was_open:
                    self.room.on_learner(seat.member)
            elif seat.member.seat is not seat:
                seat.end("replaced")

    def _update_seat(self, host: GuestHost, seat: RemoteSeat, new: SeatUpdate) -> None:
        room, member = self.room, seat.member
        if member.seat is seat:
            if new.is_open and not seat.was_open:
                seat.was_open = True
                room.on_learner(member)
            self._take_news(member, new)
        if new.is_over:
            seat.is_over = True
            self._count_lost(host.seats.pop(new.session))
            room.on_learner_end(member, seat, new.summary)

    def _take_news(self, member: Member, new: SeatUpdate) -> None:
        room = self.room
        room.set_wishes(member, new.leaderboard, new.picture_wish)
        for sample in new.samples:
            room.take_sample(member, sample)
        if new.hand is not None:
            room.set_hand(member, is_up=new.hand)
        if new.picture is not None:
            member.snapshots.newest = new.picture

    def _count_lost(self, seat: RemoteSeat) -> None:
        self._metrics.class_relay_lost.labels(what="notes").inc(seat.notes_lost)

    def _on_state(self, message: StateMessage) -> None:
        clock, leader = self.room.clock, self.room.clock.player.clock
        reason = clock.end_reason.result() if clock.is_ended else None
        self._clock = ClockNews(message, leader.run, leader.rate, leader.loop, reason)
        for host in self._hosts.values():
            host.on_clock(self._clock)
