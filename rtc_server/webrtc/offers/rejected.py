"""Media lines that carry nothing: refused by the offer or by the answer (RFC 3264, 6; RFC 8829).

aiortc does not know them: it would open a socket for each, and answer as if they were in use. So
they are left out of what it reads, and put into the answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rtc_server.webrtc.offers.sections import (
    Section,
    attribute_of,
    join_sections,
    split_sections,
    value_of,
)

GROUP = "a=group:BUNDLE"


@dataclass(frozen=True, slots=True)
class OfferedLine:
    """A media line of an offer, as its answer has to mirror it."""

    mid: str | None
    media: str  # the m= line
    is_rejected: bool


def list_lines(sdp: str, rejected: Sequence[bool]) -> list[OfferedLine]:
    """The media lines of an offer; `rejected` has a value for each."""
    _, *sections = split_sections(sdp)
    return [
        OfferedLine(value_of(section, "mid"), section[0], is_rejected)
        for section, is_rejected in zip(sections, rejected, strict=True)
    ]


def leave_out_rejected(sdp: str, lines: Sequence[OfferedLine]) -> str:
    """The offer without its rejected lines."""
    session, *sections = split_sections(sdp)
    gone = {line.mid for line in lines if line.is_rejected}
    used = [section for section, line in zip(sections, lines, strict=True) if not line.is_rejected]
    return join_sections([_without_mids(session, gone), *used])


def mirror_lines(answer: str, lines: Sequence[OfferedLine], bundle: Sequence[str]) -> str:
    """The answer with a line for each line of the offer, and with the offer's BUNDLE group.

    :param bundle: the mids of that group, in its order.
    """
    session, *sections = split_sections(answer)
    used = iter(sections)
    mirrored = [_reject(line) if line.is_rejected else next(used) for line in lines]
    rejected = {line.mid for line in lines if line.is_rejected}
    mids = [mid for mid in bundle if mid not in rejected]
    head = [line for line in session if not line.startswith(GROUP)]
    return join_sections([[*head, " ".join([GROUP, *mids])] if mids else head, *mirrored])


def _reject(line: OfferedLine) -> Section:
    kind, _, rest = line.media.split(" ", 2)
    mid = [f"a=mid:{line.mid}"] if line.mid else []
    return [f"{kind} 0 {rest}", "c=IN IP4 0.0.0.0", *mid, "a=inactive"]


def _without_mids(session: Section, gone: set[str | None]) -> Section:
    kept = []
    for line in session:
        if attribute_of(line) == "group":
            semantic, *mids = line.split(" ")
            line = " ".join([semantic, *(mid for mid in mids if mid not in gone)])
        kept.append(line)
    return kept
