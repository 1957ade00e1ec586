"""What a learner may ask for, and when: ready, counting, playing, paused, ended."""

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
from rtc_server.sync.lesson_clock import Loop
from rtc_server.sync.player import Player
from rtc_server.sync.playhead import Playhead

NOT_ENDED: tuple[PlaybackState, ...] = ("ready", "counting", "playing", "paused")
KEY_EVERY_S = 1  # a loop begins at a key frame (see encoding.py), so that its repeat is seamless
SHORTEST_LOOP_S = 1.0


class Playback:
    """The state of one session; tells the learner of every change."""

    def __init__(
        self,
        player: Player,
        playhead: Playhead,
        countdown_s: int,
        send: Callable[[StateMessage], None],
    ) -> None:
        self.state: PlaybackState = "ready"
        self.waits = False  # for a learner of whom nothing is heard
        self._player = player
        self._playhead = playhead
        self._countdown_s = countdown_s
        self._send = send
        self._may_count = asyncio.Event()
        self.over: asyncio.Future[EndReason] = asyncio.get_running_loop().create_future()

    def handle(self, command: PlaybackCommand) -> None:
        """Do what is asked.

        :raises OutOfOrder: it makes no sense in this state.
        """
        match command:
            case Start(lesson_s):
                self._expect("start", "ready")
                if lesson_s is not None:
                    self._player.seek(lesson_s)
                self.state = "counting"
                self._may_count.set()
            case Pause():
                self._expect("pause", "playing")
                self._change(self._player.pause)
                self._tell("paused")
            case Resume():
                self._expect("resume", "paused")
                self._player.play()
                self._tell("playing")
            case Seek(lesson_s):
                self._expect("seek", "ready", "playing", "paused")
                self._change(lambda: self._player.seek(lesson_s))
                self._tell(self.state)
            case SetRate(rate):
                self._expect("rate", *NOT_ENDED)
                self._change(lambda: self._player.set_rate(rate))
                self._tell(self.state)
            case SetLoop(from_s, to_s):
                self._expect("loop", *NOT_ENDED)
                loop = None if from_s is None or to_s is None else self._loop(from_s, to_s)
                self._change(lambda: self._player.set_loop(loop))
                self._tell(self.state)
            case Stop():
                self.end("stopped")
            case _:
                assert_never(command)

    async def count_down(self) -> None:
        """Once asked to start: tell the seconds, then play, then wait for the lesson's end."""
        await self._may_count.wait()
        for left_s in range(self._countdown_s, 0, -1):
            self._tell("counting", countdown_s=left_s)
            await asyncio.sleep(1)
        self._player.play()
        self._tell("playing")
        await self._player.until_over(self._looped)
        self.end("finished")

    def end(self, reason: EndReason) -> None:
        """Come to an end; only the first reason counts."""
        if not self.over.done():
            self.over.set_result(reason)

    def wait_for_learner(self, lesson_s: float) -> None:
        """Nothing is heard of the learner: stand still at the place that they know."""
        self._change(lambda: self._player.stand(lesson_s))
        self.waits = True
        self._tell("paused", reason="connection")

    def go_on(self) -> None:
        """The learner is heard again: play on, unless it was not for them that we waited."""
        if self.waits and self.state == "paused":
            self._player.play()
            self._tell("playing")
        self.waits = False

    def tell_ready(self) -> None:
        self._tell("ready")

    def tell_ended(self, reason: EndReason) -> None:
        self._player.pause()
        self._tell("ended", reason=reason)

    def _change(self, change: Callable[[], None]) -> None:
        """The learner cannot have seen anything past where the old run was left."""
        run = self._player.clock.number
        was_s = self._player.position_s
        change()
        note = self._playhead.leave if self._player.clock.playing else self._playhead.hold
        note(run, was_s)

    def _loop(self, from_s: float, to_s: float) -> Loop:
        """The passage from the key frame before it on.

        :raises BadMessage: too short, or not within the lesson.
        """
        end_s = min(to_s, self._player.clock.duration_s)
        begin_s = from_s // KEY_EVERY_S * KEY_EVERY_S
        if end_s - from_s < SHORTEST_LOOP_S:
            raise BadMessage(
                f"loop: expected a passage of at least {SHORTEST_LOOP_S:g} s within "
                f"0 to {self._player.clock.duration_s:g} s, got {from_s:g} to {to_s:g} s"
            )
        return begin_s, end_s

    def _looped(self, run: int) -> None:
        loop = self._player.clock.loop
        if loop is not None:
            self._playhead.leave(run, loop[1])
        self._tell("playing")

    def _tell(
        self,
        state: PlaybackState,
        *,
        countdown_s: int | None = None,
        reason: EndReason | PauseReason | None = None,
    ) -> None:
        self.state = state
        clock = self._player.clock
        self._send(
            build_state(
                state,
                self._player.position_s,
                rate=clock.rate,
                loop=clock.loop,
                countdown_s=countdown_s,
                reason=reason,
            )
        )

    def _expect(self, what: str, *states: PlaybackState) -> None:
        if self.state not in states:
            raise OutOfOrder(f"{what}: expected state {' or '.join(states)}, it is {self.state}")
