"""QR codes of links: as text for a terminal, and as SVG for a page."""

from __future__ import annotations

import io
from functools import lru_cache

import segno

QUIET_ZONE = 2  # modules; scanners need a light edge (ISO/IEC 18004 wants 4)
BLACK_AND_WHITE, RESET = "\x1b[97;40m", "\x1b[0m"


def draw_text(link: str, *, with_colors: bool) -> str:
    """A QR code of half blocks: two modules for each character.

    :param with_colors: set white on black by escape codes, so that it is light where it has to be
        on terminals of any colours; without them it is right on dark ones.
    """
    out = io.StringIO()
    _encode(link).terminal(out, border=QUIET_ZONE, compact=True)
    lines = out.getvalue().splitlines()
    if with_colors:
        lines = [f"{BLACK_AND_WHITE}{line}{RESET}" for line in lines]
    return "".join(f"{line}\n" for line in lines)


@lru_cache(maxsize=16)  # drawing takes some ten milliseconds
def draw_svg(link: str) -> str:
    """A QR code as an SVG element without a size, dark on white; with a namespace, as XML needs."""
    out = io.BytesIO()
    _encode(link).save(
        *(out, "svg"), xmldecl=False, omitsize=True, border=4, light="#fff", dark="#000"
    )
    return out.getvalue().decode().strip()


def _encode(link: str) -> segno.QRCode:
    # A screen is not damaged as paper is, and the code of an invitation has to fit 80 columns.
    return segno.make_qr(link, error="l")
