"""Pausing, seeking and stopping a lesson, by mouse and by keyboard."""

from tests.browser.support.learner import Learner, wait_until_true
from tests.browser.support.server_process import Server


async def paused_place_s(learner: Learner) -> float:
    *_, state = [s for s in await learner.received("state") if s["state"] == "paused"]
    return state["lesson_s"]


async def test_pause_holds_the_picture_and_resume_goes_on(learner: Learner, server: Server) -> None:
    await learner.play(server.url)
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


async def test_bar_seeks_where_it_is_pressed(learner: Learner, server: Server) -> None:
    await learner.play(server.url)
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


async def test_stop_gives_a_summary_of_what_was_danced(learner: Learner, server: Server) -> None:
    await learner.play(server.url)
    await learner.press("stop")
    await learner.until_phase("summary")
    assert "stopped before the end" in await learner.text("change")
    (summary,) = await learner.received("summary")
    assert summary["complete"] is False
    await learner.press("again")
    await learner.until_phase("ready")


async def test_everything_works_from_the_keyboard_alone(learner: Learner, server: Server) -> None:
    keys = learner.page.keyboard
    await learner.visit(server.url)
    for _ in range(9):
        await keys.press("Tab")
        focused = await learner.page.evaluate("document.activeElement.dataset.lesson ?? ''")
        if focused == "demo":
            break
    assert focused == "demo"
    outline = "getComputedStyle(document.activeElement).outlineWidth"
    assert await learner.page.evaluate(outline) == "3px"
    await keys.press("Enter")
    await learner.until_phase("ready")
    await keys.press("Space")
    await learner.until_phase("playing")

    await keys.press("Space")
    await learner.until_phase("paused")
    held_s = await paused_place_s(learner)
    await keys.press("ArrowRight")
    await learner.until_true("spy.sent.some(({message}) => message.type === 'seek')")
    (seek,) = await learner.sent("seek")
    assert abs(seek["lesson_s"] - held_s - 5) < 0.3
    await keys.press("Space")
    await learner.until_phase("playing")
    await keys.press("Escape")
    await learner.until_phase("summary")
    announced = await learner.page.inner_text('[data-part="lesson"]')
    assert await learner.page.evaluate("document.activeElement.textContent") == announced
    assert learner.console_errors == []


async def test_leaving_says_bye_and_switches_the_camera_off(
    learner: Learner, server: Server
) -> None:
    await learner.play(server.url)
    await learner.press("leave-stage")
    await learner.until_phase("choosing")
    assert len(await learner.sent("bye")) == 1
    assert await learner.camera_is_off()
    await learner.until_true("spy.peers.every(peer => peer.connectionState === 'closed')")
    assert learner.console_errors == []


async def test_closing_the_tab_frees_the_place(learner: Learner, server: Server) -> None:
    """By the page's own word, not because the server heard nothing for long (`vanished`).

    Which word comes first, the beacon or the end of DTLS, is up to the browser.
    """
    ended = r'/tandem_sessions_ended_total\{how="(?:closed|lost)"\} (\d+)/g'
    total = f"[...text.matchAll({ended})].reduce((sum, found) => sum + Number(found[1]), 0)"
    count = f"() => fetch('/metrics').then(r => r.text()).then(text => {total})"
    await learner.play(server.url)
    before = await learner.page.evaluate(count)
    other = await learner.page.context.new_page()
    await other.goto(server.url)
    await learner.page.close(run_before_unload=True)
    await wait_until_true(other, f"n => ({count})().then(now => now > n)", before)
