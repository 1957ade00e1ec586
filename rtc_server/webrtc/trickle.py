"""Candidates that the client sends after the offer, as SDP fragments (RFC 8840, RFC 9725 4.3)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from aiortc import RTCIceCandidate, RTCPeerConnection
from aiortc.sdp import MediaDescription, candidate_from_sdp

from rtc_server.errors import BadFragment, UnfitFragment

CONTENT_TYPE = "application/trickle-ice-sdpfrag"
MAX_CANDIDATES = 100  # RFC 8445, 19.5.1: limits the number of connectivity checks


@dataclass(frozen=True, slots=True)
class Fragment:
    """The content of one PATCH request."""

    ufrag: str | None  # of the client's ICE session, if the fragment names it
    candidates: tuple[RTCIceCandidate, ...]
    complete: bool  # no more candidates will come


def parse_fragment(text: str) -> Fragment:
    """Parse the media type `application/trickle-ice-sdpfrag`.

    :raises BadFragment: a line is not SDP, or a candidate is malformed or belongs to no media line.
    """
    ufrag, mid, complete = None, None, False
    candidates: list[RTCIceCandidate] = []
    for name, value in _attributes(text):
        match name:
            case "m":
                mid = None  # until its a=mid
            case "mid":
                mid = value
            case "ice-ufrag":
                ufrag = value
            case "candidate":
                candidates.append(_parse_candidate(value, mid))
            case "end-of-candidates":
                complete = True
    if not candidates and not complete and ufrag is None:
        raise BadFragment(
            "expected candidates or a=end-of-candidates in an SDP fragment (RFC 8840, 9), got none"
        )
    return Fragment(ufrag, tuple(candidates), complete)


def _attributes(text: str) -> Iterator[tuple[str, str]]:
    """Names and values of the attributes, and of media lines under the name "m"."""
    for line in text.splitlines():
        if line.startswith("a="):
            name, _, value = line[2:].partition(":")
            yield name, value.strip()
        elif line.startswith("m="):
            yield "m", line[2:]
        elif line.strip() and line[1:2] != "=":
            raise BadFragment(f"expected lines of SDP like a=candidate:…, got {line[:60]!r}")


def _parse_candidate(value: str, mid: str | None) -> RTCIceCandidate:
    if mid is None:
        raise BadFragment(f"expected a=mid:… before a=candidate:{value[:40]}, got none")
    try:
        candidate = candidate_from_sdp(value)
    except (AssertionError, ValueError) as error:
        raise BadFragment(
            f"expected a candidate (RFC 8839, 5.1), got a=candidate:{value[:60]}"
        ) from error
    candidate.sdpMid = mid
    return candidate


class Trickle:
    """Adds the candidates of fragments to a connection, up to MAX_CANDIDATES in all."""

    def __init__(self, connection: RTCPeerConnection, lines: Sequence[MediaDescription]) -> None:
        """:param lines: the media lines of the offer."""
        self._connection = connection
        self._mids = {line.rtp.muxId for line in lines}
        self._ufrags = {line.ice.usernameFragment for line in lines if line.ice}
        self._count = sum(len(line.ice_candidates) for line in lines)

    async def add(self, fragment: Fragment) -> None:
        """Add these candidates; aiortc ignores those that follow the end of candidates.

        :raises UnfitFragment: they belong to another ICE session or media line, or are too many.
        """
        if fragment.ufrag is not None and fragment.ufrag not in self._ufrags:
            raise UnfitFragment(
                "expected candidates of the offer's ICE session, got another a=ice-ufrag; ICE "
                "restarts are not supported: open a session with resume instead"
            )
        for candidate in fragment.candidates:
            if candidate.sdpMid not in self._mids:
                raise UnfitFragment(
                    f"expected a=mid of the offer, one of {', '.join(sorted(self._mids))}, "
                    f"got {candidate.sdpMid!r}"
                )
        if self._count + len(fragment.candidates) > MAX_CANDIDATES:
            raise UnfitFragment(f"expected at most {MAX_CANDIDATES} candidates in all, got more")
        self._count += len(fragment.candidates)
        for candidate in fragment.candidates:
            await self._connection.addIceCandidate(candidate)
        if fragment.complete:
            await self._connection.addIceCandidate(None)
