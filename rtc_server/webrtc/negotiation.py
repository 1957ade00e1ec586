"""What an SDP offer contains: which media line carries which track, and the video codec."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiortc import (
    MediaStreamTrack,
    RTCRtpReceiver,
    RTCRtpSender,
    RTCRtpTransceiver,
)
from aiortc.sdp import SessionDescription

from rtc_server.errors import UnfitOffer, UnknownCodec
from rtc_server.lessons.codecs import VideoCodec, video_codec_for_sdp
from rtc_server.webrtc.offers.offer import RECEIVING, SENDING, Offer
from rtc_server.webrtc.packets import EncodedTrack
from rtc_server.webrtc.rtp.aiortc_sender import send_encoded

DIRECTIONS = {  # of a line, by whether it brings media and whether it carries our track
    (True, True): "sendrecv",
    (True, False): "recvonly",
    (False, True): "sendonly",
    (False, False): "inactive",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """The outcome of a negotiation."""

    sdp: str
    video: tuple[RTCRtpSender, VideoCodec] | None  # of the instructor's video; None for a camera
    webcam_receiver: RTCRtpReceiver | None  # None for a screen without a camera
    microphone_receiver: RTCRtpReceiver | None = None  # only of a class's teacher


@dataclass(frozen=True, slots=True)
class IncomingMedia:
    """The camera and the microphone of a live class's teacher, which are their learners'."""

    video: RTCRtpReceiver | None = None
    audio: RTCRtpReceiver | None = None


@dataclass(frozen=True, slots=True)
class OutgoingTracks:
    """What the server sends to one learner."""

    video: MediaStreamTrack
    audio: MediaStreamTrack
    annotated: MediaStreamTrack | None  # the webcam's video with the pose, if asked for


@dataclass(frozen=True, slots=True)
class Placement:
    """The mid (RFC 5888) of the media line that carries each track."""

    webcam: str | None
    video: str | None
    annotated: str | None
    audio: str | None
    microphone: str | None = None

    @property
    def incoming(self) -> tuple[str | None, ...]:
        return self.webcam, self.microphone

    def outgoing(self, tracks: OutgoingTracks) -> dict[str, MediaStreamTrack]:
        """The track to send on each line, by mid."""
        pairs = (
            (self.video, tracks.video),
            (self.annotated, tracks.annotated),
            (self.audio, tracks.audio),
        )
        return {mid: track for mid, track in pairs if mid is not None and track is not None}


def place_lines(offer: Offer, tracks: OutgoingTracks | None) -> Placement:
    """Choose the line of each track, as the offer's sender needs them.

    :raises UnfitOffer: no line is left for a track that is asked for.
    """
    if offer.sender in ("teacher", "encoder"):
        return place_teacher(offer)
    if tracks is None:
        return place_camera(offer)
    return place_tracks(offer, annotated=tracks.annotated is not None)


def place_teacher(offer: Offer) -> Placement:
    """The lines of a live class's teacher: a camera and a microphone, as far as there are some.

    A line that sends is theirs; lines that only receive show them what their learners get.
    """

    def first(kind: str, directions: Sequence[str]) -> str | None:
        lines = (line for line in offer.lines if line.kind == kind and line.direction in directions)
        return next((line.rtp.muxId for line in lines), None)

    return Placement(
        webcam=first("video", SENDING),
        microphone=first("audio", SENDING),
        video=first("video", ("recvonly",)),
        audio=first("audio", ("recvonly",)),
        annotated=None,
    )


def place_camera(offer: Offer) -> Placement:
    """The line of a camera that receives nothing."""
    video = (line for line in offer.lines if line.kind == "video" and line.direction in SENDING)
    return Placement(webcam=next(video).rtp.muxId, video=None, annotated=None, audio=None)


def place_tracks(offer: Offer, *, annotated: bool) -> Placement:
    """Choose the line of each track.

    The instructor's video goes to the first video line that only receives, else to the webcam's.
    A screen may have no line for a webcam.

    :raises UnfitOffer: the annotated video is asked for and no line is left to carry it.
    """
    video = [line for line in offer.lines if line.kind == "video"]
    webcam = next((line for line in video if line.direction in SENDING), None)
    # Lines that only receive come first; sorting keeps the offer's order otherwise.
    free = sorted(
        (line for line in video if line.direction in RECEIVING),
        key=lambda line: line.direction != "recvonly",
    )
    if annotated and len(free) < 2:
        raise UnfitOffer("expected one more video line that receives, for the annotated video")
    audio = [line for line in offer.lines if line.kind == "audio"]
    return Placement(
        webcam=None if webcam is None else webcam.rtp.muxId,
        video=free[0].rtp.muxId,
        annotated=free[1].rtp.muxId if annotated else None,
        audio=next((line.rtp.muxId for line in audio if line.direction in RECEIVING), None),
    )


def first_codec(answer_sdp: str, mid: str) -> VideoCodec:
    """The codec that aiortc will send on a line: the answer's first, in the offer's order.

    :raises UnfitOffer: lessons are not encoded in that codec.
    """
    for line in SessionDescription.parse(answer_sdp).media:
        if line.rtp.muxId == mid:
            try:
                return video_codec_for_sdp(line.rtp.codecs[0].name)
            except UnknownCodec as error:
                raise UnfitOffer(f"first codec of line {mid}: {error}") from error
    raise UnfitOffer(f"expected a line {mid} in the answer, got none")


def assign_tracks(
    transceivers: Mapping[str, RTCRtpTransceiver],
    placement: Placement,
    tracks: OutgoingTracks | None,
) -> None:
    """Set what each line sends and receives; of a learner's media only the webcam is received."""
    outgoing = {} if tracks is None else placement.outgoing(tracks)
    for mid, transceiver in transceivers.items():
        if mid in outgoing:
            track = outgoing[mid]
            transceiver.sender.replaceTrack(track)
            if isinstance(track, EncodedTrack):
                send_encoded(transceiver.sender, track)
        transceiver.direction = DIRECTIONS[mid in placement.incoming, mid in outgoing]
