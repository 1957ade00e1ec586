"""The camera goes in the middle of a lesson, and comes back."""

import asyncio

from tests.browser.support.learner import NARROW, PATIENCE_S, WIDE, Learner
from tests.browser.support.server_process import Server


async def both_widths(learner: Learner, name: str) -> None:
    for width, height in (WIDE, NARROW):
        await learner.page.set_viewport_size({"width": width, "height": height})
        await learner.screenshot(name)
        assert await learner.overflow_px() == 0


async def frames_at_the_server(learner: Learner, server: Server) -> int:
    return (await learner.server_session(server.url))["webcam_frames"]


async def test_camera_that_is_pulled_out_or_refused_is_taken_again_on_the_same_connection(
    learner: Learner, server: Server
) -> None:
    await learner.play(server.url)
    await learner.page.evaluate("mishaps.pullOut('NotFoundError')")
    await learner.until_phase("paused")
    assert await learner.text("problem") == "The camera stopped"
    await both_widths(learner, "10-camera-gone")
    await learner.page.keyboard.press("Space")  # that is the button: look again
    await learner.until_true(
        "document.querySelector('.interruption h3').textContent === 'No camera was found'"
    )
    assert await learner.phase() == "paused", "nobody can be scored without a camera"

    await learner.page.evaluate("mishaps.plugIn()")
    await learner.until_true(
        "document.querySelector('.interruption h3').textContent === 'The camera is back'"
    )
    await both_widths(learner, "11-camera-back")
    before = await frames_at_the_server(learner, server)
    await learner.page.keyboard.press("Space")
    await learner.until_phase("playing")
    assert not await learner.page.is_visible(".interruption")
    async with asyncio.timeout(PATIENCE_S):
        while await frames_at_the_server(learner, server) <= before + 5:
            await asyncio.sleep(0.1)
    assert await learner.page.evaluate("spy.peers.length") == 1
    assert await learner.page.evaluate("spy.cameras.length") == 2
    await take_the_permission_back(learner)
    await learner.press("stop")
    await learner.until_phase("summary")
    assert await learner.camera_is_off()
    assert learner.console_errors == []


async def take_the_permission_back(learner: Learner) -> None:
    """It is called that, and the camera is taken again once it is given."""
    await learner.page.evaluate("mishaps.pullOut('NotAllowedError')")
    await learner.until_phase("paused")
    await learner.until_true(
        "document.querySelector('.interruption h3').textContent === 'The camera is not allowed'"
    )
    await both_widths(learner, "12-camera-refused")
    await learner.page.evaluate("mishaps.without = ''")
    await learner.press("act")
    await learner.until_true(
        "document.querySelector('.interruption h3').textContent === 'The camera is back'"
    )
    await learner.press("act")
    await learner.until_phase("playing")


async def test_camera_that_goes_while_counting_down_holds_the_lesson(
    learner: Learner, counting_server: Server
) -> None:
    await learner.start(counting_server.url)
    await learner.page.evaluate("mishaps.pullOut('NotFoundError')")
    await learner.until_phase("paused")
    (place_s,) = [s["lesson_s"] for s in await learner.received("state") if s["state"] == "paused"]
    assert place_s < 0.5
    assert learner.console_errors == []
