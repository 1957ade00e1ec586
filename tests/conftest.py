"""What several kinds of test share: one film, its lesson, and how learners are looked at."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path

import pytest
from hypothesis import settings

from rtc_server.lessons.store import Lesson, LessonStore
from tests import live_pose, made

os.environ["TANDEM_HISTORY"] = ""  # tests store no results except where they say so
os.environ |= live_pose.ENVIRONMENT
# No example fails for being slow, and the same examples are tried each time and on every machine;
# HYPOTHESIS_PROFILE=random tries others.
settings.register_profile("same", deadline=None, derandomize=True, database=None)
settings.register_profile("random", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell that starts the tests in the background makes them ignore SIGINT, which tests send.
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--timed",
        action="store_true",
        help="attacks: also check how fast a good learner is served (needs a quiet machine)",
    )


@pytest.fixture(scope="session")
def short_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five seconds from the middle of the first dance, silent: "short.mp4"."""
    return shutil.copy(made.short_film(), tmp_path_factory.mktemp("films") / "short.mp4")


@pytest.fixture(scope="session")
def short_lesson(tmp_path_factory: pytest.TempPathFactory) -> Lesson:
    """A lesson of that film, in a store of its own."""
    folder = shutil.copytree(made.short_lessons(), tmp_path_factory.mktemp("lessons") / "store")
    return LessonStore(folder).get("short")
