"""One server and one film for all browser tests; a browser for each."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.browser import film
from tests.browser.cache import ROOT, cached
from tests.browser.chromium import ALLOWED, FAKE, chromium, filmed
from tests.browser.learner import Learner, learner_in
from tests.browser.serving import Server, serving


@pytest.fixture(scope="session")
def lessons_dir() -> Path:
    """Where the demo lesson is made, once for each state of the code that makes it."""
    code = [path for room in ("rtc_server", "tf_pose") for path in (ROOT / room).rglob("*.py")]
    return cached("lessons", "", code)


@pytest.fixture(scope="session")
def server(lessons_dir: Path) -> Iterator[Server]:
    with serving(lessons_dir) as running:
        yield running


@pytest.fixture(scope="session")
def learner_film() -> Path:
    return film.learner()


@pytest.fixture
async def browser(learner_film: Path) -> AsyncIterator[Browser]:
    async with chromium(ALLOWED, FAKE, filmed(learner_film)) as running:
        yield running


@pytest.fixture
async def learner(browser: Browser) -> Learner:
    return await learner_in(browser)
