"""Changes inputs as an attacker would: valid in most places, wrong in one or a few."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

NUMBERS = (
    *("0", "1", "-1", "00", "127", "128", "255", "256", "32768", "65535", "65536", "2147483647"),
    *("2147483648", "4294967295", "4294967296", "9007199254740993", "18446744073709551616"),
    *("1e3", "1e999", "-0", "0x10", "0.5", "NaN", "Infinity", "9" * 400, "٣", "²", "½"),
)
ODDITIES = (
    *(
        "\0",
        "\r",
        "\n",
        "\t",
        " ",
        "\x7f",
        "\x85",
        "\u2028",
        "\u202e",
        "\ufeff",
        "\ud800",
        "e\u0301",
    ),
    *("💃", "ﷺ", "한", "%s%n", "%00", "..", "../../", "'", '"', "\\", "{}", "[]", "<script>"),
)
HUGE_LENGTHS = (300, 5_000, 70_000)
LENGTHS = (0, 1, 2, 3, 4, 7, 8, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF)
# Not those of an address: a changed one might be somebody's, and would get STUN requests.
NUMBER = re.compile(r"(?<![\d.:a-fA-F])\d+(?![\d.:a-fA-F])")


class Mutator:
    """Changes made with one random generator."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance

    def text(self, text: str, others: Sequence[str] = ()) -> str:
        """The text with one to four changes; `others` are texts to take lines from."""
        changes = [
            *(self._delete_line, self._duplicate_line, self._swap_lines, self._change_number),
            *(self._change_number, self._insert_oddity, self._make_huge, self._truncate_line),
            *(self._delete_word, self._duplicate_word, self._flip_case),
        ]
        if others:
            changes += [lambda text: self._splice(text, self._chance.choice(others))] * 2
        for _ in range(self._chance.choice((1, 1, 1, 2, 2, 4))):
            text = self._chance.choice(changes)(text)
        return text if self._chance.random() > 0.02 else text[: self._position(text)]

    def blob(self, data: bytes, others: Sequence[bytes] = ()) -> bytes:
        """The bytes with one to eight changes; `others` are bytes to take parts from."""
        chance = self._chance
        for _ in range(chance.choice((1, 1, 2, 3, 8))):
            at = chance.randrange(len(data) + 1)
            end = min(at + chance.choice((1, 2, 4, 16, 200)), len(data))
            match chance.randrange(8 if others else 7):
                case 0:
                    data = data[:at] + chance.randbytes(end - at) + data[end:]
                case 1:
                    data = data[:at] + data[end:]
                case 2:
                    data = data[:end] + data[at:]
                case 3:
                    data = data[:at] + bytes([chance.choice((0, 0xFF))]) * (end - at) + data[end:]
                case 4:
                    width = chance.choice((1, 2, 4, 8))
                    value = chance.choice(LENGTHS) % (1 << 8 * width)
                    order = "big" if chance.random() < 0.7 else "little"
                    data = data[:at] + value.to_bytes(width, order) + data[at + width :]
                case 5:
                    data = data[:at] + chance.randbytes(end - at) + data[at:]
                case 6 if chance.random() < 0.3:
                    data = data[:at]
                case 7:
                    other = chance.choice(others)
                    data = data[:at] + other[chance.randrange(len(other) + 1) :]
        return data

    def _position(self, text: str) -> int:
        return self._chance.randrange(len(text) + 1)

    def _lines(self, text: str) -> tuple[list[str], int]:
        """The lines with their ends, and one of their indices."""
        lines = text.splitlines(keepends=True) or [""]
        return lines, self._chance.randrange(len(lines))

    def _delete_line(self, text: str) -> str:
        lines, k = self._lines(text)
        return "".join(lines[:k] + lines[k + 1 :])

    def _duplicate_line(self, text: str) -> str:
        lines, k = self._lines(text)
        times = self._chance.choice((1, 1, 1, 30))
        return "".join(lines[:k] + lines[k : k + 1] * times + lines[k:])

    def _swap_lines(self, text: str) -> str:
        lines, k = self._lines(text)
        other = self._chance.randrange(len(lines))
        lines[k], lines[other] = lines[other], lines[k]
        return "".join(lines)

    def _truncate_line(self, text: str) -> str:
        lines, k = self._lines(text)
        end = lines[k][len(lines[k].rstrip("\r\n")) :]
        lines[k] = lines[k][: self._position(lines[k])] + end
        return "".join(lines)

    def _splice(self, text: str, other: str) -> str:
        lines, k = self._lines(text)
        others, begin = self._lines(other)
        count = self._chance.choice((1, 1, 3, 20))
        return "".join(lines[:k] + others[begin : begin + count] + lines[k:])

    def _change_number(self, text: str) -> str:
        numbers = list(NUMBER.finditer(text))
        if not numbers:
            return self._insert_oddity(text)
        found = self._chance.choice(numbers)
        return text[: found.start()] + self._chance.choice(NUMBERS) + text[found.end() :]

    def _insert_oddity(self, text: str) -> str:
        at = self._position(text)
        return text[:at] + self._chance.choice(ODDITIES) + text[at:]

    def _make_huge(self, text: str) -> str:
        at = self._position(text)
        piece = self._chance.choice(("A", "0", " ", "a=", "[", '{"a":', "é"))
        return text[:at] + piece * (self._chance.choice(HUGE_LENGTHS) // len(piece)) + text[at:]

    def _word(self, text: str) -> re.Match[str] | None:
        words = list(re.finditer(r"[^\s:;,=/\"{}]+", text))
        return self._chance.choice(words) if words else None

    def _delete_word(self, text: str) -> str:
        word = self._word(text)
        return text if word is None else text[: word.start()] + text[word.end() :]

    def _duplicate_word(self, text: str) -> str:
        word = self._word(text)
        return text if word is None else text[: word.end()] + " " + text[word.start() :]

    def _flip_case(self, text: str) -> str:
        word = self._word(text)
        if word is None:
            return text
        return text[: word.start()] + word[0].swapcase() + text[word.end() :]
