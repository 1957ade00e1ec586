"""Small pictures of a lesson over time, side by side in one larger one: where each of them lies."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

MOST = 60
COLUMNS = 10
HEIGHT = 90
NARROWEST, WIDEST = 30, 240


@dataclass(frozen=True, slots=True)
class Timeline:
    """Picture k shows the lesson at k × every_s, in column k % columns of row k // columns."""

    count: int
    every_s: int
    columns: int
    width: int  # of one picture, pixels
    height: int

    @classmethod
    def of(cls, duration_s: float, aspect: float) -> Timeline:
        """One a second, of which each is a key frame; farther apart where that were too many."""
        every_s = max(1, ceil(duration_s / MOST))
        count = max(1, ceil(round(duration_s / every_s, 6)))
        width = min(WIDEST, max(NARROWEST, round(HEIGHT * aspect)))
        return cls(count, every_s, min(COLUMNS, count), width, HEIGHT)

    @property
    def rows(self) -> int:
        """How many rows of pictures there are, the last one filled in part."""
        return ceil(self.count / self.columns)

    def describe(self) -> dict[str, object]:
        """As the lesson's metadata tell it."""
        return {
            "count": self.count,
            "every_s": self.every_s,
            "columns": self.columns,
            "rows": self.rows,
            "width": self.width,
            "height": self.height,
        }
