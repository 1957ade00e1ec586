"""The sections of an offer that share one transport (BUNDLE, RFC 9143)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from aiortc.sdp import MediaDescription, SessionDescription

# What belongs to a transport; a bundle-only section may leave it to the section that names the
# group's transport (RFC 8829, 5.2.1).
TRANSPORT_ATTRIBUTES = ("ice-ufrag", "ice-pwd", "fingerprint", "setup", "rtcp-mux")


def list_bundled_mids(description: SessionDescription) -> list[str]:
    """The mids of the first BUNDLE group; the first of them names the group's transport."""
    groups = (group.items for group in description.group if group.semantic == "BUNDLE")
    return [str(mid) for mid in next(groups, ())]


def is_in_use(line: MediaDescription, bundled: Sequence[str]) -> bool:
    """Whether a media line is meant to carry something.

    Port 0 means that a line is rejected (RFC 3264, 6), unless the line has no port of its own
    because it exists in a BUNDLE only: a rejected one may not be in the group (RFC 9143, 6).
    """
    return bool(line.port) or _is_bundle_only(line, bundled)


def complete_bundled_sections(sdp: str, description: SessionDescription) -> str:
    """Write into each bundle-only section what it leaves to the section that names the transport.

    aiortc reads each section by itself, and so do the checks.
    """
    bundled = list_bundled_mids(description)
    bundle_only = [line for line in description.media if _is_bundle_only(line, bundled)]
    mids = [line.rtp.muxId for line in description.media]
    if not bundle_only or bundled[0] not in mids:
        return sdp
    sections = list(_split_sections(sdp))
    by_mid = dict(zip(mids, sections[1:], strict=True))
    shared = [line for line in by_mid[bundled[0]] if _attribute(line) in TRANSPORT_ATTRIBUTES]
    for media in bundle_only:
        section = by_mid[media.rtp.muxId]
        own = {_attribute(line) for line in section}
        section += [line for line in shared if _attribute(line) not in own]
    return "".join(f"{line}\r\n" for section in sections for line in section)


def _is_bundle_only(line: MediaDescription, bundled: Sequence[str]) -> bool:
    return not line.port and line.rtp.muxId in bundled


def _split_sections(sdp: str) -> Iterator[list[str]]:
    """The lines of the session, then those of each media section."""
    number = 0

    def section_of(line: str) -> int:
        nonlocal number
        number += line.startswith("m=")
        return number

    for _, lines in groupby(sdp.splitlines(), section_of):
        yield list(lines)


def _attribute(line: str) -> str:
    """The name of the attribute on a line: "mid" for "a=mid:0"."""
    return line.removeprefix("a=").partition(":")[0] if line.startswith("a=") else ""
