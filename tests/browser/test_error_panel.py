"""What the page says when something is wrong, and what the learner can do about it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.browser.support.chromium import ALLOWED, FAKE, chromium
from tests.browser.support.learner import Learner, open_learner
from tests.browser.support.server_process import STARTS_WITHIN_S, Server, run_server
from tests.browser.support.strict_networks import NO_UDP, NO_WEBRTC


@pytest_asyncio.fixture(loop_scope="session")
async def bare_browser(request: pytest.FixtureRequest) -> AsyncIterator[Browser]:
    """A browser with the flags of the test's parameter only."""
    async with chromium(*request.param) as running:
        yield running


async def problem(learner: Learner) -> str:
    await learner.until_phase("problem")
    assert await learner.camera_is_off()
    return await learner.text("problem")


@pytest.mark.parametrize("bare_browser", [[ALLOWED]], indirect=True)
async def test_no_camera(bare_browser: Browser, server: Server) -> None:
    learner = await open_learner(bare_browser)
    await learner.visit(server.url)
    await learner.choose()
    assert await problem(learner) == "No camera was found"
    await learner.screenshot("7-no-camera")
    await learner.press("leave")
    await learner.until_phase("choosing")


@pytest.mark.parametrize("bare_browser", [[FAKE]], indirect=True)
async def test_permission_refused(bare_browser: Browser, server: Server) -> None:
    # Granting one permission refuses the others without asking.
    learner = await open_learner(bare_browser, permissions=["geolocation"])
    await learner.visit(server.url)
    await learner.choose()
    assert await problem(learner) == "The camera is not allowed"
    await learner.page.context.grant_permissions(["camera"])
    await learner.press("retry")
    await learner.until_phase("ready")


BUSY = """
navigator.mediaDevices.getUserMedia = () =>
  Promise.reject(new DOMException("Could not start video source", "NotReadableError"));
"""


async def test_camera_in_use(learner: Learner, server: Server) -> None:
    """Chromium's fake camera is never busy, so the browser's error is simulated."""
    await learner.page.add_init_script(BUSY)
    await learner.visit(server.url)
    await learner.choose()
    assert await problem(learner) == "The camera is in use"


ELSEWHERE = "--host-resolver-rules=MAP tandem.example 127.0.0.1"


@pytest.mark.parametrize("bare_browser", [[ALLOWED, FAKE, ELSEWHERE]], indirect=True)
async def test_address_that_is_not_secure(bare_browser: Browser, server: Server) -> None:
    learner = await open_learner(bare_browser)
    await learner.visit(f"http://tandem.example:{server.port}")
    await learner.choose()
    assert await problem(learner) == "The camera needs a secure address"


NO_SOCKET = "delete window.WebSocket"  # which would take the place of WebRTC


@pytest.mark.parametrize("bare_browser", [[ALLOWED, FAKE, NO_UDP]], indirect=True)
async def test_network_that_lets_no_video_through(bare_browser: Browser, server: Server) -> None:
    learner = await open_learner(bare_browser)
    await learner.page.add_init_script(NO_SOCKET)
    await learner.visit(server.url)
    await learner.choose()
    assert await problem(learner) == "The video cannot get through"
    await learner.screenshot("13-no-path")


async def test_browser_without_webrtc(learner: Learner, server: Server) -> None:
    await learner.page.add_init_script(NO_SOCKET)
    await learner.page.add_init_script(path=NO_WEBRTC)
    await learner.visit(server.url)
    await learner.choose()
    assert await problem(learner) == "This browser cannot make live video calls"


async def until_it_listens(server: Server) -> None:
    """Wait until the server answers, although it is not ready."""
    async with asyncio.timeout(STARTS_WITHIN_S), aiohttp.ClientSession() as session:
        while True:
            with suppress(aiohttp.ClientConnectionError):
                async with session.get(f"{server.url}/readyz") as answer:
                    assert answer.status == 503, "it is ready already"
                    return
            await asyncio.sleep(0.05)


STOPPING = {"status": 503, "code": "server_stopping", "detail": "the server is stopping"}


async def test_server_that_stops_lets_nobody_in(learner: Learner, server: Server) -> None:
    """A server says so only for a short moment, so its answer is simulated."""
    await learner.visit(server.url)
    await learner.page.route(
        "**/api/sessions",
        lambda route: route.fulfill(
            status=503, json=STOPPING, content_type="application/problem+json"
        ),
    )
    await learner.choose()
    assert await problem(learner) == "The server is being stopped"


@pytest.mark.timeout(240)
async def test_server_that_is_full_that_stops_and_that_has_just_started(
    browser: Browser, lessons_dir: Path
) -> None:
    with run_server(lessons_dir, "--max-sessions", "1") as server:
        learner = await open_learner(browser)
        await learner.play(server.url)
        await learner.press("hold")  # or the lesson would be over on a slow machine
        await learner.until_phase("paused")
        second = await open_learner(browser)
        await check_full(second, server)
        await second.press("leave")
        await second.until_phase("choosing")
        await second.page.wait_for_load_state("networkidle")
        await learner.press("hold")
        await learner.until_phase("playing")
        # A server that is stopped sends the summary first, so the page does not reconnect.
        assert server.terminate() == 0, server.output
        await learner.until_phase("summary")
        assert "The server was stopped." in await learner.text("change")
        assert await learner.camera_is_off()
        assert learner.console_errors == []
    await check_start(second, lessons_dir, server)


async def check_start(learner: Learner, lessons_dir: Path, before: Server) -> None:
    """A server that has just started is waited for, by a page that came from it before.

    While it loads its models, which takes seconds, it listens but accepts nobody.
    """
    starting = asyncio.create_task(asyncio.to_thread(Server, lessons_dir, port=before.port))
    try:
        await until_it_listens(before)
        await learner.choose()
        assert await problem(learner) == "The server is getting ready"
        await learner.screenshot("14-warming")
        await asyncio.shield(starting)
        await learner.page.click('[data-part="retry"]:enabled')
        await learner.until_phase("ready")
    finally:
        (await starting).kill()


async def check_full(second: Learner, server: Server) -> None:
    await second.visit(server.url)
    await second.choose()
    assert await problem(second) == "All places are taken"
    await second.screenshot("9-full")
    assert "Try again in" in await second.text("retry")
    assert await second.page.is_disabled('[data-part="retry"]')
