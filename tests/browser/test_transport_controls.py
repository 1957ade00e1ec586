"""Pausing, seeking and stopping a lesson by mouse; by keyboard: test_first_visit.py."""

from tests.browser.support.learner import Learner, wait_until_true
from tests.browser.support.server_process import Server


async def test_a_lesson_is_paused_moved_stopped_and_danced_again_until_the_tab_is_closed(
    learner: Learner, server: Server
) -> None:
    await learner.play(server.url)
    await pause_and_resume(learner)
    await seek_by_the_bar(learner)
    await learner.press("stop")
    await learner.until_phase("summary")
    assert "stopped before the end" in await learner.text("change")
    (summary,) = await learner.received("summary")
    assert summary["complete"] is False
    await learner.press("again")
    await learner.until_phase("ready")
    await learner.press("start")
    await learner.until_phase("playing")
    await close_the_tab(learner, server)


async def pause_and_resume(learner: Learner) -> None:
    """A pause holds the picture, and the lesson goes on from there."""
    await learner.press("hold")
    await learner.until_phase("paused")
    assert await learner.text("hold") == "Resume"
    held_s = await learner.position_s()
    await learner.screenshot("6-paused")
    await learner.page.wait_for_timeout(600)
    assert await learner.position_s() == held_s
    await learner.press("hold")
    await learner.until_phase("playing")
    await learner.until_position(held_s + 0.5)


async def seek_by_the_bar(learner: Learner) -> None:
    """The lesson goes to where the bar is pressed."""
    bar = learner.page.locator('[data-part="transport"] [data-part="progress"]')
    box = await bar.bounding_box()
    assert box
    await learner.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    await learner.until_true("spy.sent.some(({message}) => message.type === 'seek')")
    (seek,) = await learner.sent("seek")
    assert abs(seek["lesson_s"] - 12) < 0.6
    await learner.until_true(
        "s => spy.received.some(({message: m}) => m.type === 'state' && m.state === 'playing'"
        " && Math.abs(m.lesson_s - s) < 0.5)",
        seek["lesson_s"],
    )
    assert await learner.position_s() >= 11.4


async def close_the_tab(learner: Learner, server: Server) -> None:
    """The place is free by the page's own word, not because nothing was heard (`vanished`).

    Which word comes first, the beacon or the end of DTLS, is up to the browser.
    """
    ended = r'/tandem_sessions_ended_total\{how="(?:closed|lost)"\} (\d+)/g'
    total = f"[...text.matchAll({ended})].reduce((sum, found) => sum + Number(found[1]), 0)"
    count = f"() => fetch('/metrics').then(r => r.text()).then(text => {total})"
    before = await learner.page.evaluate(count)
    other = await learner.page.context.new_page()
    await other.goto(server.url)
    await learner.page.close(run_before_unload=True)
    await wait_until_true(other, f"n => ({count})().then(now => now > n)", before)
