"""The page where WebRTC finds no way: it goes over a WebSocket. Without WebRTC: test_sync.py."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.browser.support.chromium import ALLOWED, FAKE, chromium, film_flag
from tests.browser.support.learner import open_learner
from tests.browser.support.server_process import run_server
from tests.browser.support.strict_networks import NO_UDP

pytestmark = pytest.mark.alone


@pytest_asyncio.fixture(loop_scope="session")
async def strict_browser(learner_film: Path) -> AsyncIterator[Browser]:
    """A browser in a network that lets no UDP through."""
    async with chromium(ALLOWED, FAKE, film_flag(learner_film), NO_UDP) as running:
        yield running


async def test_where_udp_is_blocked_the_page_says_so_and_goes_on(
    strict_browser: Browser, lessons_dir: Path
) -> None:
    with run_server(lessons_dir, "--max-sessions", "1") as server:
        learner = await open_learner(strict_browser)
        await learner.visit(f"{server.url}/?annotated")
        await learner.choose()
        await learner.until_true("document.querySelector('[data-part=remark]').textContent !== ''")
        assert "pictures go another way" in await learner.text("remark")
        await learner.until_phase("ready")
        await learner.press("start")
        await learner.until_scored(past_s=1)
        await learner.press("hold")
        await learner.until_phase("paused")
        shown = await learner.page.evaluate(
            "(({paused, currentTime}) => [paused, currentTime > 0.5])"
            "(document.querySelector('[data-part=instructor]'))"
        )
        assert shown == [True, True]
        await learner.press("hold")
        await learner.until_phase("playing")
        await learner.until_true("spy.pictures.received > 0")
        await learner.screenshot("13-websocket")
        await learner.press("stop")
        await learner.until_phase("summary")
        assert learner.console_errors == []
