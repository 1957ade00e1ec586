"""What goes to a learner: the instructor's video and audio, and which frames were shown."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from aiortc import RTCRtpSender
from numpy.typing import NDArray

from rtc_server.lessons.codecs import VideoCodec
from rtc_server.lessons.store import Lesson
from rtc_server.protocol.client_messages import PlayheadReport
from rtc_server.sync.player import Player
from rtc_server.sync.playhead import Playhead, SentFrames
from rtc_server.webrtc import aiortc_internals
from rtc_server.webrtc.annotated_track import AnnotatedVideoTrack
from rtc_server.webrtc.audio_track import InstructorAudioTrack, open_audio_renditions
from rtc_server.webrtc.negotiation import OutgoingTracks
from rtc_server.webrtc.video_track import InstructorVideoTrack, open_video_renditions

# A frame is shown about when it is reported. A time further away is of another clock: the receivers
# of Safari had one until 2026.
MAX_SHOWN_AWAY_MS = 2000.0


class MediaDownlink(Protocol):
    """What a connection, and the session over it, need of what goes to a learner."""

    playhead: Playhead

    def tracks(self) -> OutgoingTracks:
        """The tracks to negotiate."""

    def start(self, sender: RTCRtpSender, codec: VideoCodec) -> None:
        """Send the video in the negotiated codec, and listen to the receiver's reports on it."""

    def on_frame_shown(self, report: PlayheadReport) -> None:
        """The client says which frame was on its screen, and when."""

    def send_annotated(self, image_bgr: NDArray[np.uint8]) -> None:
        """Send a picture, if the learner asked for them; a newer one takes its place."""

    def statistics(self) -> dict[str, object]:
        """The state of the tracks, for `GET /api/sessions/{id}`."""


class Downlink:
    """The outgoing tracks of one session; the player determines what they send, and when."""

    def __init__(self, lesson: Lesson, player: Player, *, annotated: bool) -> None:
        """:param annotated: also send the webcam's video back with the pose drawn on it."""
        self._lesson = lesson
        self._player = player
        self._sent = SentFrames()
        self._video = InstructorVideoTrack(player, self._sent)
        self.annotated = AnnotatedVideoTrack(player.now) if annotated else None
        self.playhead = Playhead()

    def tracks(self) -> OutgoingTracks:
        """The tracks to negotiate.

        :raises BrokenLesson: the lesson's audio cannot be read.
        """
        audio = InstructorAudioTrack(self._player, open_audio_renditions(self._lesson))
        return OutgoingTracks(self._video, audio, self.annotated)

    def start(self, sender: RTCRtpSender, codec: VideoCodec) -> None:
        """Send the video in the negotiated codec, and listen to the receiver's reports on it.

        :raises BrokenLesson: the lesson's video cannot be read.
        """
        self._video.sender = sender
        self._video.renditions = open_video_renditions(self._lesson, codec)
        aiortc_internals.on_feedback(sender, self._video)

    def on_frame_shown(self, report: PlayheadReport) -> None:
        """The client says which frame was on its screen, and when."""
        observe_shown(report, self._sent, self.playhead)

    def send_annotated(self, image_bgr: NDArray[np.uint8]) -> None:
        """Send a picture, if the learner asked for them; a newer one takes its place."""
        if self.annotated is not None:
            self.annotated.frames.put(image_bgr)

    def statistics(self) -> dict[str, object]:
        """The state of the tracks, for `GET /api/sessions/{id}`."""
        return {
            "low_bit_rate": self._video.bitrate.low,
            "bit_rate_changes": self._video.bitrate.changes,
            "key_frames_on_request": self._video.rewinds,
        }


def observe_shown(report: PlayheadReport, sent: SentFrames, playhead: Playhead) -> None:
    """Let the playhead know which of the sent frames a client says to have shown."""
    sent_ms = report.shown_ms if report.sent_ms is None else report.sent_ms
    if abs(report.shown_ms - sent_ms) > MAX_SHOWN_AWAY_MS:
        return
    if (frame := sent.find(report.rtp)) is not None:
        playhead.observe(report.shown_ms, frame, is_displayed=report.is_displayed)
