"""The texts of the page with the QR code; English and Korean are modules of their own. Pure.

`{address}` is replaced by the server's address, `{name}` by the authority's
name, and `{steps}` by the address of this page over HTTP. Text between backticks is what a device
or a browser shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Instructions:
    """What to do with one kind of device or browser."""

    title: str
    steps: Sequence[str]
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LanWords:
    """Every text of the page in one language."""

    native_name: str  # of the language
    title: str
    lead: str
    qr_code: str  # describes the picture
    scan: str
    open: str
    other_addresses: str
    no_network: str
    warning_title: str
    warning: Sequence[str]
    go_on_title: str
    go_on: Sequence[Instructions]
    install_title: str
    install: Sequence[str]
    download: str
    fingerprint: str
    devices: Sequence[Instructions]  # in the order of DEVICES
    remove: str
    certificate_known: str  # instead of all this, where the operator has a certificate


# What a browser says of its device (User-Agent), in the order of `devices`. Android says Linux,
# too, and iPads say Macintosh.
DEVICES = ("Android", "iPhone|iPad", "Windows", "Macintosh", "Linux|X11")
