"""What each media section of an offer must contain, checked before aiortc sees it.

aiortc answers many an offer that it cannot serve: it fails in a task of its own once the learner
connects, or while it closes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from aiortc import RTCIceParameters
from aiortc.sdp import MediaDescription, SessionDescription

from rtc_server.errors import UnfitOffer
from rtc_server.protocol.field_reader import shorten
from rtc_server.protocol.server_messages import MAX_SENT_BYTES

KINDS = ("audio", "video", "application")
FINGERPRINT_BYTES = {"sha-256": 32, "sha-384": 48, "sha-512": 64}  # those that aiortc compares
MAX_FINGERPRINTS = 8
TOKEN = re.compile(r"[!#-'*+\-.0-9A-Z^-~]{1,64}")  # RFC 8866, 9, and no longer than a browser's
# RFC 8839, 5.4, and two characters that are seen in the wild. They are sent back in each STUN
# packet, so they may not be longer.
UFRAG, PASSWORD = re.compile(r"[A-Za-z0-9+/=_-]{4,256}"), re.compile(r"[A-Za-z0-9+/=_-]{22,256}")
HEXADECIMAL = re.compile(r"[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2})*")
MAX_EXTENSION_ID = 255  # RFC 8285, 4.3
MAX_SSRC = (1 << 32) - 1
MAX_PORT = (1 << 16) - 1


def check_description(description: SessionDescription, rejected_mids: Sequence[str] = ()) -> None:
    """Check that each media section can be answered, and can connect.

    :param rejected_mids: those of the offer's sections that the description leaves out.
    :raises UnfitOffer: it cannot; the sentence says which section, and what was expected.
    """
    _check_mids([*(line.rtp.muxId for line in description.media), *rejected_mids])
    for number, line in enumerate(description.media, 1):
        try:
            _check_transport(line)
            _check_data_channels(line) if line.kind == "application" else _check_media(line)
        except UnfitOffer as error:
            raise UnfitOffer(f"media section {number} (m={line.kind[:20]}): {error}") from None
    if sum(line.kind == "application" for line in description.media) > 1:
        raise UnfitOffer("expected one m=application line, for all data channels, got more")
    bundles = [group.items for group in description.group if group.semantic == "BUNDLE"]
    if len(bundles) > 1:
        raise UnfitOffer(f"expected one a=group:BUNDLE, got {len(bundles)}")
    for mids in bundles:
        _check_bundle([str(mid) for mid in mids], description.media)


def _check_mids(ids: Sequence[str | None]) -> None:
    mids = [mid or "" for mid in ids]  # None for an a=mid without a value
    if "" in mids or len(set(mids)) < len(mids):
        raise UnfitOffer(f"expected an a=mid of its own on each media line, got {mids!r:.100}")
    for mid in mids:
        if not TOKEN.fullmatch(mid):
            raise UnfitOffer(f"expected an a=mid that is a token (RFC 5888, 4), got {mid[:60]!r}")


def _check_bundle(mids: list[str], lines: Sequence[MediaDescription]) -> None:
    kinds = {line.rtp.muxId: line.kind for line in lines}
    if len(set(mids)) < len(mids) or not set(mids) <= set(kinds):
        raise UnfitOffer(
            "expected each a=mid of the offer once at most in a=group:BUNDLE, "
            f"got {' '.join(mids)[:60]!r}"
        )
    # aiortc gives up the transport of any other, although the rest of the group shares it.
    if mids and next(mid for mid, kind in kinds.items() if kind == kinds[mids[0]]) != mids[0]:
        raise UnfitOffer(
            "expected a=group:BUNDLE to begin with the first media line of its kind, "
            f"got {mids[0]!r}"
        )


def _check_transport(line: MediaDescription) -> None:
    """ICE and DTLS, which every section has, whether it is bundled or not (RFC 8829, 5.2.1)."""
    if line.kind not in KINDS:
        raise UnfitOffer(f"expected one of {', '.join(KINDS)}, got {line.kind[:20]!r}")
    if not 0 <= line.port <= MAX_PORT:
        raise UnfitOffer(f"expected a port of at most {MAX_PORT}, got {shorten(line.port)}")
    ice = line.ice or RTCIceParameters()
    for name, pattern, value in (
        ("a=ice-ufrag of 4", UFRAG, ice.usernameFragment),
        ("a=ice-pwd of 22", PASSWORD, ice.password),
    ):
        if not pattern.fullmatch(value or ""):
            raise UnfitOffer(
                f"expected an {name} to 256 ICE characters (RFC 8839, 5.4), got {value!r:.60}"
            )
    if line.dtls is None or line.dtls.role is None:
        raise UnfitOffer("expected a=setup:actpass (RFC 8842), got no a=setup")
    if len(line.dtls.fingerprints) > MAX_FINGERPRINTS:
        raise UnfitOffer(f"expected at most {MAX_FINGERPRINTS} lines a=fingerprint, got more")
    known = [f for f in line.dtls.fingerprints if f.algorithm.lower() in FINGERPRINT_BYTES]
    if not known:
        raise UnfitOffer(f"expected an a=fingerprint with one of {', '.join(FINGERPRINT_BYTES)}")
    for fingerprint in known:
        length = 3 * FINGERPRINT_BYTES[fingerprint.algorithm.lower()] - 1
        if len(fingerprint.value) != length or not HEXADECIMAL.fullmatch(fingerprint.value):
            raise UnfitOffer(
                f"expected {length} characters 00:11:… in a=fingerprint:{fingerprint.algorithm}, "
                f"got {fingerprint.value[:60]!r}"
            )


def _check_media(line: MediaDescription) -> None:
    """RTP: what aiortc packs into headers must fit there."""
    if not line.rtcp_mux:
        raise UnfitOffer("expected a=rtcp-mux, got none")
    ids = [extension.id for extension in line.rtp.headerExtensions]
    if len(set(ids)) < len(ids) or not all(1 <= id <= MAX_EXTENSION_ID for id in ids):
        raise UnfitOffer(f"expected an a=extmap id of 1 to {MAX_EXTENSION_ID}, each once")
    ssrcs = [source.ssrc for source in line.ssrc]
    if not all(0 <= ssrc <= MAX_SSRC for ssrc in ssrcs):
        raise UnfitOffer(f"expected an a=ssrc of 0 to {MAX_SSRC}")


def _check_data_channels(line: MediaDescription) -> None:
    if line.profile == "DTLS/SCTP":  # of older browsers: the port is the format
        port = int(line.fmt[0]) if re.fullmatch(r"[0-9]{1,5}", str(line.fmt[0])) else None
    else:
        port = line.sctp_port
    if port is None or not 1 <= port <= MAX_PORT:
        raise UnfitOffer(f"expected an a=sctp-port of 1 to {MAX_PORT} (RFC 8841)")
    # Absent means 65536; 0 means any size (RFC 8841, 6.1).
    capabilities = line.sctpCapabilities
    size = MAX_SENT_BYTES if capabilities is None else capabilities.maxMessageSize
    if size != 0 and size < MAX_SENT_BYTES:
        raise UnfitOffer(
            f"expected a=max-message-size of {MAX_SENT_BYTES} or more, or none, got {shorten(size)}"
        )
