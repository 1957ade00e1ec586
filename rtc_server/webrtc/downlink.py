"""What goes down to a learner: the instructor's picture and sound, and what of them was shown."""

from __future__ import annotations

from aiortc import RTCRtpSender

from rtc_server.lessons.codecs import VideoCodec
from rtc_server.lessons.store import Lesson
from rtc_server.sync.player import Player
from rtc_server.sync.playhead import Playhead, SentFrames
from rtc_server.webrtc import aiortc_internals
from rtc_server.webrtc.annotated_track import AnnotatedVideoTrack
from rtc_server.webrtc.audio_track import InstructorAudioTrack, sounds_of
from rtc_server.webrtc.negotiation import OutgoingTracks
from rtc_server.webrtc.video_track import InstructorVideoTrack, pictures_of


class Downlink:
    """One lesson's tracks for one learner, as the player has them."""

    def __init__(self, lesson: Lesson, player: Player, *, annotated: bool) -> None:
        """:param annotated: send the webcam's picture back with the pose on it, too."""
        self._lesson = lesson
        self._player = player
        self._sent = SentFrames()
        self._video = InstructorVideoTrack(player, self._sent)
        self.annotated = AnnotatedVideoTrack(player.now) if annotated else None
        self.playhead = Playhead()

    def tracks(self) -> OutgoingTracks:
        """What to send.

        :raises BrokenLesson: the lesson's audio cannot be read.
        """
        audio = InstructorAudioTrack(self._player, sounds_of(self._lesson))
        return OutgoingTracks(self._video, audio, self.annotated)

    def start(self, sender: RTCRtpSender, codec: VideoCodec) -> None:
        """Send the video in the negotiated codec, and listen to the receiver's reports on it.

        :raises BrokenLesson: the lesson's video cannot be read.
        """
        self._video.sender = sender
        self._video.pictures = pictures_of(self._lesson, codec)
        aiortc_internals.on_feedback(sender, self._video)

    def shown(self, rtp: int, shown_ms: float) -> None:
        """The frame of this RTP timestamp was on the screen at that time of the client's clock."""
        if (frame := self._sent.find(rtp)) is not None:
            self.playhead.observe(shown_ms, frame)

    def figures(self) -> dict[str, object]:
        """How it goes, for `GET /api/sessions/{id}`."""
        return {
            "low_bit_rate": self._video.quality.low,
            "bit_rate_changes": self._video.quality.changes,
            "key_frames_on_request": self._video.keys_given,
        }
