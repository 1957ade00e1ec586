"""The clock of a class: the teacher's commands move it, and every session in the class follows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import cast

from rtc_server.errors import OutOfOrder
from rtc_server.protocol.client_messages import PlaybackCommand, Seek, SetLoop, SetRate
from rtc_server.protocol.server_messages import (
    EndReason,
    PlaybackState,
    ServerControlMessage,
    StateMessage,
)
from rtc_server.session.playback import Playback
from rtc_server.sync.player import Player

Follower = Callable[[StateMessage], None]


class _NoScreen:
    """The class's clock is on nobody's screen."""

    def end_run(self, run: int, lesson_s: float, *, last_frame_stays: bool) -> None:
        """Nobody saw that run here."""


class LeadingClock:
    """What sessions follow: the class's clock, or what follows that on another session host."""

    def __init__(self, player: Player) -> None:
        self.player = player
        self._followers: list[Follower] = []
        self._last: StateMessage | None = None

    @property
    def state(self) -> PlaybackState:
        """Of the playback."""
        raise NotImplementedError

    @property
    def end_reason(self) -> asyncio.Future[EndReason]:
        """Why the class has ended, once it has."""
        raise NotImplementedError

    @property
    def is_ended(self) -> bool:
        return self.end_reason.done()

    @contextmanager
    def following(self, on_state: Follower) -> Iterator[None]:
        """Call `on_state` with the present state, and with each change until the block is left."""
        self._followers.append(on_state)
        try:
            if self._last is not None:
                on_state({**self._last, "lesson_s": round(self.player.position_s, 3)})
            yield
        finally:
            self._followers.remove(on_state)

    def send_control(self, message: ServerControlMessage) -> None:
        """Tell everybody a new state: of a playback without a learner, nothing else is sent."""
        self._last = cast(StateMessage, message)
        for on_state in list(self._followers):
            on_state(self._last)


class ClassClock(LeadingClock):
    """A playback without a learner. Only the server's clock counts: no command carries a time."""

    def __init__(
        self, duration_s: float, countdown_s: int, now: Callable[[], float], *, is_live: bool
    ) -> None:
        """:param is_live: it has no positions to go to, and no rates."""
        super().__init__(Player(duration_s, now))
        self.channels_open = asyncio.Event()
        self.channels_open.set()
        self._is_live = is_live
        self._playback = Playback(self.player, _NoScreen(), countdown_s, self)

    @property
    def state(self) -> PlaybackState:
        return self._playback.state

    @property
    def end_reason(self) -> asyncio.Future[EndReason]:
        return self._playback.end_reason

    async def run(self) -> EndReason:
        """Play as the teacher says, until the lesson's end or `end`."""
        playing = asyncio.create_task(self._playback.run())
        try:
            reason = await asyncio.shield(self._playback.end_reason)
        finally:
            playing.cancel()
        self._playback.send_ended(reason)
        return reason

    def handle(self, command: PlaybackCommand) -> None:
        """Do what the teacher asks for.

        :raises OutOfOrder: it makes no sense in this state, or in a live class.
        :raises BadMessage: a loop that is too short, or not within the lesson.
        """
        if self._is_live and isinstance(command, Seek | SetRate | SetLoop):
            kind = type(command).__name__.removeprefix("Set").lower()
            raise OutOfOrder(f"{kind}: expected a class with a lesson; this one is live")
        self._playback.handle(command)

    def end(self, reason: EndReason) -> None:
        """End the class; only the first reason counts."""
        self._playback.end(reason)

    def hold(self) -> None:
        """Stand still until the teacher is back, if it plays."""
        self._playback.wait_for("teacher", self.player.position_s)

    def go_on(self) -> None:
        """The teacher is back."""
        self._playback.stop_waiting("teacher")
