"""The state of a session's lesson (ready, counting, playing, paused, ended) and who changes it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import assert_never

from rtc_server.errors import BadMessage, OutOfOrder
from rtc_server.protocol.client_messages import (
    Pause,
    PlaybackCommand,
    Resume,
    Seek,
    SetLoop,
    SetRate,
    Start,
    Stop,
)
from rtc_server.protocol.server_messages import (
    EndReason,
    PauseReason,
    PlaybackState,
    StateMessage,
    build_state,
)
from rtc_server.session.connection import RunRecorder, StateReceiver
from rtc_server.sync.lesson_clock import Loop
from rtc_server.sync.player import Player

NOT_ENDED: tuple[PlaybackState, ...] = ("ready", "counting", "playing", "paused")
KEY_FRAME_S = 1  # a loop begins at a key frame (authoring/transcode.py), so that laps are seamless
MIN_LOOP_S = 1.0


class Playback:
    """Changes the player on commands, and sends the learner a `state` for every change."""

    def __init__(
        self, player: Player, playhead: RunRecorder, countdown_s: int, peer: StateReceiver
    ) -> None:
        self.state: PlaybackState = "ready"
        self.missing: set[PauseReason] = set()  # what the lesson waits for, if it is paused
        self.on_state: Callable[[StateMessage], None] = lambda _: None
        self.end_reason: asyncio.Future[EndReason] = asyncio.get_running_loop().create_future()
        self._player = player
        self._playhead = playhead
        self._countdown_s = countdown_s
        self._peer = peer
        self._start_requested = asyncio.Event()

    def handle(self, command: PlaybackCommand) -> None:
        """Do what the client asks for.

        :raises OutOfOrder: the command makes no sense in this state.
        :raises BadMessage: a loop that is too short, or not within the lesson.
        """
        match command:
            case Start(lesson_s):
                self._require_state("start", "ready")
                if lesson_s is not None:
                    self._player.seek(lesson_s)
                self.state = "counting"
                self._start_requested.set()
            case Pause():
                self._require_state("pause", "playing")
                self._change_run(self._player.pause)
                self._send_state("paused")
            case Resume():
                self._require_state("resume", "paused")
                self._player.play()
                self._send_state("playing")
            case Seek(lesson_s):
                self._require_state("seek", "ready", "playing", "paused")
                self._change_run(lambda: self._player.seek(lesson_s))
                self._send_state(self.state)
            case SetRate(rate):
                self._require_state("rate", *NOT_ENDED)
                self._change_run(lambda: self._player.set_rate(rate))
                self._send_state(self.state)
            case SetLoop(from_s, to_s):
                self._require_state("loop", *NOT_ENDED)
                loop = None if from_s is None or to_s is None else self._align_loop(from_s, to_s)
                self._change_run(lambda: self._player.set_loop(loop))
                self._send_state(self.state)
            case Stop():
                self.end("stopped")
            case _:
                assert_never(command)

    async def run(self) -> None:
        """Send `ready` once connected; when the client starts, count down, play, and end."""
        await self._peer.channels_open.wait()
        self._send_state("ready")
        await self._start_requested.wait()
        for left_s in range(self._countdown_s, 0, -1):
            self._send_state("counting", countdown_s=left_s)
            await asyncio.sleep(1)
        self._player.play()
        self._send_state("playing")
        await self._player.wait_for_end(self._on_loop_restart)
        self.end("finished")

    def end(self, reason: EndReason) -> None:
        """End the session; only the first reason counts."""
        if not self.end_reason.done():
            self.end_reason.set_result(reason)

    def wait_for(self, missing: PauseReason, lesson_s: float) -> None:
        """Pause a lesson that plays at the learner's last position, because something is missing.

        One that waits already then waits for this, too.
        """
        if self.state == "playing":
            self._change_run(lambda: self._player.pause_at(lesson_s))
        elif not self.missing:
            return  # the learner has paused it, or it has not begun
        self.missing.add(missing)
        self._send_state("paused", reason=missing)

    def stop_waiting(self, found: PauseReason) -> None:
        """Play on if that is back, and nothing else is missing."""
        if found not in self.missing:
            return
        self.missing.discard(found)
        if self.state != "paused":
            self.missing.clear()
        elif self.missing:
            self._send_state("paused", reason=next(iter(self.missing)))
        else:
            self._player.play()
            self._send_state("playing")

    def send_ended(self, reason: EndReason) -> None:
        """Stop playing, and say that the session ends and why."""
        self._player.pause()
        self._send_state("ended", reason=reason)

    def _change_run(self, change: Callable[[], None]) -> None:
        """Change the player; the learner cannot have seen anything past the end of the old run."""
        run = self._player.clock.run_number
        left_at_s = self._player.position_s
        change()
        paused = not self._player.clock.playing
        self._playhead.end_run(run, left_at_s, last_frame_stays=paused)

    def _align_loop(self, from_s: float, to_s: float) -> Loop:
        """The passage to repeat, from the key frame before its beginning on.

        :raises BadMessage: too short, or not within the lesson.
        """
        duration_s = self._player.clock.duration_s
        end_s = min(to_s, duration_s)
        if end_s - from_s < MIN_LOOP_S:
            raise BadMessage(
                f"loop: expected a passage of at least {MIN_LOOP_S:g} s within "
                f"0 to {duration_s:g} s, got {from_s:g} to {to_s:g} s"
            )
        return from_s // KEY_FRAME_S * KEY_FRAME_S, end_s

    def _on_loop_restart(self, ended_run: int) -> None:
        """The loop begins again: `ended_run` was played up to the loop's end."""
        loop = self._player.clock.loop
        if loop is not None:
            self._playhead.end_run(ended_run, loop[1], last_frame_stays=False)
        self._send_state("playing")

    def _send_state(
        self,
        state: PlaybackState,
        *,
        countdown_s: int | None = None,
        reason: EndReason | PauseReason | None = None,
    ) -> None:
        """Enter a state and send it."""
        self.state = state
        clock = self._player.clock
        message = build_state(
            state,
            self._player.position_s,
            rate=clock.rate,
            loop=clock.loop,
            countdown_s=countdown_s,
            reason=reason,
        )
        self._peer.send_control(message)
        self.on_state(message)

    def _require_state(self, command: str, *states: PlaybackState) -> None:
        """
        :raises OutOfOrder: the session is in none of these states.
        """
        if self.state not in states:
            raise OutOfOrder(f"{command}: expected state {' or '.join(states)}, it is {self.state}")
