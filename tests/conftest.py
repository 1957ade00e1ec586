"""What several kinds of test share: lessons made by the real code of real weights."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable
from pathlib import Path

import pytest

from rtc_server.authoring.build import make_lesson
from rtc_server.authoring.build_request import BuildRequest
from rtc_server.authoring.pose_extraction import open_people_tracker
from rtc_server.lessons.store import Lesson
from tests import live_pose
from tools.dancer.scene import render
from tools.dancer.video_files import write

SHORT_S = 5.0
os.environ["TANDEM_HISTORY"] = ""  # tests keep nothing but where they say so
os.environ |= live_pose.ENVIRONMENT
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell that starts the tests in the background makes them ignore SIGINT, which tests send.
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    turns = _turns(dict.fromkeys(item.path for item in items))
    items.sort(key=lambda item: turns[item.path])


def _turns(files: Iterable[Path]) -> dict[Path, float]:
    """Where each file stands in line, 0 to 1.

    `make test` has several processes take files in this order: those that mostly wait, for browsers
    and peers, are spread among those that count all the time, so that the machine is always busy.
    """
    waiting: list[Path] = []
    counting: list[Path] = []
    for file in files:
        (counting if "unit" in file.parts else waiting).append(file)
    return {
        file: (place + 0.5) / len(half)
        for half in (waiting, counting)
        for place, file in enumerate(half)
    }


@pytest.fixture(scope="session")
def short_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five seconds from the middle of the first dance, silent."""
    path = tmp_path_factory.mktemp("films") / "short.mp4"
    stage = render("sunrise", "instructor", size=(240, 320), fps=15, duration_s=12 + SHORT_S)
    frames = (stage.frame_at(12 + k / 15) for k in range(round(SHORT_S * 15)))
    write(path, frames, 15)
    return path


@pytest.fixture(scope="session")
def short_lesson(short_film: Path, tmp_path_factory: pytest.TempPathFactory) -> Lesson:
    """A lesson of five seconds, in a store of its own."""
    request = BuildRequest(short_film, tmp_path_factory.mktemp("lessons"), "short", "Short")
    return make_lesson(request, open_people_tracker())
