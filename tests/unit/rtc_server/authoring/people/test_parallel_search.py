"""How many sections are searched at the same time changes nothing about what is found."""

import hashlib
import threading
from pathlib import Path
from typing import NoReturn

import numpy as np
import pytest

from rtc_server.authoring.build import make_lesson
from rtc_server.authoring.build_request import BuildRequest
from rtc_server.authoring.cover_image import best_cover
from rtc_server.authoring.people.parallel_search import search_sections
from rtc_server.authoring.people.sections import plan_sections
from rtc_server.authoring.people.tracker import Image, People, PeopleTracker
from rtc_server.types import Pose
from tests.clips import index_of, write_clip

SECONDS, FPS = 70, 2


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Somebody who moves without a pause; key frames are 3 s apart."""
    folder = tmp_path_factory.mktemp("sections")
    times_s = [k / 4 for k in range(4 * SECONDS)]
    return write_clip(folder / "a.mp4", times_s, last_s=0.25, key_every=12)


def open_tracker() -> PeopleTracker:
    """A tracker whose poses depend on every image that it has seen, to the last bit."""
    seen = hashlib.sha256()

    def track(image: Image, t_s: float) -> People:
        seen.update(image.tobytes())
        moved = np.frombuffer(seen.digest(), np.uint8)[:18].astype(np.float32) / 2560
        xy = np.linspace(0.3, 0.6, 36, dtype=np.float32).reshape(18, 2)
        xy[:, 0] += moved + index_of(image) / 100
        return {7: Pose(t_s, xy, np.full(18, 0.5, np.float32), aspect=4 / 3)}

    return track


def search(video: Path, workers: int) -> tuple[bytes, bytes]:
    """All that is found, and the cover image."""
    plan = plan_sections(video, FPS, SECONDS)
    assert len(plan.sections) == 3
    found = search_sections(open_tracker, workers, video, plan, lambda _: None)
    cover = best_cover(section.cover for section in found)
    assert cover is not None
    parts = [
        (section.times_s, section.cuts, [(n, p.xy.tobytes()) for n, p in one.items()])
        for section in found
        for one in section.samples
    ]
    return repr(parts).encode(), cover


def test_the_same_is_found_by_any_number_of_workers(video: Path) -> None:
    assert search(video, 1) == search(video, 2) == search(video, 5)


def test_a_lesson_has_the_same_bytes_by_any_number_of_workers(video: Path, tmp_path: Path) -> None:
    folders = []
    for workers in (1, 2):
        request = BuildRequest(video, tmp_path / str(workers), "a", "A", None, FPS, workers=workers)
        folders.append(make_lesson(request, open_tracker).folder)
    one, two = folders
    assert {path.name for path in one.iterdir()} == {path.name for path in two.iterdir()}
    for path in one.iterdir():
        assert path.read_bytes() == (two / path.name).read_bytes(), path.name


def test_each_sample_is_counted_once_by_one_thread_at_a_time(video: Path) -> None:
    inside = threading.Lock()
    total = 0

    def on_samples(count: int) -> None:
        nonlocal total
        assert inside.acquire(blocking=False)
        total += count
        inside.release()

    plan = plan_sections(video, FPS, SECONDS)
    search_sections(open_tracker, 3, video, plan, on_samples)
    assert total == plan.expected == SECONDS * FPS


def test_if_one_section_fails_the_others_stop(video: Path) -> None:
    entered = threading.Barrier(2)
    opened = iter(("fails", "waits"))
    looked = 0

    def open_one() -> PeopleTracker:
        kind = next(opened)

        def track(_image: Image, _t_s: float) -> People:
            nonlocal looked
            if looked == 0:
                entered.wait(30)
            if kind == "fails":
                fail()
            looked += 1
            failed.wait(30)
            return {}

        return track

    failed = threading.Event()

    def fail() -> NoReturn:
        failed.set()
        raise OSError("a section that fails")

    with pytest.raises(OSError, match="a section that fails"):
        search_sections(open_one, 2, video, plan_sections(video, FPS, SECONDS), lambda _: None)
    assert looked < SECONDS * FPS / 3
