"""Checks titles, and makes lesson ids of them. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

from rtc_server.errors import BadTitle

MAX_TITLE = 120
MAX_ID = 64
DEFAULT_ID = "lesson"
HANGUL_PREFIX = "HANGUL SYLLABLE "  # of the Unicode names
# Control, surrogate, private and unassigned characters.
FORBIDDEN_CATEGORIES = ("Cc", "Cs", "Co", "Cn")
# Marks that change the direction of the text after them, also outside the title. Their category is
# Cf, which is that of emoji's joiners, too; so they are listed one by one.
BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def check_title(text: str) -> str:
    """Return the title without spaces around it, and with single ones inside.

    :raises BadTitle: it is empty, too long, or contains characters that cannot be shown.
    """
    title = " ".join(text.split())
    if not 1 <= len(title) <= MAX_TITLE:
        raise BadTitle(f"expected a title of 1 to {MAX_TITLE} characters, got {len(title)}")
    for character in title:
        if unicodedata.category(character) in FORBIDDEN_CATEGORIES or character in BIDI_CONTROLS:
            raise BadTitle(f"expected a title of letters, got U+{ord(character):04X} in it")
    return title


def free_id(title: str, taken: Collection[str]) -> str:
    """Make an id of the title, in a-z and digits; if it is taken, with a number: `wave-2`."""
    stem = _slug(title) or DEFAULT_ID
    id, number = stem[:MAX_ID].strip("-"), 1
    while id in taken:
        number += 1
        end = f"-{number}"
        id = stem[: MAX_ID - len(end)].strip("-") + end
    return id


def _slug(title: str) -> str:
    """Remove accents, write Hangul in Latin letters, and replace the rest by hyphens."""
    latin = "".join(map(_latin, unicodedata.normalize("NFC", title)))
    plain = unicodedata.normalize("NFKD", latin)
    letters = "".join(c for c in plain if not unicodedata.combining(c)).lower()
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")


def _latin(character: str) -> str:
    """The Latin letters of a Hangul syllable, from its Unicode name; others as they are."""
    name = unicodedata.name(character, "")
    return name.removeprefix(HANGUL_PREFIX) if name.startswith(HANGUL_PREFIX) else character
