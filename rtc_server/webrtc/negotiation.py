"""What an SDP offer contains: which media line carries which track, and the video codec."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiortc import (
    MediaStreamTrack,
    RTCIceCandidate,
    RTCRtpReceiver,
    RTCRtpSender,
    RTCRtpTransceiver,
)
from aiortc.sdp import MediaDescription, SessionDescription

from rtc_server.errors import UnfitOffer, UnknownCodec
from rtc_server.lessons.codecs import VideoCodec, video_codec_for_sdp
from rtc_server.webrtc.offers.bundle import (
    complete_bundled_sections,
    is_in_use,
    list_bundled_mids,
)
from rtc_server.webrtc.offers.candidates import MAX_CANDIDATES
from rtc_server.webrtc.offers.checks import check_description
from rtc_server.webrtc.offers.limits import parse_description

SENDING = ("sendonly", "sendrecv")  # directions of the client, in its offer
RECEIVING = ("recvonly", "sendrecv")
DIRECTIONS = {  # of a line, by whether it carries the webcam and whether it carries our track
    (True, True): "sendrecv",
    (True, False): "recvonly",
    (False, True): "sendonly",
    (False, False): "inactive",
}
CANDIDATE_LINES = ("a=candidate:", "a=end-of-candidates")


@dataclass(frozen=True, slots=True)
class Offer:
    """An offer that `check_offer` accepts."""

    sdp: str  # without its candidates: `Trickle` adds those that are to be checked
    lines: Sequence[MediaDescription]
    bundle: Sequence[str]  # the mids that share one transport, that of the first of them
    candidates: Sequence[RTCIceCandidate]  # each with the mid of its line
    is_complete: bool  # no more candidates will come


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


def check_offer(sdp: str) -> Offer:
    """Parse the offer and check that it has the media lines that a session needs.

    :raises BadOffer: the text is not SDP.
    :raises UnfitOffer: no line sends video, none receives video, there are no channels, or a line
        lacks what every line must have.
    """
    description = parse_description(sdp)
    completed = complete_bundled_sections(sdp, description)
    if completed != sdp:
        description = parse_description(completed)
    lines, bundle = description.media, list_bundled_mids(description)
    video = _lines_in_use("video", lines, bundle)
    if not any(line.direction in SENDING for line in video):
        raise UnfitOffer("expected a video line (m=video) that sends the webcam, got none")
    if not any(line.direction in RECEIVING for line in video):
        raise UnfitOffer("expected a video line that can receive the instructor, got none")
    if not _lines_in_use("application", lines, bundle):
        raise UnfitOffer(
            "expected the data channels (m=application); open control and scores before the offer"
        )
    check_description(description)
    kept = (line for line in completed.splitlines() if not line.startswith(CANDIDATE_LINES))
    return Offer(
        sdp="".join(f"{line}\r\n" for line in kept),
        lines=lines,
        bundle=bundle,
        candidates=_list_candidates(lines, bundle),
        is_complete=any(line.ice_candidates_complete for line in lines),
    )


def _list_candidates(
    lines: Sequence[MediaDescription], bundle: Sequence[str]
) -> list[RTCIceCandidate]:
    """The candidates of the transports that will be used.

    Of the lines that are bundled, the first that has candidates has those of all: the others'
    belong to transports that are given up (RFC 8843, 7.3).

    :raises UnfitOffer: they are too many.
    """
    by_mid = {line.rtp.muxId: line for line in lines}
    used = [line for mid, line in by_mid.items() if mid not in bundle]
    shared = (by_mid[mid] for mid in bundle if by_mid[mid].ice_candidates)
    if (first := next(shared, None)) is not None:
        used.append(first)
    candidates: list[RTCIceCandidate] = []
    for line in used:
        for candidate in line.ice_candidates:
            candidate.sdpMid = line.rtp.muxId
            candidates.append(candidate)
    if len(candidates) > MAX_CANDIDATES:
        raise UnfitOffer(f"expected at most {MAX_CANDIDATES} candidates, got {len(candidates)}")
    return candidates


def place_tracks(offer: Offer, *, annotated: bool) -> Placement:
    """Choose the line of each track.

    The instructor's video goes to the first video line that only receives, else to the webcam's.

    :raises UnfitOffer: the annotated video is asked for and no line is left to carry it.
    """
    video = _lines_in_use("video", offer.lines, offer.bundle)
    webcam = next(line for line in video if line.direction in SENDING)
    # Lines that only receive come first; sorting keeps the offer's order otherwise.
    free = sorted(
        (line for line in video if line.direction in RECEIVING),
        key=lambda line: line.direction != "recvonly",
    )
    if annotated and len(free) < 2:
        raise UnfitOffer("expected one more video line that receives, for the annotated video")
    audio = _lines_in_use("audio", offer.lines, offer.bundle)
    return Placement(
        webcam=webcam.rtp.muxId,
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


def _lines_in_use(
    kind: str, lines: Sequence[MediaDescription], bundle: Sequence[str]
) -> list[MediaDescription]:
    return [line for line in lines if line.kind == kind and is_in_use(line, bundle)]


def assign_tracks(
    transceivers: Mapping[str, RTCRtpTransceiver], placement: Placement, tracks: OutgoingTracks
) -> None:
    """Set what each line sends and receives; of the learner's media only the webcam is received."""
    outgoing = placement.outgoing(tracks)
    for mid, transceiver in transceivers.items():
        if mid in outgoing:
            transceiver.sender.replaceTrack(outgoing[mid])
        transceiver.direction = DIRECTIONS[mid == placement.webcam, mid in outgoing]
