"""The languages of the page with the QR code. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from rtc_server.http.lan.english import ENGLISH
from rtc_server.http.lan.korean import KOREAN
from rtc_server.http.lan.words import LanWords

LANGUAGES: Mapping[str, LanWords] = {"en": ENGLISH, "ko": KOREAN}


def pick_language(accepted: str) -> str:
    """The first language of an Accept-Language header that there is, else English.

    Browsers write what they prefer first, so the weights need not be read.
    """
    for part in accepted[:1000].split(","):
        if (tag := part.partition(";")[0].partition("-")[0].strip().lower()) in LANGUAGES:
            return tag
    return "en"
