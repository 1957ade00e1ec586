"""What every headless learner does, whatever its connection is: it says and hears the protocol."""

from __future__ import annotations

import asyncio
import json
import logging
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Any

from rtc_server import PROTOCOL, __version__
from rtc_server.client.cameras import CameraTrack, EchoCameraTrack, FileCameraTrack
from rtc_server.client.clock_pings import ClockPings
from rtc_server.client.device import THIS_DEVICE, Device
from rtc_server.client.options import LearnerOptions
from rtc_server.client.outcome import Outcome
from rtc_server.client.script import Script
from rtc_server.protocol.server_messages import to_json

logger = logging.getLogger(__name__)

SILENCE_TIMEOUT_S = 6.0  # three pings without an answer: the session is lost
BREAKS = ("vanished", "lost", "failed", "replaced")  # reasons of an end that nobody asked for
MAX_UNREAD_MESSAGES = 256


class Participant(ABC):
    """One session from its beginning to its end; `follow` does all of it."""

    def __init__(
        self,
        options: LearnerOptions,
        device: Device = THIS_DEVICE,
        previous: Participant | None = None,
    ) -> None:
        """:param previous: the participant whose session is to be resumed."""
        self._options = options
        self._device, self._now = device, device.now
        self._inbox: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()
        self._pings = ClockPings(self._now)
        self._started = False
        self._script: Script = previous._script if previous else Script(options.script)
        self._state_received = asyncio.Event()
        self._resume = previous.session if previous else None
        self.session: str | None = None
        self.is_session_gone = False  # the server has said that it does not know it any more
        self.outcome: Outcome = previous.outcome if previous else Outcome(options.lesson)

    @abstractmethod
    async def _connect(self, camera: CameraTrack | None) -> None:
        """Begin a session with this camera.

        :raises SessionFailed: the server refused, or could not be reached.
        """

    @abstractmethod
    def _work(self, camera: CameraTrack | None) -> Sequence[Coroutine[Any, Any, None]]:
        """What runs during the session besides the messages."""

    @abstractmethod
    async def _disconnect(self) -> None:
        """Close what is open."""

    @abstractmethod
    def _send_text(self, text: str) -> None:
        """Send a message, if the connection is open."""

    @abstractmethod
    def _show_state(self, state: Mapping[str, Any]) -> None:
        """Show on the screen what the server says that is played."""

    async def follow(self) -> Outcome:
        """Take part in the whole lesson.

        :raises SessionFailed: the server refused, or could not be reached.
        :raises BadVideo: the camera's file cannot be played.
        """
        began_s = self._now()
        camera = self._open_camera()
        if camera is not None:
            camera.dancers = self._options.dancers or 1
        try:
            await self._connect(camera)
            self._note_connected(round((self._now() - began_s) * 1000, 1))
            async with asyncio.TaskGroup() as tasks:
                work = [*self._work(camera), self._send_pings(), self._send_script()]
                jobs = [tasks.create_task(job) for job in work]
                await self._handle_messages()
                for job in jobs:
                    job.cancel()
        finally:
            if camera is not None:
                camera.stop()
            await self._disconnect()
        return self.outcome

    def leave(self) -> None:
        """Say goodbye to the server; `follow` returns soon."""
        self._send({"type": "bye"})

    def _note_connected(self, connect_ms: float) -> None:
        """Record a new connection in the outcome; its end is not known yet."""
        outcome = self.outcome
        if outcome.connect_ms is None:
            outcome.connect_ms = connect_ms
        else:
            outcome.reconnects += 1
        outcome.ended, outcome.reason, outcome.summary = "unclean", None, None

    def _open_camera(self) -> CameraTrack | None:
        if self._options.camera == "instructor":
            return EchoCameraTrack(self._now, self._options.echo_delay_ms / 1000)
        return FileCameraTrack(Path(self._options.camera), self._now)

    async def _handle_messages(self) -> None:
        self._send({"type": "hello", "protocol": PROTOCOL, "client": f"tandem-py/{__version__}"})
        if latency_ms := self._options.camera_latency_ms:
            self._send({"type": "camera", "latency_ms": latency_ms})
        outcome = self.outcome
        async for message in self._messages():
            match message:
                case {"type": "welcome", "session": session}:
                    self._on_session(session)
                case {"type": "state"}:
                    self._on_state(message)
                case {"type": "pong"}:
                    self._pings.on_pong(message)
                case {"type": "score"}:
                    self._on_score(message)
                case {"type": "summary"}:
                    outcome.summary = message
                case {"type": "error"}:
                    outcome.errors.append(message)
                case _:
                    self._on_other(message)
            self._device.on_message(message)
        if outcome.reason not in (None, *BREAKS) and outcome.summary is not None:
            outcome.ended = "clean"

    def _on_state(self, state: dict[str, Any]) -> None:
        self._script.on_state(self._now(), state)
        self._state_received.set()
        self._show_state(state)
        if state["state"] == "ready":
            self._on_ready()
        elif state["state"] == "ended":
            self.outcome.reason = state.get("reason")

    def _on_ready(self) -> None:
        """The lesson can begin."""
        self._start()

    def _on_other(self, message: dict[str, Any]) -> None:  # noqa: B027  # most do nothing
        """A message that is not every session's."""

    def _on_score(self, score: dict[str, Any]) -> None:
        self.outcome.scores.append(score)

    def _start(self) -> None:
        """Begin the lesson; only the first call counts."""
        if self._started or self._options.class_code is not None:
            return  # in a class its teacher begins
        self._started = True
        if self._options.rate != 1.0:
            self._send({"type": "rate", "rate": self._options.rate})
        self._send({"type": "start"})

    async def _send_script(self) -> None:
        """Send the script's messages, each at its lesson position."""
        while not self._script.done:
            due_s = self._script.due_s()
            self._state_received.clear()
            try:
                async with asyncio.timeout(None if due_s is None else due_s - self._now()):
                    await self._state_received.wait()
            except TimeoutError:
                self._send(self._script.take())

    async def _send_pings(self) -> None:
        while True:
            self._send(self._pings.next_ping())
            await asyncio.sleep(self._pings.interval_s)

    async def _messages(self) -> AsyncIterator[dict[str, Any]]:
        """Messages until the server closes, or sends none for SILENCE_TIMEOUT_S."""
        while True:
            try:
                async with asyncio.timeout(SILENCE_TIMEOUT_S):
                    message = await self._inbox.get()
            except TimeoutError:
                return
            if message is None:
                return
            yield message

    def _on_session(self, session: str) -> None:
        """The server has said which session this is."""
        self.session = session

    def _send(self, message: Mapping[str, Any]) -> None:
        self._send_text(to_json(message))

    def _on_text(self, text: str | bytes) -> None:
        try:
            message = json.loads(text)
        except ValueError:
            logger.warning("not JSON from the server: %r", text[:80])
            return
        if not isinstance(message, dict) or self._inbox.qsize() >= MAX_UNREAD_MESSAGES:
            self.outcome.messages_lost += 1
        else:
            self._inbox.put_nowait(message)

    def _on_session_gone(self) -> None:
        self.is_session_gone = True
        self._on_disconnect()

    def _on_disconnect(self) -> None:
        if self._inbox.qsize() <= MAX_UNREAD_MESSAGES:
            self._inbox.put_nowait(None)
