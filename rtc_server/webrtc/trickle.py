"""Candidates that the client sends after the offer, as SDP fragments (RFC 8840, RFC 9725 4.3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Protocol

from aiortc import RTCIceCandidate
from aiortc.sdp import candidate_from_sdp

from rtc_server.errors import BadFragment, UnfitFragment
from rtc_server.webrtc.offers.candidates import MAX_CANDIDATES, CandidateFilter
from rtc_server.webrtc.offers.offer import Offer

CONTENT_TYPE = "application/trickle-ice-sdpfrag"
MAX_FRAGMENTS = 200


@dataclass(frozen=True, slots=True)
class Fragment:
    """The content of one PATCH request."""

    ufrag: str | None  # of the client's ICE session, if the fragment names it
    candidates: tuple[RTCIceCandidate, ...]
    complete: bool  # no more candidates will come
    password: str | None = None  # of the client's ICE session


def parse_fragment(text: str) -> Fragment:
    """Parse the media type `application/trickle-ice-sdpfrag`.

    :raises BadFragment: a line is not SDP, or a candidate is malformed or belongs to no media line.
    """
    ufrag, password, mid, complete = None, None, None, False
    candidates: list[RTCIceCandidate] = []
    for name, value in _attributes(text):
        match name:
            case "m":
                mid = None  # until its a=mid
            case "mid":
                mid = value
            case "ice-ufrag":
                ufrag = value
            case "ice-pwd":
                password = value
            case "candidate":
                candidates.append(_parse_candidate(value, mid))
            case "end-of-candidates":
                complete = True
    if not candidates and not complete and ufrag is None:
        raise BadFragment(
            "expected candidates or a=end-of-candidates in an SDP fragment (RFC 8840, 9), got none"
        )
    return Fragment(ufrag, tuple(candidates), complete, password)


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


class CandidateTaker(Protocol):
    """A connection, as far as candidates are concerned."""

    async def addIceCandidate(self, candidate: RTCIceCandidate) -> None: ...


class Trickle:
    """Adds a learner's candidates to their connection, as far as they are to be checked.

    The end of candidates is not passed on: aioice would give up once all checks have failed, and
    those of the learner may still come.
    """

    def __init__(
        self,
        connection: CandidateTaker,
        offer: Offer,
        candidate_filter: CandidateFilter,
        on_refused: Callable[[str], None],
    ) -> None:
        """:param on_refused: called with the reason for each candidate that is not checked."""
        self._connection = connection
        self._offer = offer
        self._mids = offer.mids
        self._bundle = offer.bundle
        self._ufrags = {line.ice.usernameFragment for line in offer.lines if line.ice}
        self._filter = candidate_filter
        self._on_refused = on_refused
        self._offered = offer.candidates
        self._count = len(offer.candidates)
        self._fragments = 0
        self._is_complete = offer.is_complete

    def restarted(
        self, connection: CandidateTaker, ufrag: str, candidate_filter: CandidateFilter
    ) -> Trickle:
        """What adds candidates to another ICE session of the same media lines, counted anew."""
        trickle = Trickle(
            connection,
            replace(self._offer, candidates=(), is_complete=False),
            candidate_filter,
            self._on_refused,
        )
        trickle._ufrags = {ufrag}
        return trickle

    def is_present(self, fragment: Fragment) -> bool:
        """Whether a fragment belongs to this ICE session, as far as it says."""
        return fragment.ufrag is None or fragment.ufrag in self._ufrags

    def describe_line(self) -> str:
        """The media line whose transport all lines share, as an SDP fragment begins (RFC 9725)."""
        first = self._bundle[0]
        (line,) = (line for line in self._offer.lines if line.rtp.muxId == first)
        formats = " ".join(map(str, line.fmt))
        return (
            f"a=group:BUNDLE {' '.join(self._bundle)}\r\n"
            f"m={line.kind} 9 {line.profile} {formats}\r\na=mid:{first}\r\n"
        )

    async def add_offered(self) -> None:
        """Add the candidates of the offer."""
        for candidate in self._offered:
            await self._add(candidate)

    async def add(self, fragment: Fragment) -> None:
        """Add these candidates; those that follow the end of candidates are ignored.

        :raises UnfitFragment: they belong to another ICE session or media line, or are too many.
        """
        if not self.is_present(fragment):
            raise UnfitFragment(
                "expected candidates of the present ICE session, got another a=ice-ufrag"
            )
        for candidate in fragment.candidates:
            if candidate.sdpMid not in self._mids:
                known = ", ".join(sorted(map(str, self._mids)))
                raise UnfitFragment(
                    f"expected a=mid of the offer, one of {known}, got {candidate.sdpMid!r:.60}"
                )
        if self._count + len(fragment.candidates) > MAX_CANDIDATES:
            raise UnfitFragment(f"expected at most {MAX_CANDIDATES} candidates in all, got more")
        if self._fragments >= MAX_FRAGMENTS:
            raise UnfitFragment(f"expected at most {MAX_FRAGMENTS} fragments in all, got more")
        self._count += len(fragment.candidates)
        self._fragments += 1
        if not self._is_complete:
            for candidate in fragment.candidates:
                await self._add(candidate)
        self._is_complete |= fragment.complete

    async def _add(self, candidate: RTCIceCandidate) -> None:
        reason = self._filter.refuse(candidate)
        if reason is not None:
            self._on_refused(reason)
            return
        if candidate.sdpMid in self._bundle:
            candidate.sdpMid = self._bundle[0]  # aiortc ignores candidates of the others
        await self._connection.addIceCandidate(candidate)
