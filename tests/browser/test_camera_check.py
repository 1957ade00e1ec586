"""The camera check in a real browser: it measures how late the camera is."""

from typing import Any

import pytest
from playwright.async_api import Browser

from tests.browser.support.arms_camera import arms_camera, film_arms
from tests.browser.support.chromium import ALLOWED, chromium
from tests.browser.support.learner import PATIENCE_S, Learner, open_learner
from tests.browser.support.pair import IS_LIVE, WRONG_CLOCK, open_phone, open_television
from tests.browser.support.server_process import Server

LATE_MS = 130.0  # tests/unit/rtc_server/pose/test_camera_latency.py has others
ERROR_MS = 40.0
CHECK_S = 3 + 6 * 2.1  # the count-down and the figure
TELLS_LATENCY = """
ms => spy.sent.some(({message: m}) => m.type === "camera" && m.latency_ms === ms)
"""
HEARS_LATENCY = """
ms => spy.received.findLast(({message: m}) => m.type === "camera")?.message.latency_ms === ms
"""
IS_OVER = "document.querySelector('[data-part=stage]').dataset.check === 'off'"


async def checked(browser: Browser, url: str, late_ms: float) -> tuple[Learner, dict[str, Any]]:
    """A learner who does the check with a camera this late, and its result."""
    learner = await film_arms(await open_learner(browser, permissions=["camera"]), late_ms)
    await learner.visit(url)
    await learner.choose()
    await learner.until_phase("ready")
    return learner, await check(learner)


async def check(screen: Learner) -> dict[str, Any]:
    """Do the check that is offered; give its result."""
    await screen.press("check-begin")
    await screen.until_true(f"!({IS_OVER})")
    await screen.until_true(IS_OVER, timeout_s=CHECK_S + PATIENCE_S)
    (found,) = await screen.received("calibrated")
    if found["problem"] == "slow":
        pytest.skip("this machine has no time for enough poses, and the check says so")
    assert found["problem"] is None, found
    assert found["latency_ms"] == pytest.approx(LATE_MS, abs=ERROR_MS), found
    assert found["cycles"] >= 4
    return found


@pytest.mark.alone
async def test_a_camera_so_late_is_found_to_be_so_late(server: Server) -> None:
    async with chromium(ALLOWED) as browser:
        learner, found = await checked(browser, server.url, LATE_MS)
        await is_told_and_remembered(learner, found["latency_ms"])


async def is_told_and_remembered(learner: Learner, latency_ms: float) -> None:
    """The result is shown, sent to the server, and stored for this camera."""
    assert f"{round(latency_ms)} ms" in await learner.text("prompt")
    assert [told["latency_ms"] for told in await learner.sent("camera")] == [latency_ms]
    assert await learner.page.evaluate("document.activeElement.dataset.part") == "start"
    assert learner.console_errors == []
    await learner.press("leave-stage")
    await learner.until_phase("choosing")
    await learner.choose()
    await learner.until_phase("ready")
    assert [told["latency_ms"] for told in await learner.sent("camera")] == [latency_ms] * 2
    assert not await learner.page.is_visible('[data-part="check-begin"]')
    await learner.press("settings-open")
    assert await learner.text("delay") == f"{round(latency_ms)} ms"


@pytest.mark.alone
async def test_a_phone_remembers_how_late_its_camera_is(server: Server) -> None:
    """The figure is on the television, the arms are before the phone, whose clock is wrong."""
    async with chromium(ALLOWED) as browser:
        television = await open_television(browser, WRONG_CLOCK, arms_camera(LATE_MS))
        phone = await open_phone(television, server.url, "demo")
        latency_ms = (await check(television))["latency_ms"]
        assert f"{round(latency_ms)} ms" in await television.text("prompt")
        await phone.until_true(TELLS_LATENCY, latency_ms)
        assert await television.sent("camera") == []
        await phone.page.reload()
        await phone.until_true(IS_LIVE)  # without a code
        await phone.until_true(TELLS_LATENCY, latency_ms)
        await television.until_true(HEARS_LATENCY, latency_ms)
        assert not await television.page.is_visible('[data-part="check-begin"]')
        await television.press("settings-open")
        assert await television.text("delay") == f"{round(latency_ms)} ms"
        assert television.console_errors == phone.console_errors == []
