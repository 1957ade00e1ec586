"""The text of a session description as sections: that of the session, then one for each media line.

Pure; what is in the lines, aiortc's parser says.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

Section = list[str]  # its lines; the first begins with v= or m=


def split_sections(sdp: str) -> list[Section]:
    """The lines of the session, then those of each media section."""
    number = 0

    def section_of(line: str) -> int:
        nonlocal number
        number += line.startswith("m=")
        return number

    return [list(lines) for _, lines in groupby(sdp.splitlines(), section_of)]


def join_sections(sections: Iterable[Sequence[str]]) -> str:
    """The text of these sections."""
    return "".join(f"{line}\r\n" for section in sections for line in section)


def attribute_of(line: str) -> str:
    """The name of the attribute on a line: "mid" for "a=mid:0"; "" if it is no attribute."""
    return line.removeprefix("a=").partition(":")[0] if line.startswith("a=") else ""


def value_of(section: Sequence[str], name: str) -> str | None:
    """The value of the first attribute of that name; None if there is none."""
    found = (line for line in section if attribute_of(line) == name)
    return next((line.partition(":")[2].strip() for line in found), None)
