"""The true skew of a real browser, whose camera films the instructor's picture on the page."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from rtc_server.config import Config
from tests import live_pose, made
from tests.browser.support.chromium import ALLOWED, chromium
from tests.browser.support.learner import Learner, open_learner
from tests.browser.support.screen_camera import NO_FRAME_METADATA, follow_oracle
from tests.browser.support.skew_checks import check_skews
from tests.browser.support.strict_networks import NO_WEBRTC
from tests.integration.conftest import serving
from tools.skew_probe import SkewProbe, skews_ms

pytestmark = pytest.mark.alone

AIM_MS = 60.0
SOCKET_AIM_MS = 50.0
FRAME_MS = 34.0


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def opened() -> AsyncIterator[tuple[str, Browser]]:
    """The address of a server in this process, and a browser."""
    lessons = await asyncio.to_thread(made.oracle_lessons)
    settings = {**live_pose.SETTINGS, "countdown_s": 1, "pose_fps": made.ORACLE_LOOKS_FPS}
    config = Config(lessons=lessons.folder, port=0, **settings)
    async with serving(config) as server, chromium(ALLOWED) as browser:
        yield server.url, browser


@pytest.mark.parametrize(
    ("lacks", "sync", "aim_ms"),
    [
        pytest.param(None, "measured", AIM_MS, id="as it is"),
        # The frame that came last may not be the one that is shown.
        pytest.param(NO_FRAME_METADATA, "estimated", AIM_MS + FRAME_MS, id="without RTP metadata"),
        pytest.param(NO_WEBRTC, "measured", SOCKET_AIM_MS, id="without WebRTC"),
    ],
)
async def test_the_server_knows_what_chromium_shows(
    opened: tuple[str, Browser], lacks: Path | None, sync: str, aim_ms: float
) -> None:
    url, browser = opened
    learner = await open_learner(browser, permissions=["camera"])
    with SkewProbe() as probe:
        await follow_oracle(learner, url, made.ORACLE_S, lacks=lacks)
        scores = await learner.received("score")
        assert await learner.page.evaluate("echo.frames") > 5 * made.ORACLE_S
    if lacks == NO_WEBRTC:
        await check_the_end(learner)
    await learner.page.context.close()
    (attempt,) = probe.attempts
    looks = probe.samples_of(attempt)
    assert len(looks) >= 4 * made.ORACLE_S  # over a WebSocket 5 pictures come in a second
    assert sum(look.true_s is None for look in looks) <= 0.1 * len(looks)
    check_skews(skews_ms(looks), aim_ms)
    assert {score["sync"] for score in scores[-10:]} == {sync}


async def check_the_end(learner: Learner) -> None:
    """The end was told before the socket was closed, and it was clean."""
    await learner.until_true("spy.closes.length > 0")
    assert await learner.page.evaluate("spy.closes") == [{"code": 1000, "reason": "finished"}]
    kinds = await learner.page.evaluate("spy.received.map(({message}) => message.type)")
    assert kinds[-1] == "summary"
    assert await learner.page.evaluate("[spy.peers.length, spy.pictures.sent > 0]") == [0, True]
    assert await learner.camera_is_off()
    assert learner.console_errors == []
