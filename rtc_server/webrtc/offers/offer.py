"""An SDP offer as a session needs it: checked, and written so that aiortc can answer it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from aiortc import RTCIceCandidate
from aiortc.sdp import DIRECTIONS, MediaDescription, SessionDescription

from rtc_server.errors import UnfitOffer
from rtc_server.webrtc.offers.bundle import (
    complete_bundled_sections,
    is_in_use,
    list_bundled_mids,
)
from rtc_server.webrtc.offers.candidates import MAX_CANDIDATES
from rtc_server.webrtc.offers.checks import check_description
from rtc_server.webrtc.offers.formats import has_usable_format, prepare_formats
from rtc_server.webrtc.offers.limits import parse_description
from rtc_server.webrtc.offers.rejected import OfferedLine, leave_out_rejected, list_lines
from rtc_server.webrtc.offers.sections import (
    Section,
    attribute_of,
    join_sections,
    split_sections,
)
from rtc_server.webrtc.offers.senders import Sender

SENDING = ("sendonly", "sendrecv")  # directions of the client, in its offer
RECEIVING = ("recvonly", "sendrecv")
CANDIDATE_LINES = ("a=candidate:", "a=end-of-candidates")
CODECS = "in VP8, or in H.264 with packetization-mode=1 and profile-level-id=42…1f"


@dataclass(frozen=True, slots=True)
class Offer:
    """An offer that `check_offer` accepts."""

    sdp: str  # without candidates, which `Trickle` adds, and without the lines that are rejected
    lines: Sequence[MediaDescription]  # without those that are rejected
    # The mids that share one transport. It is that of the first of them; rejected ones come last.
    bundle: Sequence[str]
    candidates: Sequence[RTCIceCandidate]  # each with the mid of its line
    is_complete: bool  # no more candidates will come
    offered: Sequence[OfferedLine] = field(default=())  # all lines, for the answer
    sender: Sender = "learner"

    @property
    def mids(self) -> Collection[str | None]:
        """The mid of each line, rejected or not."""
        return {line.rtp.muxId for line in self.lines} | {line.mid for line in self.offered}


def check_offer(sdp: str, sender: Sender = "learner") -> Offer:
    """Parse the offer and check that it has the media lines that its sender needs.

    :raises BadOffer: the text is not SDP.
    :raises UnfitOffer: no line sends video, none receives video, there are no channels, or a line
        lacks what every line must have.
    """
    description = parse_description(sdp)
    bundled = list_bundled_mids(description)
    completed = _complete(sdp, description)
    in_use = [is_in_use(line, bundled) and has_usable_format(line) for line in description.media]
    offered = list_lines(completed, [not used for used in in_use])
    text = leave_out_rejected(completed, offered)
    if text != sdp:
        description = parse_description(completed)
    used = description if all(in_use) else parse_description(text)
    _check_lines(used.media, sender)
    rejected = [line.mid for line in offered if line.is_rejected and line.mid is not None]
    check_description(used, rejected)
    kept = (line for line in text.splitlines() if not line.startswith(CANDIDATE_LINES))
    bundle = sorted(bundled, key=lambda mid: mid in rejected)
    return Offer(
        sdp="".join(f"{line}\r\n" for line in kept),
        lines=used.media,
        bundle=bundle,
        candidates=_list_candidates(description.media, bundle, rejected),
        is_complete=any(line.ice_candidates_complete for line in description.media),
        offered=offered,
        sender=sender,
    )


def _check_lines(lines: Sequence[MediaDescription], sender: Sender) -> None:
    """
    :raises UnfitOffer: a line is missing that this sender needs.
    """
    video = [line for line in lines if line.kind == "video"]
    sends = sender in ("learner", "camera", "encoder")
    if sends and not any(line.direction in SENDING for line in video):
        raise UnfitOffer(
            f"expected a video line (m=video) that sends the webcam {CODECS}, got none"
        )
    receives = sender in ("learner", "screen", "viewer")
    if receives and not any(line.direction in RECEIVING for line in video):
        raise UnfitOffer(
            f"expected a video line that can receive the instructor {CODECS}, got none"
        )
    if all(line.kind == "application" for line in lines):
        raise UnfitOffer("expected a media line (m=video or m=audio), got none that can be used")
    has_channels = sender not in ("encoder", "viewer")
    if has_channels and not any(line.kind == "application" for line in lines):
        raise UnfitOffer(
            "expected the data channels (m=application); open control and scores before the offer"
        )


def _complete(sdp: str, description: SessionDescription) -> str:
    """Write into the sections what aiortc does not find out by itself."""
    session, *sections = split_sections(sdp)
    complete_bundled_sections(sections, description)
    default = next((line for line in session if _is_direction(line)), "a=sendrecv")
    return join_sections([session, *(_complete_section(one, default) for one in sections)])


def _complete_section(section: Section, direction: str) -> Section:
    if section[0].startswith("m=application"):
        return section
    # A line without a direction has that of the session, or else both (RFC 8866, 6.7).
    has_direction = any(_is_direction(line) for line in section)
    return prepare_formats(section if has_direction else [*section, direction])


def _is_direction(line: str) -> bool:
    return attribute_of(line) in DIRECTIONS


def _list_candidates(
    lines: Sequence[MediaDescription], bundle: Sequence[str], rejected: Collection[str]
) -> list[RTCIceCandidate]:
    """The candidates of the transports that will be used.

    Of the lines that are bundled, the first that has candidates has those of all: the others'
    belong to transports that are given up (RFC 9143, 7.3), also if their credentials are the same.

    :raises UnfitOffer: they are too many.
    """
    by_mid = {line.rtp.muxId: line for line in lines}
    used = [line for mid, line in by_mid.items() if mid not in bundle and mid not in rejected]
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
