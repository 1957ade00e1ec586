"""The other end of a WebSocket: the messages of `control` and `scores`, and the socket's life."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import Literal

from rtc_server.latest import Closed
from rtc_server.metrics import Metrics
from rtc_server.protocol.inbox import Inbox
from rtc_server.protocol.score_message import ScoreMessage
from rtc_server.protocol.server_messages import EndReason, ServerControlMessage, to_json
from rtc_server.token_bucket import RateLimit, TokenBucket
from rtc_server.websocket.close_codes import CLOSINGS, Closing, Violation
from rtc_server.websocket.outbox import Outbox, Signal
from rtc_server.websocket.socket import Socket

logger = logging.getLogger(__name__)

MAX_QUEUED_MESSAGES = 64
# Frames of all kinds. A page sends 7 a second; whoever sends more is read more slowly, so that the
# rest waits at the sender's end.
FRAME_LIMIT = RateLimit(150, 300)
SLOW_READ_S = 0.02
# Webcam pictures: six times as many as a page sends, as many as a camera takes.
PICTURE_LIMIT = RateLimit(30, 60)
PING_S = 0.5  # a connection without a packet for a second counts as silent
DELIVERY_S = 5.0  # for a control message; after that the learner does not hear us
LINGER_S = 2.0  # for the client to read why it is cut off, before the connection is reset


class SocketPeer:
    """The connection to one learner. `serve` runs as long as the socket is open."""

    def __init__(
        self,
        socket: Socket,
        metrics: Metrics,
        now: Callable[[], float],
        on_picture: Callable[[bytes, float], None],
    ) -> None:
        """:param on_picture: takes a binary message and when it came; raises `Violation`."""
        self._socket = socket
        self._metrics = metrics
        self._now = now
        self._on_picture = on_picture
        self._outbox = Outbox(now)
        self._frames = TokenBucket(FRAME_LIMIT, now())
        self._pictures = TokenBucket(PICTURE_LIMIT, now())
        self._changed = asyncio.Event()
        self._gone = asyncio.Event()  # the client has closed, too, or is gone
        self._violation: Closing | None = None
        self._too_many = 0
        self.inbox = Inbox(MAX_QUEUED_MESSAGES, now, self._on_message_dropped)
        self.checked = asyncio.Event()  # the handshake shows that the learner is there
        self.checked.set()
        self.channels_open = asyncio.Event()  # the learner has sent something
        self.disconnected = asyncio.Event()
        self.scores_lost = 0
        self.pictures_lost = 0

    @property
    def stage(self) -> Literal["offered", "checked", "connected"]:
        """Who has sent nothing yet only claims a place."""
        return "connected" if self.channels_open.is_set() else "checked"

    @property
    def break_reason(self) -> EndReason:
        return "lost" if self._violation is None else "misuse"

    @property
    def packets_received(self) -> int:
        return self._socket.frames_received

    @property
    def refused(self) -> int:
        return self.inbox.refused + self._too_many

    async def wait_until_open(self) -> bool:
        """Wait for the learner's first message; False: the connection is closed."""
        while not self.channels_open.is_set():
            if self.disconnected.is_set():
                return False
            await self._change()
        return True

    async def next_message(self) -> str | bytes:
        """Wait for the next control message.

        :raises Closed: the socket is closed and all its messages are read.
        """
        while (message := self.inbox.pop()) is None:
            if self.disconnected.is_set():
                raise Closed
            await self._change()
        return message

    async def run_restarts(self) -> None:
        """There are none: another socket is another session."""

    def send_control(self, message: ServerControlMessage) -> None:
        """Send in order; a client that does not take it in time is gone."""
        if not self._outbox.put_control(to_json(message)):
            self._disconnect()

    def send_score(self, message: ScoreMessage) -> bool:
        """Send the newest score as soon as the client takes one; False: one was lost."""
        free = self._outbox.put_score(to_json(message), message.get("dancer", 0))
        self.scores_lost += not free
        return free

    def send_picture(self, picture: bytes) -> None:
        """Send the newest picture as soon as the client takes one."""
        self.pictures_lost += not self._outbox.put_picture(picture)

    async def close(self, timeout_s: float, reason: EndReason) -> bool:
        """Send what waits and how it ended, then close.

        :return: False if the client did not confirm within `timeout_s`.
        """
        self._outbox.close(self._violation or CLOSINGS[reason])
        linger_s = timeout_s if self._violation is None else LINGER_S
        try:
            async with asyncio.timeout(linger_s):
                await self._gone.wait()
        except TimeoutError:
            logger.info("the client's WebSocket did not close within %s s", linger_s)
            return False
        finally:
            self._socket.abort()
        return self._socket.closed_by_both

    async def serve(self) -> None:
        """Read and write until the client has closed, is gone, or was cut off."""
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(self._write()), group.create_task(self._ping())]
                await self._read()
                self._disconnect()
                for task in tasks[1:] if self._violation else tasks:
                    task.cancel()
                if self._violation:
                    await self._socket.wait_until_gone()
                    tasks[0].cancel()
        finally:
            self._disconnect()
            self._gone.set()

    async def _read(self) -> None:
        """Take messages until the client closes or breaks the rules."""
        try:
            while (message := await self._socket.receive()) is not None:
                if not self._frames.take(self._now()):
                    self._too_many += 1
                    self._on_message_dropped("rate")
                    await asyncio.sleep(SLOW_READ_S)
                elif isinstance(message, str):
                    self._open()
                    self.inbox.put(message)
                    self._changed.set()
                elif self._pictures.take(self._now()):
                    self._on_picture(message, self._now())
                    self._open()
                else:
                    self._too_many += 1
                    self._metrics.webcam_frames_refused.labels(reason="rate").inc()
        except Violation as violation:
            self._violation = violation.closing
            label = f"websocket_{violation.closing.code}"
            self._metrics.sessions_cut_off.labels(reason=label).inc()
            logger.warning("a learner is cut off: %s", violation)

    async def _write(self) -> None:
        """Send what the outbox has, in its order; the last is how the socket closes."""
        with contextlib.suppress(ConnectionError):  # reading ends, too
            while True:
                match item := await self._outbox.next():
                    case Signal.PING:
                        await self._socket.send_ping()
                    case Closing():
                        await self._socket.send_close(item)
                        return
                    case str() | bytes():
                        await self._socket.send(item)
                self._outbox.done(item)

    async def _ping(self) -> None:
        """Let the client's side answer, and see whether it takes what is sent."""
        while True:
            await asyncio.sleep(PING_S)
            self._outbox.put_ping()
            since_s = self._outbox.waits_since_s
            if since_s is not None and self._now() - since_s > DELIVERY_S:
                logger.info("a learner's WebSocket takes nothing for %s s", DELIVERY_S)
                self._disconnect()

    def _open(self) -> None:
        if not self.channels_open.is_set():
            self.channels_open.set()
            self._changed.set()

    def _disconnect(self) -> None:
        self.disconnected.set()
        self._changed.set()

    async def _change(self) -> None:
        self._changed.clear()
        await self._changed.wait()

    def _on_message_dropped(self, reason: str) -> None:
        self._metrics.messages_dropped.labels(reason=reason).inc()
