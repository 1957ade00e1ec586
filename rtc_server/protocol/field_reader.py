"""Reads typed fields of a JSON message; errors name the message and the field. Pure."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from rtc_server.errors import BadMessage

MAX_MESSAGE_BYTES = 16 * 1024
# Every clock and counter fits (2 ** 53 - 1, the largest whole number that JavaScript is certain
# of), and sums and products of such numbers stay finite.
MAX_NUMBER = float(2**53 - 1)


def parse_object(text: str | bytes) -> dict[str, Any]:
    """Parse a JSON object.

    :raises BadMessage: binary, too long, not JSON, or JSON that is not an object.
    """
    if isinstance(text, bytes):
        raise BadMessage(f"expected JSON text, got {len(text)} bytes of binary")
    if len(text) > MAX_MESSAGE_BYTES:
        raise BadMessage(f"expected at most {MAX_MESSAGE_BYTES} characters, got {len(text)}")
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        raise BadMessage(f"expected JSON, got {shorten(text)}") from None
    if not isinstance(message, dict):
        raise BadMessage(f"expected a JSON object, got {shorten(message)}")
    return message


Word = TypeVar("Word", bound=str)


class FieldReader:
    """Reads the fields of one message; each method raises BadMessage for a wrong value."""

    def __init__(self, kind: str, message: Mapping[str, Any]) -> None:
        self._kind = kind
        self._message = message

    def number(self, name: str, *, least: float = -math.inf) -> float:
        """A number of at most MAX_NUMBER either way."""
        value = self._message.get(name)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise BadMessage(f"{self._kind}.{name}: expected a number, got {shorten(value)}")
        try:
            number = float(value)
        except OverflowError:  # a whole number of more digits than a float can have
            number = math.inf
        if not max(least, -MAX_NUMBER) <= number <= MAX_NUMBER:  # NaN, too
            too_large = math.isfinite(number) and number > least
            expected = f"{least:g} or more" if math.isfinite(least) else "a finite number"
            expected = f"a number within ±{MAX_NUMBER:.0f}" if too_large else expected
            raise BadMessage(f"{self._kind}.{name}: expected {expected}, got {shorten(value)}")
        return number

    def optional(self, name: str, *, least: float = -math.inf) -> float | None:
        """A number as above, or None where the field is absent or null."""
        return None if self._message.get(name) is None else self.number(name, least=least)

    def within(self, name: str, least: float, most: float) -> float:
        """A number of that range, both ends included."""
        value = self.number(name)
        if not least <= value <= most:
            raise BadMessage(f"{self._kind}.{name}: expected {least:g} to {most:g}, got {value:g}")
        return value

    def one_of(self, name: str, allowed: Sequence[float]) -> float:
        """One of those numbers."""
        value = self.number(name)
        if value not in allowed:
            expected = ", ".join(f"{number:g}" for number in allowed)
            raise BadMessage(f"{self._kind}.{name}: expected one of {expected}, got {value:g}")
        return value

    def choice(self, name: str, allowed: Sequence[Word]) -> Word:
        """One of those words."""
        value = self._message.get(name)
        for word in allowed:
            if value == word:
                return word
        expected = ", ".join(allowed)
        raise BadMessage(f"{self._kind}.{name}: expected one of {expected}, got {shorten(value)}")

    def text(self, name: str, default: str) -> str:
        """Text, cut off after 200 characters."""
        value = self._message.get(name, default)
        if not isinstance(value, str):
            raise BadMessage(f"{self._kind}.{name}: expected text, got {shorten(value)}")
        return value[:200]

    def line(self, name: str, most: int) -> str:
        """Text of at most so many characters, which has to be there."""
        value = self._message.get(name)
        if not isinstance(value, str) or len(value) > most:
            got = f"{len(value)}" if isinstance(value, str) else shorten(value)
            raise BadMessage(f"{self._kind}.{name}: expected at most {most} characters, got {got}")
        return value

    def flag(self, name: str) -> bool:
        """True or false."""
        value = self._message.get(name)
        if not isinstance(value, bool):
            raise BadMessage(f"{self._kind}.{name}: expected true or false, got {shorten(value)}")
        return value

    def is_given(self, name: str) -> bool:
        """Whether the field is there; it may be null."""
        return name in self._message

    def has(self, *names: str) -> bool:
        """Whether any of these fields is there and not null."""
        return any(self._message.get(name) is not None for name in names)


def shorten(value: object) -> str:
    """A value as a sentence can show it, at most 60 characters."""
    try:
        text = repr(value)
    except (ValueError, RecursionError):  # too many digits or levels
        return f"a {type(value).__name__}"
    return text if len(text) <= 60 else text[:57] + "…"
