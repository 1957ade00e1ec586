"""Checks that the learner is still there; pauses the lesson or ends the session if not."""

from __future__ import annotations

import asyncio

from rtc_server.config import Config
from rtc_server.metrics import Metrics
from rtc_server.session.connection import SessionPeer, SessionUplink
from rtc_server.session.liveness import Liveness
from rtc_server.session.playback import Playback
from rtc_server.session.resume import choose_resume_position_s
from rtc_server.sync.player import Player
from rtc_server.webrtc.limits.flood_detector import FloodDetector

CHECK_S = 0.5


class Heartbeat:
    """Ends a session whose learner has vanished, and pauses the lesson while they are silent."""

    def __init__(
        self,
        peer: SessionPeer,
        uplink: SessionUplink,
        playback: Playback,
        player: Player,
        config: Config,
        metrics: Metrics,
    ) -> None:
        self._peer = peer
        self._uplink = uplink
        self._playback = playback
        self._player = player
        self._metrics = metrics
        self._connect_timeout_s = config.connect_timeout_s
        self._first_check_timeout_s = min(config.first_check_timeout_s, config.connect_timeout_s)
        self._liveness = Liveness(player.now(), config.silence_timeout_s)
        self._flood = FloodDetector()
        self._scored_s: float | None = None  # the lesson position of the last scored sample

    @property
    def last_lesson_s(self) -> float:
        """The learner's last lesson position, as far as it is known."""
        run_start_s = self._player.clock.run.start_lesson_s
        return choose_resume_position_s(run_start_s, self._player.position_s, self._scored_s)

    def on_scored(self, lesson_s: float) -> None:
        """A sample was scored at that lesson position."""
        self._scored_s = lesson_s

    def on_message(self) -> None:
        """A message came. A lesson that waits for the learner goes on before it is handled."""
        self._liveness.on_activity(self._player.now())
        self._playback.stop_waiting("connection")

    def on_restart(self) -> None:
        """The learner asks for another way to the server: silence until then is no end."""
        self._liveness.on_activity(self._player.now())

    async def watch(self) -> None:
        """End a session that never connects, whose learner has vanished, or sends too much."""
        if not await self._is_connected_in_time():
            self._playback.end("never connected")
            return
        self._liveness.on_activity(self._player.now())
        while not self._liveness.has_vanished(self._player.now()):
            if self._peer.disconnected.is_set():
                self._playback.end(self._peer.break_reason)
                return
            if self._flood.update(self._peer.refused, self._player.now()):
                self._playback.end("flooding")
                return
            self._check()
            await asyncio.sleep(CHECK_S)
        self._playback.end("vanished")

    async def _is_connected_in_time(self) -> bool:
        """Wait for the learner's first connectivity check, then for the channels.

        A browser sends the check as soon as it has the answer. Whoever sends none has not received
        the answer, or never meant to connect, and somebody else may want the place.
        """
        begin_s = asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout_at(begin_s + self._first_check_timeout_s):
                await self._peer.checked.wait()
            async with asyncio.timeout_at(begin_s + self._connect_timeout_s):
                return await self._peer.wait_until_open()
        except TimeoutError:
            return False

    def _check(self) -> None:
        """Pause the lesson while nothing is received, at the learner's last lesson position."""
        now_s = self._player.now()
        if self._uplink.update_metrics(self._metrics):
            self._liveness.on_activity(now_s)
        self._liveness.update_packets(self._peer.packets_received, now_s)
        if not self._liveness.is_silent(now_s):
            self._playback.stop_waiting("connection")
        elif self._playback.state == "playing":
            self._playback.wait_for("connection", self.last_lesson_s)
