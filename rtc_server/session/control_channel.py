"""What a learner says on `control`, obeyed in turn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rtc_server.errors import BadMessage, OutOfOrder
from rtc_server.metrics import Metrics
from rtc_server.pose.camera_latency import CameraLatencyCheck
from rtc_server.protocol.client_messages import (
    Bye,
    Calibrate,
    CameraLatency,
    ControlMessage,
    Hello,
    Ping,
    PlayheadReport,
    parse_control,
)
from rtc_server.protocol.server_messages import WelcomeMessage, build_error, build_pong
from rtc_server.session.heartbeat import Heartbeat
from rtc_server.session.playback import Playback
from rtc_server.webrtc.downlink import Downlink
from rtc_server.webrtc.jitter_buffer import choose_gap_wait_s
from rtc_server.webrtc.latest import Closed
from rtc_server.webrtc.peer import Peer
from rtc_server.webrtc.uplink import Uplink


@dataclass(frozen=True, slots=True)
class Control:
    """Who is told what of a learner's messages; they come from `peer` and are answered there."""

    peer: Peer
    playback: Playback
    up: Uplink
    down: Downlink
    arms: CameraLatencyCheck
    heartbeat: Heartbeat
    metrics: Metrics
    now: Callable[[], float]
    welcome: WelcomeMessage  # the answer to `hello`

    async def obey(self) -> None:
        """Until the channel closes; what is wrong with a message is told, and nothing ends."""
        try:
            while True:
                text = await self.peer.next_message()
                heard_s = self.now()
                self.heartbeat.spoke()
                try:
                    self._take(parse_control(text), heard_s)
                except (BadMessage, OutOfOrder) as error:
                    self.metrics.bad_messages.inc()
                    self.peer.send_control(build_error(error.code, str(error)))
        except Closed:  # and no word of it before
            self.playback.end("lost")

    def _take(self, message: ControlMessage | None, arrived_s: float) -> None:
        match message:
            case None:
                pass  # a type that this version does not know
            case Hello():
                self.peer.send_control(self.welcome)
            case Ping(t0_ms, rtt_ms, wall_ms):
                self.up.capture_clock.pinged(t0_ms, arrived_s, rtt_ms, wall_ms)
                if rtt_ms is not None:
                    self.up.jitter_buffer.gap_wait_s = choose_gap_wait_s(rtt_ms)
                self.peer.send_control(build_pong(t0_ms, arrived_s * 1000, self.now() * 1000))
            case PlayheadReport(rtp, shown_ms, _, sent_ms):
                if sent_ms is not None:
                    self.up.capture_clock.told(sent_ms, arrived_s)
                self.down.on_frame_shown(rtp, shown_ms)
            case CameraLatency(latency_ms):
                self.up.capture_clock.camera_ms = latency_ms
            case Calibrate():
                self.arms.begin(message, self.playback.state)
            case Bye():
                self.playback.end("left")
            case _:  # the type checker knows: what is left is a PlaybackCommand
                self.playback.handle(message)
