"""The way of a newcomer in Firefox, and what it shows when."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from rtc_server.config import Config
from tests import live_pose, made
from tests.browser.support.firefox import find_firefox, firefox
from tests.browser.support.learner import open_learner
from tests.browser.support.screen_camera import follow_oracle
from tests.browser.support.skew_checks import check_skews
from tests.integration.conftest import serving
from tools import oracle
from tools.skew_probe import SkewProbe, skews_ms

FOUND = find_firefox()
pytestmark = [
    pytest.mark.alone,
    pytest.mark.skipif(FOUND is None, reason="there is no Firefox: apt-get install firefox-esr"),
]

AIM_MS = 60.0


@pytest_asyncio.fixture(loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with firefox(str(FOUND)) as running:
        yield running


SEEK_S = 5.0
PLAY = """
async ([id, seek_s]) => {
  const { listVideoUrls } = await import("/static/js/lessons/lesson_videos.js");
  const lesson = await (await fetch(`/api/lessons/${id}`)).json();
  const outcomes = {};
  for (const url of listVideoUrls(lesson)) {
    const video = Object.assign(document.createElement("video"), { muted: true, src: url });
    const ready = await new Promise((resolve) => {
      video.addEventListener("loadeddata", () => resolve(true));
      video.addEventListener("error", () => resolve(false));
    });
    if (ready) {
      video.currentTime = seek_s;
      await new Promise((resolve) => video.addEventListener("seeked", resolve, { once: true }));
    }
    outcomes[url] = { ready, width: video.videoWidth, at_s: video.currentTime, s: video.duration };
  }
  return outcomes;
}
"""


async def test_a_newcomer_dances_to_the_summary_in_sync(browser: Browser) -> None:
    lessons = await asyncio.to_thread(made.oracle_lessons)
    settings = {**live_pose.SETTINGS, "countdown_s": 1, "pose_fps": made.ORACLE_LOOKS_FPS}
    config = Config(lessons=lessons.folder, port=0, **settings)
    with SkewProbe() as probe:
        async with serving(config) as server:
            learner = await open_learner(browser)
            await follow_oracle(learner, server.url, made.ORACLE_S, "firefox")
            (summary,) = await learner.received("summary")
            videos = await learner.page.evaluate(PLAY, [oracle.LESSON_ID, SEEK_S])
    assert summary["complete"] and summary["score"] > 50
    webm = videos[f"/api/lessons/{oracle.LESSON_ID}/video?format=webm"]
    assert webm["ready"] and webm["width"] > 0 and webm["at_s"] == SEEK_S, videos
    assert webm["s"] == pytest.approx(made.ORACLE_S, abs=0.1)
    # Playwright adds a style for each screenshot, which the page's policy refuses.
    assert [text for text in learner.console_errors if "style-src-elem" not in text] == []
    (attempt,) = probe.attempts
    looks = probe.samples_of(attempt)
    assert len(looks) >= 9  # enough to judge by; how many there are, the machine decides
    check_skews(skews_ms(looks), AIM_MS)
