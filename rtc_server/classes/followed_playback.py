"""What plays for one person in a class: it does what the class's clock does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from rtc_server.classes.class_clock import LeadingClock
from rtc_server.errors import OutOfOrder
from rtc_server.protocol.client_messages import PlaybackCommand, Stop
from rtc_server.protocol.server_messages import PauseReason, StateMessage
from rtc_server.session.connection import RunRecorder, StateReceiver
from rtc_server.session.playback import Playback
from rtc_server.sync.player import Player


class FollowedPlayback(Playback):
    """Each session has a player of its own, which is where the class's is."""

    def __init__(
        self,
        player: Player,
        playhead: RunRecorder,
        peer: StateReceiver,
        clock: LeadingClock,
        on_open: Callable[[], None],
    ) -> None:
        """:param on_open: messages can be sent both ways."""
        super().__init__(player, playhead, 0, peer)
        self._clock = clock
        self._on_open = on_open
        self._may_follow = self._start_requested

    def let_in(self) -> None:
        """From now on they are where the class is."""
        self._may_follow.set()

    def handle(self, command: PlaybackCommand) -> None:
        """
        :raises OutOfOrder: only the teacher moves the class's clock.
        """
        if isinstance(command, Stop):
            self.end("stopped")
            return
        name = type(command).__name__.removeprefix("Set").lower()
        raise OutOfOrder(f"{name}: expected it of the class's teacher, who plays for everybody")

    async def run(self) -> None:
        """Send `ready` once connected; follow the class from then on, or once let in."""
        await self._peer.channels_open.wait()
        self._on_open()
        if not self._may_follow.is_set():
            self._send_state("ready")
            await self._may_follow.wait()
        with self._clock.following(self._follow):
            await asyncio.shield(self.end_reason)

    def wait_for(self, missing: PauseReason, lesson_s: float) -> None:
        """The class waits for no learner."""

    def stop_waiting(self, found: PauseReason) -> None:
        """Nor does it go on for one."""

    def _follow(self, message: StateMessage) -> None:
        """Do what the class does."""
        state = message["state"]
        if state == "ended":
            self.end(self._clock.end_reason.result())
            return
        self._change_run(lambda: self._player.follow(self._clock.player.clock))
        self.state = state
        self._peer.send_control(message)
        self.on_state(message)
