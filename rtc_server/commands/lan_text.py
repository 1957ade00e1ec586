"""What `serve --lan` prints: a QR code, and what to do with the phone."""

from __future__ import annotations

import os
import sys
from typing import TextIO

from rtc_server.http.lan.announcement import Announcement

BLOCKS = "▀▄█"  # what a QR code consists of in a terminal


def describe_lan(announcement: Announcement, out: TextIO = sys.stdout) -> str:
    """The text, for a server with a link for phones.

    :param out: where it will be printed; the QR code is left out if it cannot be shown there.
    """
    assert announcement.link is not None
    if not announcement.is_in_network:
        return (
            "This computer is in no network: connect it to the Wi-Fi that the phone uses; a minute "
            f"later {announcement.url}/lan shows the QR code.\n"
        )
    host = announcement.link.address.partition("://")[2]
    lines = []
    if can_show_blocks(out):
        from rtc_server.qr_codes import draw_text

        with_colors = out.isatty() and os.name == "posix" and os.environ.get("TERM") != "dumb"
        lines += ["", draw_text(announcement.link.url, with_colors=with_colors)]
        lines.append(f"Scan this with a phone in the same Wi-Fi, or open {announcement.link.url}")
    else:
        lines.append(f"Open {announcement.link.url} with a phone in the same Wi-Fi.")
    if announcement.fingerprint:
        lines += [
            "Its browser will warn that it does not know the certificate: go on once, or install "
            f"it first. http://{host}/lan says how, and shows this code, too.",
            f"The certificate to install has the SHA-256 fingerprint {announcement.fingerprint}",
        ]
    if announcement.other_addresses:
        lines.append(f"Other addresses: {', '.join(announcement.other_addresses)}")
    return "\n".join(lines) + "\n"


def can_show_blocks(out: TextIO) -> bool:
    """Whether the encoding of a terminal or a file has the characters of a QR code."""
    try:
        BLOCKS.encode(out.encoding or "ascii")
    except (LookupError, UnicodeEncodeError):
        return False
    return True
