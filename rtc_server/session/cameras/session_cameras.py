"""The phones of one session: they come, become the camera, and go.

The lesson waits while the camera that counts sends no picture, and goes on once it shows somebody.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass

from rtc_server.errors import TooManyOffers, UnknownSession
from rtc_server.metrics import Metrics
from rtc_server.protocol.camera_messages import (
    CameraStatus,
    PhoneState,
    build_camera_status,
    build_framing,
)
from rtc_server.protocol.client_messages import CameraChoice
from rtc_server.protocol.score_message import ScoreMessage
from rtc_server.protocol.server_messages import (
    CalibratedMessage,
    EndReason,
    StateMessage,
    SummaryMessage,
    WelcomeMessage,
    build_error,
    build_state,
)
from rtc_server.session.cameras.camera_switch import CameraSwitch
from rtc_server.session.cameras.errors import CameraReplaced, NoPairing
from rtc_server.session.cameras.phone import Phone
from rtc_server.session.cameras.phone_channel import PhoneChannel
from rtc_server.session.connection import SessionConnection
from rtc_server.session.heartbeat import Heartbeat
from rtc_server.session.playback import Playback
from rtc_server.token_bucket import RateLimit, TokenBucket
from rtc_server.webrtc.offers.offer import check_offer

logger = logging.getLogger(__name__)

CHECK_S = 0.5
CLOSE_S = 0.5  # for a phone that is not the camera any more
ANOTHER_PHONE = "another phone is the camera now"
PHONE_LIMIT = RateLimit(0.2, 8)  # phones that connect to one session, or come back


@dataclass(frozen=True, slots=True)
class CameraOffer:
    """What a phone sends to become the camera."""

    id: str  # of the phone, with which it may come back
    sdp: str
    address: str  # of its HTTP client
    is_back: bool = False  # it was the camera before


class SessionCameras:
    """Owns the phones' tasks; what the session looks at is in `switch`."""

    def __init__(
        self,
        connection: SessionConnection,
        playback: Playback,
        heartbeat: Heartbeat,
        metrics: Metrics,
        connect_timeout_s: float,
        welcome: WelcomeMessage,
    ) -> None:
        """:param connection: to the screen, with or without a camera.
        :param welcome: what a phone gets for its `hello`, with its own id.
        """
        self.switch = CameraSwitch(connection.uplink)
        self._peer, self._opening = connection.peer, connection.cameras
        self._playback = playback
        self._heartbeat, self._metrics = heartbeat, metrics
        self._connect_timeout_s = connect_timeout_s
        self._welcome = welcome
        self._now = asyncio.get_running_loop().time
        self._open: list[Phone] = []  # whose connections are to be closed
        self._joining: Phone | None = None
        self._last_id = ""  # of the phone that became the camera last
        self._gone: PhoneState = "none"  # how the last phone went
        self._status: CameraStatus | None = None  # as sent
        self._state: StateMessage | None = None
        self._aspect: float | None = None
        self._arrivals = TokenBucket(PHONE_LIMIT, self._now())
        self._group: asyncio.TaskGroup | None = None
        playback.on_state = self._on_state

    async def run(self) -> None:
        """Serve phones, and look after the camera that counts, until cancelled."""
        async with asyncio.TaskGroup() as self._group:
            try:
                while True:
                    await asyncio.sleep(CHECK_S)
                    self._check()
            finally:
                self._group = None  # no phone comes any more

    async def add(self, order: CameraOffer) -> str:
        """Let a phone connect; it is the camera once it has. Return the answer to its offer.

        :raises CameraReplaced: it comes back, and another phone is the camera by now.
        :raises NoPairing: the session is one over a WebSocket.
        :raises TooManyOffers: of this session's phones.
        :raises BadOffer, UnfitOffer: SDP that cannot be read, or lacks what a camera needs.
        :raises UnknownSession: the session ends.
        """
        if self._opening is None:
            raise NoPairing("expected a session over WebRTC, got one over a WebSocket")
        offer = check_offer(order.sdp, "camera")
        if order.is_back and self._last_id not in ("", order.id):
            raise CameraReplaced(ANOTHER_PHONE)
        if not self._arrivals.take(self._now()):
            raise TooManyOffers("expected a phone now and then, got many; try again in a moment")
        screen = self.switch.own.capture_clock.offset
        connection, answer = await self._opening.connect(offer, order.address, screen)
        if self._group is None:
            await connection.peer.close()
            raise UnknownSession("expected the id of a running session; this one has just ended")
        if self._joining is not None:
            self._joining.end("replaced")
        self._joining = phone = Phone(order.id, connection, self._now)
        self._open.append(phone)
        self._group.create_task(self._serve(phone))
        self._tell_status()
        return answer

    def use(self, source: CameraChoice) -> None:
        """The screen wants this camera to count."""
        if source == "own" and not self.switch.own.has_camera:
            self._peer.send_control(
                build_error("no_camera", "the screen has no camera of its own in this session")
            )
            return
        self.switch.use = source
        self._check()

    def describe(self) -> dict[str, object]:
        """For `GET /api/sessions/{id}`."""
        return {**self.switch.describe(), "phone": self._phone_state}

    def on_sample(self, message: ScoreMessage, aspect: float) -> None:
        """The camera that counts was looked at: tell the phone, and go on if somebody is there.

        :param aspect: width / height of the picture.
        """
        self._aspect = aspect
        if (phone := self.switch.active_phone) is not None:
            phone.peer.send_news(build_framing(message.get("framing"), message["pose"]))
        if self.switch.has_camera and any(joint[2] for joint in message["pose"]):
            self._playback.stop_waiting("camera")

    def on_calibrated(self, message: CalibratedMessage) -> None:
        """A check has ended: the device whose camera it was remembers the result."""
        if (phone := self.switch.active_phone) is not None:
            phone.peer.send_control(message)

    async def close(
        self, timeout_s: float, reason: EndReason, summary: SummaryMessage | None
    ) -> None:
        """The session has ended, and `run` was cancelled: send phones the summary, and close."""
        for phone in self._open:
            if phone is self.switch.phone and summary is not None:
                phone.peer.send_control(summary)
            phone.uplink.update_metrics(self._metrics)
        await asyncio.gather(*(phone.peer.close(timeout_s, reason) for phone in self._open))

    async def _serve(self, phone: Phone) -> None:
        """Serve a phone until it goes. If the session ends first, `close` does the rest."""
        channel = PhoneChannel(phone, self._playback, self._welcome, self._now, self._check)
        reason: EndReason = "failed"
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [
                    group.create_task(phone.uplink.receive_frames()),
                    group.create_task(
                        channel.run(self._connect_timeout_s, lambda: self._on_connected(phone))
                    ),
                ]
                reason = await phone.ended
                for task in tasks:
                    task.cancel()
        except Exception:  # of any kind: it would end the session
            logger.exception("a phone's connection failed")
        self._on_gone(phone, reason)
        if reason == "replaced":
            phone.peer.send_control(build_error("camera_replaced", ANOTHER_PHONE))
        phone.peer.send_control(build_state("ended", 0.0, rate=1.0, loop=None, reason=reason))
        await phone.peer.close(CLOSE_S, reason)
        self._open.remove(phone)

    def _on_connected(self, phone: Phone) -> None:
        """A phone's channel is open: from now on it is the camera."""
        if self._joining is phone:
            self._joining = None
        if (before := self.switch.phone) is not None:
            before.end("lost" if before.id == phone.id else "replaced")
        self.switch.phone, self.switch.use, self._last_id = phone, "phone", phone.id
        self._metrics.phones.labels(how="connected").inc()
        if self._state is not None:
            phone.peer.send_control(self._state)
        self._check()

    def _on_gone(self, phone: Phone, reason: EndReason) -> None:
        self._metrics.phones.labels(how=reason).inc()
        phone.uplink.update_metrics(self._metrics)
        if self._joining is phone:
            self._joining = None
        if self.switch.phone is phone:
            self.switch.phone = None
            self._gone = "left" if reason == "left" else "lost"
            if reason == "left" and self.switch.own.has_camera:
                self.switch.use = "own"
                self._wait()
        self._check()

    def _check(self) -> None:
        """Look whether the camera sends pictures; say so, and wait where it does not."""
        for phone in self._open:
            phone.check()
        if not self.switch.has_camera:
            self._wait()
        self._tell_status()

    def _wait(self) -> None:
        if "camera" not in self._playback.missing:
            self._playback.wait_for("camera", self._heartbeat.last_lesson_s)

    def _on_state(self, message: StateMessage) -> None:
        self._state = message
        if self.switch.phone is not None:
            self.switch.phone.peer.send_control(message)
        if message["state"] == "playing" and not self.switch.has_camera:
            asyncio.get_running_loop().call_soon(self._check)

    @property
    def _phone_state(self) -> PhoneState:
        phone = self.switch.phone or self._joining
        return self._gone if phone is None else phone.state

    def _tell_status(self) -> None:
        """Say which camera counts where that has changed; nothing where no phone ever came."""
        state, source = self._phone_state, self.switch.source
        problem = self.switch.problem if state == "refused" else ""
        phone = self.switch.active_phone
        aspect, latency_ms = (None, None) if phone is None else (self._aspect, phone.latency_ms)
        status = build_camera_status(source, state, problem or None, aspect, latency_ms)
        is_usual = self._status is None and (source, state) == ("own", "none")
        if is_usual or status == self._status:
            return
        self._status = status
        self._peer.send_control(status)
        if self.switch.phone is not None:
            self.switch.phone.peer.send_control(status)
