"""The way of a newcomer in Firefox, and what it shows when."""

import asyncio
from collections.abc import AsyncIterator

import numpy as np
import pytest
import pytest_asyncio
from playwright.async_api import Browser

from rtc_server.config import Config
from tests import live_pose
from tests.browser.support.firefox import find_firefox, firefox
from tests.browser.support.learner import open_learner
from tests.browser.support.screen_camera import follow_oracle
from tests.integration.conftest import serving
from tools import oracle
from tools.skew_probe import SkewProbe, skews_ms

FOUND = find_firefox()
pytestmark = [
    pytest.mark.alone,
    pytest.mark.skipif(FOUND is None, reason="there is no Firefox: apt-get install firefox-esr"),
]

LESSON_S = 9.0
AIM_MS = 60.0


@pytest_asyncio.fixture(loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with firefox(str(FOUND)) as running:
        yield running


async def test_a_newcomer_dances_to_the_summary_in_sync(browser: Browser) -> None:
    lessons = await asyncio.to_thread(oracle.open_store, duration_s=LESSON_S)
    config = Config(lessons=lessons.folder, port=0, countdown_s=1, **live_pose.SETTINGS)
    with SkewProbe() as probe:
        async with serving(config) as server:
            learner = await open_learner(browser)
            await follow_oracle(learner, server.url, LESSON_S, "firefox")
            (summary,) = await learner.received("summary")
    assert summary["complete"] and summary["score"] > 50
    # Playwright adds a style for each screenshot, which the page's policy refuses.
    assert [text for text in learner.console_errors if "style-src-elem" not in text] == []
    (attempt,) = probe.attempts
    looks = probe.samples_of(attempt)
    assert len(looks) >= 3 * LESSON_S
    skews = skews_ms(looks)
    assert np.percentile(np.abs(skews), 95) <= AIM_MS, [round(ms) for ms in skews]
