"""A page that is hidden: another tab, a phone that sleeps."""

from tests.browser.support.learner import NARROW, WIDE, Learner
from tests.browser.support.server_process import Server

HELD = "mishaps.locks.filter(lock => !lock.released).length"


async def test_hidden_page_pauses_and_says_how_to_go_on_or_leave(
    learner: Learner, server: Server
) -> None:
    await learner.play(server.url)
    await learner.until_true(f"{HELD} === 1")
    await learner.page.evaluate("mishaps.hide(true)")
    await learner.until_phase("paused")
    await learner.until_true(f"{HELD} === 0")
    await learner.page.evaluate("mishaps.hide(false)")
    assert await learner.text("problem") == "Paused while you were away"
    await learner.until_true(f"{HELD} === 1")
    for width, height in (WIDE, NARROW):
        await learner.page.set_viewport_size({"width": width, "height": height})
        await learner.screenshot("13-was-away")
        assert await learner.overflow_px() == 0
    await learner.page.wait_for_timeout(2500)  # it checked whether the server is still there
    assert await learner.phase() == "paused"
    await learner.press("act")
    await learner.until_phase("playing")
    assert not await learner.page.is_visible(".interruption")
    assert len(await learner.sent("pause")) == 1
    await leave(learner)
    await learner.until_true(f"{HELD} === 0")
    assert learner.console_errors == []


async def leave(learner: Learner) -> None:
    """Leave a lesson that plays: the page says bye and switches the camera off."""
    await learner.press("leave-stage")
    await learner.until_phase("choosing")
    assert len(await learner.sent("bye")) == 1
    assert await learner.camera_is_off()
    await learner.until_true("spy.peers.every(peer => peer.connectionState === 'closed')")


async def test_page_that_is_hidden_while_counting_down_does_not_begin_without_its_learner(
    learner: Learner, counting_server: Server
) -> None:
    await learner.start(counting_server.url)
    await learner.page.evaluate("mishaps.hide(true)")
    await learner.until_phase("paused")
    await learner.page.evaluate("mishaps.hide(false)")
    assert await learner.text("problem") == "Paused while you were away"
