"""Where each thumbnail of a lesson is in the sheet, and what it shows."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from rtc_server.authoring.build import make_lesson
from rtc_server.authoring.build_request import BuildRequest
from rtc_server.authoring.thumbnails import draw_thumbnails
from rtc_server.errors import BrokenLesson
from rtc_server.lessons.store import Lesson
from rtc_server.lessons.thumbnail_grid import ThumbnailGrid
from rtc_server.types import Pose
from tests.clips import grey_of, write_clip


@pytest.mark.parametrize(
    ("duration_s", "count", "every_s", "columns", "rows"),
    [(0.4, 1, 1, 1, 1), (7.67, 8, 1, 8, 1), (60, 60, 1, 10, 6), (61, 31, 2, 10, 4)],
)
def test_there_is_one_a_second_up_to_60(
    duration_s: float, count: int, every_s: int, columns: int, rows: int
) -> None:
    grid = ThumbnailGrid.of(duration_s, 0.75)
    assert (grid.count, grid.every_s, grid.columns, grid.rows) == (count, every_s, columns, rows)
    assert (grid.count - 1) * grid.every_s < duration_s


def test_thumbnails_keep_the_aspect_within_limits() -> None:
    sizes = [
        (grid.width, grid.height) for grid in (ThumbnailGrid.of(9, a) for a in (0.75, 16 / 9, 9))
    ]
    assert sizes == [(68, 90), (160, 90), (240, 90)]


@pytest.fixture
def lesson(tmp_path: Path) -> Lesson:
    """Twelve seconds; each second brings another grey."""
    pose = Pose(0.0, np.full((18, 2), 0.5, np.float32), np.ones(18, np.float32), aspect=4 / 3)
    video = write_clip(tmp_path / "a.mp4", [float(k) for k in range(12)], last_s=1.0)
    request = BuildRequest(video, tmp_path / "lessons", "greys", "Greys", pose_fps=1)
    return make_lesson(request, lambda: lambda _image, _t_s: {0: pose})


def test_each_thumbnail_shows_its_second(lesson: Lesson) -> None:
    grid = lesson.thumbnail_grid
    sheet = cv2.imdecode(np.frombuffer(draw_thumbnails(lesson), np.uint8), cv2.IMREAD_COLOR)
    assert sheet.shape == (grid.rows * grid.height, grid.columns * grid.width, 3)
    for k in range(grid.count):
        y, x = k // grid.columns * grid.height, k % grid.columns * grid.width
        shown = sheet[y + 5 : y + grid.height - 5, x + 5 : x + grid.width - 5]
        assert abs(float(np.median(shown)) - grey_of(k)) <= 5, k


def test_a_lesson_without_its_video_has_no_thumbnails(lesson: Lesson) -> None:
    (lesson.folder / "vp8.bin").write_bytes(b"")
    with pytest.raises(BrokenLesson):
        draw_thumbnails(lesson)
