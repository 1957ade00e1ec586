"""What an SDP offer contains: which media line carries which track, and the video codec."""

from __future__ import annotations

from collections.abc import Mapping
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

DIRECTIONS = {  # of a line, by whether it carries the webcam and whether it carries our track
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

    def outgoing(self, tracks: OutgoingTracks) -> dict[str, MediaStreamTrack]:
        """The track to send on each line, by mid."""
        pairs = (
            (self.video, tracks.video),
            (self.annotated, tracks.annotated),
            (self.audio, tracks.audio),
        )
        return {mid: track for mid, track in pairs if mid is not None and track is not None}


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
    """Set what each line sends and receives; of the learner's media only the webcam is received."""
    outgoing = {} if tracks is None else placement.outgoing(tracks)
    for mid, transceiver in transceivers.items():
        if mid in outgoing:
            track = outgoing[mid]
            transceiver.sender.replaceTrack(track)
            if isinstance(track, EncodedTrack):
                send_encoded(transceiver.sender, track)
        transceiver.direction = DIRECTIONS[mid == placement.webcam, mid in outgoing]
