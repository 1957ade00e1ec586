"""The thumbnails of a lesson's timeline, side by side in one sheet: where each of them is. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

MAX_COUNT = 60
MAX_COLUMNS = 10
HEIGHT = 90
MIN_WIDTH, MAX_WIDTH = 30, 240


@dataclass(frozen=True, slots=True)
class ThumbnailGrid:
    """Thumbnail k shows the lesson at k × every_s, in column k % columns of row k // columns."""

    count: int
    every_s: int
    columns: int
    width: int  # of one thumbnail, in pixels
    height: int

    @classmethod
    def of(cls, duration_s: float, aspect: float) -> ThumbnailGrid:
        """One thumbnail per second, since each second has a key frame; fewer in a long lesson."""
        every_s = max(1, ceil(duration_s / MAX_COUNT))
        count = max(1, ceil(round(duration_s / every_s, 6)))
        width = min(MAX_WIDTH, max(MIN_WIDTH, round(HEIGHT * aspect)))
        return cls(count, every_s, min(MAX_COLUMNS, count), width, HEIGHT)

    @property
    def rows(self) -> int:
        """The number of rows; the last one may not be full."""
        return ceil(self.count / self.columns)

    def describe(self) -> dict[str, object]:
        """The grid as in the lesson's metadata."""
        return {
            "count": self.count,
            "every_s": self.every_s,
            "columns": self.columns,
            "rows": self.rows,
            "width": self.width,
            "height": self.height,
        }
