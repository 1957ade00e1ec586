"""The messages of a phone on `control`, handled in their order."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from rtc_server.errors import BadMessage, OutOfOrder
from rtc_server.latest import Closed
from rtc_server.protocol.client_messages import (
    Bye,
    CameraProblem,
    ControlMessage,
    Hello,
    Ping,
    SetCameraLatency,
    Stop,
    parse_control,
)
from rtc_server.protocol.server_messages import WelcomeMessage, build_error
from rtc_server.session.cameras.phone import Phone
from rtc_server.session.ping import answer_ping
from rtc_server.session.playback import Playback


@dataclass(frozen=True, slots=True)
class PhoneChannel:
    """Receives messages of a phone, passes each to the part that it concerns, and answers."""

    phone: Phone
    playback: Playback
    welcome: WelcomeMessage  # without the phone's id
    now: Callable[[], float]
    on_change: Callable[[], None]  # the phone says something about its camera

    async def run(self, connect_timeout_s: float, on_connected: Callable[[], None]) -> None:
        """Wait for the phone, then handle its messages; its `ended` says why that is over."""
        peer = self.phone.peer
        try:
            async with asyncio.timeout(connect_timeout_s):
                if not await peer.wait_until_open():
                    raise TimeoutError
        except TimeoutError:
            self.phone.end("never connected")
            return
        on_connected()
        try:
            while True:
                text = await peer.next_message()
                received_s = self.now()
                try:
                    self._handle(parse_control(text), received_s)
                except (BadMessage, OutOfOrder) as error:
                    peer.send_control(build_error(error.code, str(error)))
        except Closed:  # it sent no `bye`
            self.phone.end(peer.break_reason)

    def _handle(self, message: ControlMessage | None, received_s: float) -> None:
        phone = self.phone
        match message:
            case None:
                pass  # a type that this version does not know
            case Hello():
                phone.peer.send_control({**self.welcome, "session": phone.id})
            case Ping():
                answer_ping(message, received_s, phone.uplink, phone.peer, self.now)
            case SetCameraLatency(latency_ms):
                phone.latency_ms = phone.uplink.capture_clock.camera_latency_ms = latency_ms
                self.on_change()
            case CameraProblem(problem):
                phone.problem = problem
                self.on_change()
            case Stop():
                self.playback.end("stopped")
            case Bye():
                phone.end("left")
            case _:
                raise OutOfOrder(
                    "expected hello, ping, camera, stop or bye of a phone that is the camera, "
                    f"got {type(message).__name__.lower()}"
                )
