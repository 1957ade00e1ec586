"""Whether the learner is still there, where in the lesson they are, and what happens if not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from rtc_server.config import Config
from rtc_server.session.liveness import Liveness
from rtc_server.session.playback import Playback
from rtc_server.session.resume import place_s
from rtc_server.sync.player import Player
from rtc_server.webrtc.peer import Peer

CHECK_S = 0.5


class Heartbeat:
    """Ends a session whose learner is gone; lets the lesson wait while nothing is heard of them."""

    def __init__(
        self,
        peer: Peer,
        playback: Playback,
        player: Player,
        config: Config,
        count_frames: Callable[[], bool],
    ) -> None:
        """:param count_frames: whether webcam frames came since it was called last."""
        self._peer = peer
        self._playback = playback
        self._player = player
        self._connect_timeout_s = config.connect_timeout_s
        self._count_frames = count_frames
        self._life = Liveness(player.now(), config.silence_timeout_s)
        self._followed_s: float | None = None  # in the lesson, when the learner was last scored

    def followed(self, lesson_s: float) -> None:
        """A sample was judged at that position."""
        self._followed_s = lesson_s

    @property
    def place_s(self) -> float:
        """Where the learner last was in the lesson, as well as it is known."""
        begin_s = self._player.clock.segment.lesson_s
        return place_s(begin_s, self._player.position_s, self._followed_s)

    def spoke(self) -> None:
        """A message came: if the lesson waited, it goes on before the message is obeyed."""
        self._life.takes_part(self._player.now())
        self._playback.go_on()

    async def watch(self) -> None:
        """End a session that never connects, or of which nothing has been heard for long."""
        try:
            async with asyncio.timeout(self._connect_timeout_s):
                await self._peer.channels_open.wait()
        except TimeoutError:
            self._playback.end("never connected")
            return
        self._life.takes_part(self._player.now())
        while not self._life.vanished(self._player.now()):
            if self._peer.disconnected.is_set():
                self._playback.end("lost")
                return
            self._look()
            await asyncio.sleep(CHECK_S)
        self._playback.end("vanished")

    def _look(self) -> None:
        """While nothing at all comes the lesson stands still, where the learner last followed."""
        now_s = self._player.now()
        if self._count_frames():
            self._life.takes_part(now_s)
        self._life.received(self._peer.packets_received, now_s)
        if not self._life.away(now_s):
            self._playback.go_on()
        elif self._playback.state == "playing":
            self._playback.wait_for_learner(self.place_s)
