"""What a session needs of the connection to its learner, be it WebRTC or a WebSocket.

The session is the same for both. `webrtc.connection` and `websocket.connection` fit these protocols
without knowing them; the type checker compares them where `registry` begins a session.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

from rtc_server.latest import Latest
from rtc_server.metrics import Metrics
from rtc_server.pose.scene import Image
from rtc_server.protocol.class_messages import RosterMessage
from rtc_server.protocol.client_messages import PlayheadReport
from rtc_server.protocol.inbox import Inbox
from rtc_server.protocol.score_message import ScoreMessage
from rtc_server.protocol.server_messages import EndReason, ServerControlMessage
from rtc_server.session.admission import Stage
from rtc_server.sync.capture_clock import CaptureClock
from rtc_server.sync.player import Player
from rtc_server.sync.playhead import ScreenPosition
from rtc_server.webcam.webcam_frame import WebcamFrame
from rtc_server.webrtc.camera_connection import CameraOpening


class StateReceiver(Protocol):
    """Who is told what the playback does: a learner, or everybody in a class."""

    @property
    def channels_open(self) -> asyncio.Event:
        """Messages can be sent both ways."""

    def send_control(self, message: ServerControlMessage) -> None:
        """Send reliably, in order."""


class SessionPeer(StateReceiver, Protocol):
    """The other end: what it says, what is said to it, and whether it is still there."""

    scores_lost: int

    @property
    def inbox(self) -> Inbox: ...

    @property
    def stage(self) -> Stage: ...

    @property
    def checked(self) -> asyncio.Event:
        """Something came that only the learner can have sent."""

    @property
    def disconnected(self) -> asyncio.Event: ...

    @property
    def break_reason(self) -> EndReason:
        """Why a session ends whose connection is closed without a `bye`."""

    @property
    def packets_received(self) -> int: ...

    @property
    def refused(self) -> int:
        """How much was refused because the client sends too much."""

    async def wait_until_open(self) -> bool:
        """Wait until messages can be sent; False: the connection is closed or has failed."""

    async def next_message(self) -> str | bytes:
        """Wait for the next control message.

        :raises Closed: the connection is closed and all its messages are read.
        """

    async def run_restarts(self) -> None:
        """Bring ICE restarts to their ends, until cancelled; return where there are none."""

    def send_score(self, message: ScoreMessage | RosterMessage) -> bool:
        """Send now or never; return whether it was sent."""

    async def close(self, timeout_s: float, reason: EndReason) -> bool:
        """Close the connection so that the client learns how the session ended.

        :param timeout_s: how long to wait for the client to confirm.
        :return: False if it did not: it may not have received everything.
        """


class SessionUplink(Protocol):
    """What comes from a learner: the webcam, up to the newest decoded frame."""

    @property
    def frames(self) -> Latest[WebcamFrame]: ...

    @property
    def capture_clock(self) -> CaptureClock: ...

    @property
    def has_camera(self) -> bool:
        """Whether there is one that could send frames now; while there is none, nothing is due."""

    @property
    def problem(self) -> str:
        """Why the last frame that was not decoded was refused; empty if none was."""

    @property
    def frames_skipped(self) -> int:
        """How many frames came that were not decoded, because frames before them are missing."""

    async def receive_frames(self) -> None:
        """Keep the newest decoded frame until the webcam ends."""

    def on_round_trip(self, rtt_ms: float) -> None:
        """The client has measured the round trip."""

    def update_metrics(self, metrics: Metrics) -> bool:
        """Add the frames since the last call to the metrics; return whether there were any."""

    def statistics(self) -> dict[str, int]:
        """What was received and what was lost, for `GET /api/sessions/{id}`."""


class RunRecorder(Protocol):
    """Who has to know where the lesson clock's runs end."""

    def end_run(self, run: int, lesson_s: float, *, last_frame_stays: bool) -> None:
        """Record that nothing past `lesson_s` was played in that run of the lesson clock."""


class SessionPlayhead(RunRecorder, Protocol):
    """What the learner's screen showed at which time of the client's clock."""

    skew_ms: float | None  # the error of the last report
    is_estimate: bool  # the client does not know for certain what it shows

    @property
    def is_known(self) -> bool: ...

    def position_at(self, client_ms: float) -> ScreenPosition | None:
        """None if that is not known, or nothing was playing."""


class SessionDownlink(Protocol):
    """What goes to a learner: the lesson as it is shown, and the webcam with the pose drawn on."""

    @property
    def playhead(self) -> SessionPlayhead: ...

    def on_frame_shown(self, report: PlayheadReport) -> None:
        """The client says which frame was on its screen, and when."""

    def send_annotated(self, image_bgr: Image) -> None:
        """Send a picture, if the learner asked for them; a newer one takes its place."""

    def statistics(self) -> dict[str, object]:
        """The state of what is sent, for `GET /api/sessions/{id}`."""


class SessionConnection(Protocol):
    """The three sides of one connection."""

    @property
    def peer(self) -> SessionPeer: ...

    @property
    def uplink(self) -> SessionUplink: ...

    @property
    def downlink(self) -> SessionDownlink: ...

    @property
    def cameras(self) -> CameraOpening | None:
        """What connects phones that are the camera; None where no phone can be."""


Connect = Callable[[Player], Awaitable[SessionConnection]]
