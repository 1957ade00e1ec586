"""One server, one film and one browser for all of these tests; a window for a test."""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from rtc_server.config import Config
from tests import made
from tests.browser.support import camera_film
from tests.browser.support.chromium import ALLOWED, FAKE, chromium, film_flag
from tests.browser.support.learner import Learner, open_learner
from tests.browser.support.server_process import Server, run_server

HERE = Path(__file__).resolve().parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A browser belongs to the event loop that started it."""
    for item in items:
        if item.path.is_relative_to(HERE) and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest.fixture(scope="session")
def lessons_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the demo lesson; a copy, because a class that is kept becomes a lesson."""
    return shutil.copytree(made.demo_lessons(), tmp_path_factory.mktemp("lessons") / "store")


@pytest.fixture(scope="session")
def server(lessons_dir: Path) -> Iterator[Server]:
    with run_server(lessons_dir) as running:
        yield running


@pytest.fixture(scope="session")
def counting_server(lessons_dir: Path) -> Iterator[Server]:
    """For tests of the count-down: it lasts as long as for everybody, and `server`'s is short."""
    with run_server(lessons_dir, countdown_s=Config().countdown_s) as running:
        yield running


@pytest.fixture(scope="session")
def learner_film() -> Path:
    return camera_film.dance_film()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def running_browser(learner_film: Path) -> AsyncIterator[Browser]:
    async with chromium(ALLOWED, FAKE, film_flag(learner_film)) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def browser(running_browser: Browser) -> AsyncIterator[Browser]:
    """Without a window of another test; those that a test opens are closed after it."""
    before = running_browser.contexts
    yield running_browser
    for context in running_browser.contexts:
        if context not in before:
            await context.close()


@pytest_asyncio.fixture(loop_scope="session")
async def learner(browser: Browser) -> Learner:
    return await open_learner(browser)
