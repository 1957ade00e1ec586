"""The formats of a media section: which of them lessons can use, and how aiortc gets to know them.

aiortc takes formats in the order of the lines a=rtpmap, sends in the first that it knows, and
forgets a retransmission format (RTX) that comes before the one that it is for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from aiortc.codecs import CODECS
from aiortc.rtcpeerconnection import find_common_codecs
from aiortc.sdp import MediaDescription

from rtc_server.webrtc.offers.sections import attribute_of

FORMAT = re.compile(r"a=(?:rtpmap|fmtp|rtcp-fb):(\d+) ([^/ ]*)")
APT = re.compile(r"a=fmtp:(\d+) .*?\bapt=(\d+)")
RTX, OPUS = "rtx", "opus"
USED = (OPUS, *(codec.name.lower() for codec in CODECS["video"] if codec.name != RTX))
# aiortc answers with a number of its own instead of others, such as 35 to 63 (RFC 5761, 4).
NUMBERS = range(96, 128)
AFTER_SEMICOLON = re.compile(r";\s+")


def has_usable_format(line: MediaDescription) -> bool:
    """Whether a media line can carry the webcam or what lessons are encoded in; others can."""
    if line.kind not in CODECS:
        return True
    known = find_common_codecs(CODECS[line.kind], line.rtp.codecs)
    return any(codec.name.lower() in USED for codec in known)


def prepare_formats(section: Sequence[str]) -> list[str]:
    """The lines of a media section with its formats as aiortc reads them.

    They come in the order of the m= line (RFC 3264, 5.1), but Opus first, because the lessons'
    sound is encoded in it, and RTX after what it is for.
    """
    order = {number: i for i, number in enumerate(section[0].split()[3:])}
    parents = {found[1]: found[2] for line in section if (found := APT.match(line))}

    def rank(line: str) -> tuple[bool, int, bool]:
        number, name = _number_and_name(line)
        place = order.get(number, len(order))
        parent = order.get(parents.get(number, ""), -1)
        return name != OPUS, max(place, parent), name == RTX

    maps = [line for line in section if attribute_of(line) == "rtpmap"]
    dropped = {number for number, name in map(_number_and_name, maps) if _is_misread(number, name)}
    ranked = iter(sorted(maps, key=rank))
    prepared = []
    for line in section:
        name = attribute_of(line)
        prepared_line = next(ranked) if name == "rtpmap" else line
        if name == "fmtp":
            prepared_line = AFTER_SEMICOLON.sub(";", line)
        if _number_and_name(prepared_line)[0] not in dropped:
            prepared.append(prepared_line)
    return prepared


def _is_misread(number: str, name: str) -> bool:
    return name in USED and len(number) < 4 and int(number) not in NUMBERS


def _number_and_name(line: str) -> tuple[str, str]:
    """Of the format that a line of a=rtpmap, a=fmtp or a=rtcp-fb is about."""
    found = FORMAT.match(line)
    return (found[1], found[2].lower()) if found is not None else ("", "")
