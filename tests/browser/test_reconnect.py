"""The connection dies, or the server does, in the middle of a lesson."""

from pathlib import Path

import pytest
from playwright.async_api import Browser

from rtc_server.config import Config
from tests.browser.support.learner import NARROW, PATIENCE_S, WIDE, Learner, open_learner
from tests.browser.support.server_process import Server, run_server


async def until_lost(learner: Learner) -> None:
    await learner.until_phase("reconnecting")
    assert await learner.text("problem") == "The connection was lost"
    assert not await learner.camera_is_off()


@pytest.mark.timeout(120)
async def test_server_that_comes_back_is_found_by_itself(
    browser: Browser, lessons_dir: Path
) -> None:
    learner = await open_learner(browser)
    with run_server(lessons_dir) as first:
        await learner.play(first.url)
        await learner.until_scored(past_s=2)
        await learner.page.keyboard.press("b")  # repeat from the start up to here
        await learner.until_true("spy.received.at(-1).message.lesson_s > 0.7")
        left_s = (await learner.server_session(first.url))["lesson_s"]
        first.kill()
        await until_lost(learner)
    countdown_s = Config().countdown_s  # long enough to look at
    with run_server(lessons_dir, port=first.port, countdown_s=countdown_s) as again:
        await learner.until_phase("counting", timeout_s=PATIENCE_S)
        assert "counts from here" in await learner.text("remark"), "the score so far is lost"
        await learner.screenshot("15-reconnected")
        await learner.until_phase("playing")
        started = (await learner.sent("start"))[-1]
        assert left_s - 0.5 <= started["lesson_s"] <= left_s + 2.0
        asked, again_asked = await learner.sent("loop")
        assert again_asked["to_s"] == pytest.approx(asked["to_s"], abs=0.01)
        *_, state = await learner.received("state")
        assert state["loop"] == [0, again_asked["to_s"]]
        assert await learner.page.evaluate("spy.cameras.length") == 1, "it asked for the camera"
        again.kill()
        await until_lost(learner)
    await learner.page.click('.interruption [data-part="leave"]')
    await learner.until_phase("problem")  # the list of lessons comes from the server, too
    assert await learner.text("problem") == "The server does not answer"
    assert await learner.camera_is_off()


async def test_connection_that_dies_in_silence_is_noticed_and_the_score_goes_on(
    learner: Learner, server: Server
) -> None:
    await learner.play(server.url)
    await learner.until_scored(past_s=2)
    # The server notices at once; this page has to notice that it receives nothing.
    await learner.page.evaluate("spy.peers.at(-1).close()")
    await until_lost(learner)
    await learner.until_phase("playing")
    (_, welcome) = await learner.received("welcome")
    assert welcome["resumed"]["samples"] > 0
    start = (await learner.sent("start"))[-1]
    assert "lesson_s" not in start, "the server knows the place better"
    (_, playing) = [s for s in await learner.received("state") if s["state"] == "playing"]
    assert playing["lesson_s"] == pytest.approx(welcome["resumed"]["lesson_s"], abs=0.3)
    await learner.until_scored(past_s=playing["lesson_s"] + 1)
    await learner.press("stop")
    await learner.until_phase("summary")
    (summary,) = await learner.received("summary")
    assert summary["samples"] > welcome["resumed"]["samples"]
    assert await learner.page.evaluate("spy.cameras.length") == 1
    assert learner.console_errors == []


async def exhaust_the_tries(learner: Learner) -> None:
    """The tries come to an end, and nothing is sent meanwhile."""
    sent = len(await learner.page.evaluate("spy.sent"))
    for width, height in (WIDE, NARROW):
        await learner.page.set_viewport_size({"width": width, "height": height})
        await learner.screenshot("14-reconnecting")
        assert await learner.overflow_px() == 0
    await learner.until_true("/Try [34] of 8 in \\d+ s/.test(document.body.innerText)")
    while await learner.phase() == "reconnecting":
        await learner.page.locator('[data-part="act"]').dispatch_event("click")
        await learner.page.wait_for_timeout(100)
    await learner.until_phase("problem")
    assert await learner.text("problem") == "The connection was lost"
    assert await learner.camera_is_off()
    assert len(await learner.page.evaluate("spy.sent")) == sent, "it goes on sending"
    await learner.screenshot("16-gave-up")


@pytest.mark.timeout(240)
async def test_who_comes_back_is_connected_again_until_the_tries_come_to_an_end(
    browser: Browser, lessons_dir: Path
) -> None:
    learner = await open_learner(browser)
    with run_server(lessons_dir) as first:
        await learner.play(first.url)
        await learner.page.evaluate("mishaps.hide(true)")
        await learner.until_phase("paused")
        held_s = await learner.position_s()
        first.kill()
        await until_lost(learner)
        await learner.page.wait_for_timeout(3000)
        assert "Try 1 of 8" in await learner.text("progress-words"), "it tries though nobody looks"
    with run_server(lessons_dir, port=first.port) as again:
        await learner.page.evaluate("mishaps.hide(false)")
        await learner.until_phase("ready")
        assert await learner.text("start") == "Go on"
        await learner.screenshot("17-go-on")
        await learner.press("start")
        await learner.until_phase("playing")
        assert (await learner.sent("start"))[-1]["lesson_s"] == pytest.approx(held_s, abs=0.1)
        again.kill()
    await until_lost(learner)
    await exhaust_the_tries(learner)
