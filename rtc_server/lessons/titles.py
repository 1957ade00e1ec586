"""Titles as people write them, and ids that are made of them. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

from rtc_server.errors import BadTitle

LONGEST_TITLE = 120
LONGEST_ID = 64
NAMELESS = "lesson"
SYLLABLE = "HANGUL SYLLABLE "
# Control, surrogate, private and unassigned characters; marks that turn the direction of what
# follows, which a page cannot contain, are of category Cf as emoji's joiners are: named one by one.
UNFIT = ("Cc", "Cs", "Co", "Cn")
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def check_title(text: str) -> str:
    """The title without spaces around it and with single ones inside.

    :raises BadTitle: empty, too long, or nothing that can be shown.
    """
    title = " ".join(text.split())
    if not 1 <= len(title) <= LONGEST_TITLE:
        raise BadTitle(f"expected a title of 1 to {LONGEST_TITLE} characters, got {len(title)}")
    for character in title:
        if unicodedata.category(character) in UNFIT or character in TURNING:
            raise BadTitle(f"expected a title of letters, got U+{ord(character):04X} in it")
    return title


def free_id(title: str, taken: Collection[str]) -> str:
    """An id that tells the title in a-z and digits, with a number where that is taken: `wave-2`."""
    stem = _slug(title) or NAMELESS
    id, number = stem[:LONGEST_ID].strip("-"), 1
    while id in taken:
        number += 1
        end = f"-{number}"
        id = stem[: LONGEST_ID - len(end)].strip("-") + end
    return id


def _slug(title: str) -> str:
    """Accents are left out, Hangul is written in Latin letters, the rest becomes hyphens."""
    latin = "".join(map(_latin, unicodedata.normalize("NFC", title)))
    plain = unicodedata.normalize("NFKD", latin)
    letters = "".join(c for c in plain if not unicodedata.combining(c)).lower()
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")


def _latin(character: str) -> str:
    """A syllable by the letters in its Unicode name (its reading); others as they are."""
    name = unicodedata.name(character, "")
    return name.removeprefix(SYLLABLE) if name.startswith(SYLLABLE) else character
