"""The sections of an offer that share one transport (BUNDLE, RFC 9143)."""

from __future__ import annotations

from collections.abc import Sequence

from aiortc.sdp import MediaDescription, SessionDescription

from rtc_server.webrtc.offers.sections import Section, attribute_of

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


def complete_bundled_sections(sections: Sequence[Section], description: SessionDescription) -> None:
    """Write into each bundle-only section what it leaves to the section that names the transport.

    aiortc reads each section by itself, and so do the checks.

    :param sections: the media sections of the offer.
    """
    bundled = list_bundled_mids(description)
    by_mid = {
        line.rtp.muxId: section for line, section in zip(description.media, sections, strict=True)
    }
    if not bundled or bundled[0] not in by_mid:
        return
    tagged = by_mid[bundled[0]]
    shared = [line for line in tagged if attribute_of(line) in TRANSPORT_ATTRIBUTES]
    for media in description.media:
        if _is_bundle_only(media, bundled):
            section = by_mid[media.rtp.muxId]
            own = {attribute_of(line) for line in section}
            section += [line for line in shared if attribute_of(line) not in own]


def _is_bundle_only(line: MediaDescription, bundled: Sequence[str]) -> bool:
    return not line.port and line.rtp.muxId in bundled
