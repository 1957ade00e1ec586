"""What an SDP offer contains: which media line carries which track, and the video codec."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aiortc import MediaStreamTrack, RTCRtpReceiver, RTCRtpSender
from aiortc.sdp import MediaDescription, SessionDescription

from rtc_server.errors import BadOffer, UnfitOffer, UnknownCodec
from rtc_server.lessons.codecs import VideoCodec, video_codec_for_sdp
from rtc_server.protocol.field_reader import shorten
from rtc_server.protocol.server_messages import MAX_SENT_BYTES

SENDING = ("sendonly", "sendrecv")  # directions of the client, in its offer
RECEIVING = ("recvonly", "sendrecv")


@dataclass(frozen=True, slots=True)
class Answer:
    """The outcome of a negotiation."""

    sdp: str
    video_codec: VideoCodec  # of the instructor's video
    video_sender: RTCRtpSender  # of the instructor's video
    webcam_receiver: RTCRtpReceiver


@dataclass(frozen=True, slots=True)
class OutgoingTracks:
    """What the server sends to one learner."""

    video: MediaStreamTrack
    audio: MediaStreamTrack
    annotated: MediaStreamTrack | None  # the webcam's video with the pose, if asked for


@dataclass(frozen=True, slots=True)
class Placement:
    """The mid (RFC 5888) of the media line that carries each track."""

    webcam: str
    video: str
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


def check_offer(sdp: str) -> list[MediaDescription]:
    """Parse the offer and check that it has the media lines that a session needs.

    :raises BadOffer: the text is not SDP.
    :raises UnfitOffer: no line sends video, none receives video, there are no channels or only for
        small messages, or lines cannot be told apart by their mids.
    """
    try:
        lines = SessionDescription.parse(sdp).media
    except Exception as error:  # aiortc's parser raises exceptions of any kind on bad text
        raise BadOffer(f"expected SDP (RFC 8866), got what cannot be read: {error!r}") from error
    if not sdp.startswith("v=0"):
        raise BadOffer(f"expected SDP that begins with v=0, got {sdp[:20]!r}")
    mids = [line.rtp.muxId for line in lines]
    if "" in mids or len(set(mids)) < len(mids):
        raise UnfitOffer(f"expected an a=mid of its own on each media line, got {mids!r:.100}")
    _check_channels(lines)
    video = _video_lines(lines)
    if not any(line.direction in SENDING for line in video):
        raise UnfitOffer("expected a video line (m=video) that sends the webcam, got none")
    if not any(line.direction in RECEIVING for line in video):
        raise UnfitOffer("expected a video line that can receive the instructor, got none")
    return list(lines)


def _check_channels(lines: Sequence[MediaDescription]) -> None:
    """
    :raises UnfitOffer: there are no channels, or they carry smaller messages than are sent.
    """
    channels = [line for line in lines if line.kind == "application"]
    if not channels:
        raise UnfitOffer(
            "expected the data channels (m=application); open control and scores before the offer"
        )
    for line in channels:
        # Absent means 65536; 0 means any size (RFC 8841, 6.1).
        capabilities = line.sctpCapabilities
        size = MAX_SENT_BYTES if capabilities is None else capabilities.maxMessageSize
        if size != 0 and size < MAX_SENT_BYTES:
            raise UnfitOffer(
                f"expected a=max-message-size of {MAX_SENT_BYTES} or more, or none, "
                f"got {shorten(size)}"
            )


def place_tracks(lines: Sequence[MediaDescription], *, annotated: bool) -> Placement:
    """Choose the line of each track, from an offer that `check_offer` accepts.

    The instructor's video goes to the first video line that only receives, else to the webcam's.

    :raises UnfitOffer: the annotated video is asked for and no line is left to carry it.
    """
    video = _video_lines(lines)
    webcam = next(line for line in video if line.direction in SENDING)
    # Lines that only receive come first; sorting keeps the offer's order otherwise.
    free = sorted(
        (line for line in video if line.direction in RECEIVING),
        key=lambda line: line.direction != "recvonly",
    )
    if annotated and len(free) < 2:
        raise UnfitOffer("expected one more video line that receives, for the annotated video")
    audio = (line for line in lines if line.kind == "audio" and line.direction in RECEIVING)
    return Placement(
        webcam=webcam.rtp.muxId,
        video=free[0].rtp.muxId,
        annotated=free[1].rtp.muxId if annotated else None,
        audio=next((line.rtp.muxId for line in audio), None),
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


def _video_lines(lines: Sequence[MediaDescription]) -> list[MediaDescription]:
    """The video lines that are in use: port 0 means that a line is rejected (RFC 3264, 6)."""
    return [line for line in lines if line.kind == "video" and line.port]
