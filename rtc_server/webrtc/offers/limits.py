"""What an SDP offer may be in size, checked before aiortc parses it: its parser compares lines with
lines, and takes seconds for 64 KiB that are made for it."""

from __future__ import annotations

import re
from collections import Counter

from aiortc.sdp import SessionDescription

from rtc_server.errors import BadOffer, UnfitOffer

# A browser's offer of five media lines has 1000 lines at most, and 100 of one kind in a section
# (a=rtcp-fb of all its video codecs).
MAX_LINES = 2000
MAX_LINE_LENGTH = 2000  # characters
MAX_MEDIA_LINES = 8
MAX_ALIKE = 128  # lines of one attribute in one section
MAX_FEEDBACK = 16  # lines a=rtcp-fb of one payload type; browsers have six
MAX_FORMATS = 128  # payload types on a media line; there are no more (RFC 3551, 6)
# What Python takes for the end of a line, beside CR and LF, and what no client writes.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
FEEDBACK = "a=rtcp-fb:"
ATTRIBUTE = re.compile(rf"{FEEDBACK}\S*|a=[^:\s]*|..?")


def parse_description(sdp: str) -> SessionDescription:
    """Parse an offer, and nothing that takes long.

    :raises BadOffer: the text is not SDP.
    :raises UnfitOffer: the offer has more lines than the server reads.
    """
    if not sdp.startswith("v=0"):
        raise BadOffer(f"expected SDP that begins with v=0, got {sdp[:20]!r}")
    lines = sdp.splitlines()
    _check_characters(sdp)
    _check_counts(lines)
    try:
        return SessionDescription.parse(sdp)
    except Exception as error:  # aiortc's parser raises exceptions of any kind on bad text
        number = _find_bad_line(lines)
        raise BadOffer(
            f"expected SDP (RFC 8866), got what cannot be read at line {number}: "
            f"{lines[number - 1][:60]!r}"
        ) from error


def _check_characters(sdp: str) -> None:
    if (match := CONTROL.search(sdp)) is not None:
        raise BadOffer(
            "expected SDP without control characters, "
            f"got U+{ord(match[0]):04X} at line {sdp.count(chr(10), 0, match.start()) + 1}"
        )


def _check_counts(lines: list[str]) -> None:
    for number, line in enumerate(lines, 1):
        if len(line) > MAX_LINE_LENGTH:
            raise UnfitOffer(
                f"expected lines of at most {MAX_LINE_LENGTH} characters, got {len(line)} "
                f"at line {number}: {line[:40]!r}"
            )
    if len(lines) > MAX_LINES:
        raise UnfitOffer(f"expected an offer of at most {MAX_LINES} lines, got {len(lines)}")
    sections, alike = 0, Counter[str]()
    for number, line in enumerate(lines, 1):
        if line.startswith("m="):
            sections += 1
            alike.clear()
            if len(line.split()) - 3 > MAX_FORMATS:
                raise UnfitOffer(f"expected at most {MAX_FORMATS} formats at line {number}")
        elif (match := ATTRIBUTE.match(line)) is not None:
            alike[match[0]] += 1
            most = MAX_FEEDBACK if match[0].startswith(FEEDBACK) else MAX_ALIKE
            if alike[match[0]] > most:
                raise UnfitOffer(
                    f"expected at most {most} lines {match[0][:40]} in a section, got more "
                    f"at line {number}"
                )
    if sections > MAX_MEDIA_LINES:
        raise UnfitOffer(f"expected at most {MAX_MEDIA_LINES} media lines, got {sections}")


def _find_bad_line(lines: list[str]) -> int:
    """The number of the first line with which the lines up to it cannot be parsed any more."""
    readable, unreadable = 0, len(lines)
    while unreadable - readable > 1:
        middle = (readable + unreadable) // 2
        try:
            SessionDescription.parse("\r\n".join(lines[:middle]))
            readable = middle
        except Exception:  # of any kind, as above
            unreadable = middle
    return unreadable
