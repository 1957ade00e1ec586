"""The page where WebRTC finds no way, or does not exist: it goes over a WebSocket."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import pytest_asyncio
from playwright.async_api import Browser

from rtc_server.config import Config
from tests import live_pose
from tests.browser.support.chromium import ALLOWED, FAKE, chromium, film_flag
from tests.browser.support.learner import Learner, open_learner
from tests.browser.support.screen_camera import follow_oracle
from tests.browser.support.server_process import run_server
from tests.integration.conftest import serving
from tools import oracle
from tools.skew_probe import SkewProbe, skews_ms

pytestmark = pytest.mark.alone

LESSON_S = 9.0
AIM_MS = 50.0
NO_WEBRTC = "delete window.RTCPeerConnection"
NO_UDP = "--webrtc-ip-handling-policy=disable_non_proxied_udp"  # as in a strict network


@pytest_asyncio.fixture(loop_scope="module")
async def strict_browser(learner_film: Path) -> AsyncIterator[Browser]:
    """A browser in a network that lets no UDP through."""
    async with chromium(ALLOWED, FAKE, film_flag(learner_film), NO_UDP) as running:
        yield running


async def check_the_end(learner: Learner) -> dict[str, Any]:
    """The end was told before the socket was closed, and it was clean."""
    (summary,) = await learner.received("summary")
    await learner.until_true("spy.closes.length > 0")
    assert await learner.page.evaluate("spy.closes") == [{"code": 1000, "reason": "finished"}]
    kinds = await learner.page.evaluate("spy.received.map(({message}) => message.type)")
    assert kinds[-1] == "summary"
    assert await learner.camera_is_off()
    return summary


async def test_without_webrtc_a_lesson_is_danced_to_the_summary_in_sync() -> None:
    lessons = await asyncio.to_thread(oracle.open_store, duration_s=LESSON_S)
    config = Config(lessons=lessons.folder, port=0, countdown_s=1, **live_pose.SETTINGS)
    with SkewProbe() as probe:
        async with serving(config) as server, chromium(ALLOWED) as browser:
            learner = await open_learner(browser, permissions=["camera"])
            await learner.page.add_init_script(NO_WEBRTC)
            await follow_oracle(learner, server.url, LESSON_S, "websocket")
            summary = await check_the_end(learner)
    assert summary["complete"] and summary["score"] > 50
    assert [text for text in learner.console_errors if "style-src-elem" not in text] == []
    (attempt,) = probe.attempts
    looks = probe.samples_of(attempt)
    assert len(looks) >= 3 * LESSON_S
    skews = skews_ms(looks)
    assert np.percentile(np.abs(skews), 95) <= AIM_MS, [round(ms) for ms in skews]


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
