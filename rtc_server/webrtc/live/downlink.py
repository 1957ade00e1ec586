"""What goes to a learner of a live class: the teacher, and which of their frames were shown."""

from __future__ import annotations

import numpy as np
from aiortc import RTCRtpSender
from numpy.typing import NDArray

from rtc_server.lessons.codecs import VideoCodec
from rtc_server.protocol.client_messages import PlayheadReport
from rtc_server.sync.player import Player
from rtc_server.sync.playhead import Playhead, SentFrames
from rtc_server.webrtc import aiortc_internals
from rtc_server.webrtc.downlink import observe_shown
from rtc_server.webrtc.live.audio_track import LiveAudioTrack
from rtc_server.webrtc.live.source import LiveSource
from rtc_server.webrtc.live.video_track import LiveVideoTrack
from rtc_server.webrtc.negotiation import OutgoingTracks


class LiveDownlink:
    """In place of `webrtc.downlink.Downlink`; it sends nothing before `let_in`."""

    def __init__(self, source: LiveSource, player: Player) -> None:
        self._sent = SentFrames()
        self._video = LiveVideoTrack(source, player, self._sent)
        self._audio = LiveAudioTrack(source, player)
        self.playhead = Playhead()

    def send_all(self) -> None:
        """Every frame goes out, whatever the receiver's network seems to carry."""
        self._video.adapts = False

    def tracks(self) -> OutgoingTracks:
        """The tracks to negotiate."""
        return OutgoingTracks(self._video, self._audio, None)

    def start(self, sender: RTCRtpSender, codec: VideoCodec) -> None:  # noqa: ARG002
        """Listen to the receiver's reports on the video.

        :param codec: the first that was negotiated; frames are sent in the teacher's.
        """
        self._video.sender = sender
        aiortc_internals.on_feedback(sender, self._video)

    def let_in(self) -> None:
        """The learner is admitted: from now on they see and hear the teacher."""
        self._video.let_in()
        self._audio.let_in()

    def on_frame_shown(self, report: PlayheadReport) -> None:
        """The client says which frame was on its screen, and when."""
        observe_shown(report, self._sent, self.playhead)

    def send_annotated(self, image_bgr: NDArray[np.uint8]) -> None:
        """There is no annotated video in a live class."""

    def statistics(self) -> dict[str, object]:
        """The state of the tracks, for `GET /api/sessions/{id}`."""
        return {
            "key_frames_only": self._video.bitrate.low,
            "bit_rate_changes": self._video.bitrate.changes,
            "cuts": self._video.cuts,
            "frames_left_out": self._video.frames_left_out,
            "frames_unsupported": self._video.unsupported,
            "sound_lost": self._audio.lost,
        }
