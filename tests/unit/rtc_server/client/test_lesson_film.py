"""The frames of a lesson's file, by lesson position."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import pytest

from rtc_server.client.lesson_film import LessonFilm
from rtc_server.errors import BadVideo
from tests.clips import index_of, write_clip

FPS = 25


@pytest.fixture
def film(tmp_path: Path) -> Iterator[LessonFilm]:
    clip = write_clip(tmp_path / "clip.mp4", [k / FPS for k in range(5 * FPS)], last_s=1 / FPS)
    opened = LessonFilm(clip)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    "positions_s", [[0.0, 0.04, 0.08], [1.0, 1.2, 1.99], [4.5, 0.2, 3.3, 3.3, 0.0], [0.01, 2.01]]
)
def test_the_next_frame_from_any_position_on(film: LessonFilm, positions_s: list[float]) -> None:
    for position_s in positions_s:
        found = film.frame_from(position_s)
        assert found is not None
        shown_s, frame = found
        number = round(shown_s * FPS)
        assert position_s - 0.001 <= shown_s < position_s + 1 / FPS + 0.001
        assert index_of(frame.to_ndarray(format="bgr24")) == number % 26


def test_past_the_end_there_is_none_and_going_back_is_possible(film: LessonFilm) -> None:
    assert film.frame_from(4.97) is None
    assert film.frame_from(60.0) is None
    found = film.frame_from(1.0)
    assert found is not None and found[0] == pytest.approx(1.0)


def test_it_is_closed_while_threads_still_ask_for_frames(film: LessonFilm) -> None:
    """FFmpeg crashes the process where a file is closed below a thread that decodes it."""
    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(film.frame_from, k * 1.3 % 4.9) for k in range(20)]
        assert asked[0].result() is not None
        film.close()
        wait(asked)
    assert asked[-1].exception() is None
    assert film.frame_from(1.0) is None


def test_a_file_that_is_no_video_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "text.mp4"
    path.write_text("no video")
    with pytest.raises(BadVideo, match="expected a video"):
        LessonFilm(path)
