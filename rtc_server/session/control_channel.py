"""The messages of a learner on `control`, handled in their order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rtc_server.errors import BadMessage, OutOfOrder
from rtc_server.latest import Closed
from rtc_server.metrics import Metrics
from rtc_server.pose.camera_latency import CameraLatencyCheck
from rtc_server.protocol.class_messages import Admit, Refuse, SendCue, SetClassWishes, ShowHand
from rtc_server.protocol.client_messages import (
    Bye,
    Calibrate,
    CameraProblem,
    ControlMessage,
    Hello,
    Ping,
    PlayheadReport,
    SetCameraLatency,
    Stop,
    UseCamera,
    parse_control,
)
from rtc_server.protocol.server_messages import WelcomeMessage, build_error
from rtc_server.session.cameras.session_cameras import SessionCameras
from rtc_server.session.class_seat import ClassSeat
from rtc_server.session.connection import SessionDownlink, SessionPeer, SessionUplink
from rtc_server.session.heartbeat import Heartbeat
from rtc_server.session.ping import answer_ping
from rtc_server.session.playback import Playback


@dataclass(frozen=True, slots=True)
class ControlChannel:
    """Receives messages from `peer`, passes each to the part that it concerns, and answers."""

    peer: SessionPeer
    playback: Playback
    uplink: SessionUplink  # of the same connection
    cameras: SessionCameras
    downlink: SessionDownlink
    camera_check: CameraLatencyCheck
    heartbeat: Heartbeat
    metrics: Metrics
    now: Callable[[], float]
    welcome: WelcomeMessage  # the answer to `hello`
    seat: ClassSeat | None  # in a class

    async def run(self) -> None:
        """Handle messages until the channel closes; the answer to a wrong one is an error."""
        try:
            while True:
                text = await self.peer.next_message()
                received_s = self.now()
                self.heartbeat.on_message()
                try:
                    self._handle(parse_control(text), received_s)
                except (BadMessage, OutOfOrder) as error:
                    self.metrics.messages_refused.inc()
                    self.peer.send_control(build_error(error.code, str(error)))
        except Closed:  # the learner sent no `bye`
            self.playback.end(self.peer.break_reason)

    def _handle(self, message: ControlMessage | None, received_s: float) -> None:
        capture_clock = self.uplink.capture_clock
        match message:
            case None:
                pass  # a type that this version does not know
            case Hello():
                self.peer.send_control(self.welcome)
                if self.seat is not None:
                    self.seat.on_hello()
            case Ping():
                answer_ping(message, received_s, self.uplink, self.peer, self.now)
            case PlayheadReport(sent_ms=sent_ms):
                if sent_ms is not None:
                    capture_clock.on_client_time(sent_ms, received_s)
                self.downlink.on_frame_shown(message)
            case SetCameraLatency(latency_ms):
                capture_clock.camera_latency_ms = latency_ms
            case UseCamera(source):
                self.cameras.use(source)
            case CameraProblem():
                raise OutOfOrder("camera.problem: expected a phone that is the camera")
            case Calibrate():
                self.camera_check.start(message, self.playback.state)
            case ShowHand() | SendCue() | Admit() | Refuse() | SetClassWishes():
                if self.seat is None:
                    raise OutOfOrder("expected a session of a class, got one of a learner alone")
                self.seat.handle(message)
            case Bye():
                self.playback.end("left")
            case _:  # only a PlaybackCommand is left: mypy fails for any other message
                if isinstance(message, Stop) or self.peer.inbox.admit_command():
                    self.playback.handle(message)
