"""A passage that repeats, and slower playback: by mouse and by keyboard."""

import pytest
from playwright.async_api import Browser

from tests.browser.support.learner import Learner
from tests.browser.support.page_script import run_on_page
from tests.browser.support.server_process import Server

BAND = """
() => {
  const track = document.querySelector('[data-part="track"]');
  const band = getComputedStyle(track, "::before");
  return { shown: band.visibility === "visible", width: parseFloat(band.width),
    of: track.clientWidth, marks: track.dataset.marks };
}
"""


async def until_looped(learner: Learner) -> list[float]:
    """Wait until the lesson has jumped back to the start of the passage; the passage."""
    await learner.until_true(
        "spy.received.filter(({message: m}) => m.loop && m.state === 'playing').length >= 2"
    )
    *_, state = await learner.received("state")
    from_s, to_s = state["loop"]
    assert from_s <= state["lesson_s"] < to_s
    return [from_s, to_s]


async def test_passage_is_marked_repeated_and_let_go_by_hand(
    learner: Learner, server: Server
) -> None:
    await learner.play(server.url)
    await learner.press("mark-from")
    band = await learner.page.evaluate(BAND)
    assert band["shown"] and band["marks"] == "from"
    await learner.until_position(await learner.position_s() + 1.5)
    await learner.press("mark-to")
    from_s, to_s = await until_looped(learner)
    (asked,) = await learner.sent("loop")
    assert to_s == pytest.approx(asked["to_s"], abs=0.01)
    assert asked["from_s"] - 1 <= from_s <= asked["from_s"]  # from the key frame before it
    band = await learner.page.evaluate(BAND)
    assert band["width"] == pytest.approx((to_s - from_s) / 24 * (band["of"] - 20), abs=8)
    await learner.screenshot("18-repeat")
    assert await learner.position_s() <= to_s + 0.1

    await learner.press("loop-off")
    await learner.until_true("spy.received.at(-1).message.lesson_s > " + str(to_s + 0.5))
    assert not (await learner.page.evaluate(BAND))["shown"]
    assert learner.console_errors == []


async def repeat_by_key(learner: Learner) -> None:
    """Mark, repeat and let go of a passage, on a keyboard of another alphabet, too."""
    keys = learner.page.keyboard
    await keys.press("]")
    assert "at least one second" in await learner.text("remark")
    await learner.until_position(1.3)
    # What a Korean keyboard reports for the key B.
    await learner.page.evaluate(
        "window.dispatchEvent(new KeyboardEvent('keydown', {key: 'ㅠ', code: 'KeyB'}))"
    )
    await until_looped(learner)
    (asked,) = await learner.sent("loop")
    assert asked["from_s"] == 0
    await keys.press("l")
    await learner.until_true(
        "spy.received.findLast(({message: m}) => m.state).message.loop === null"
    )
    assert (await learner.sent("loop"))[-1] == {
        "at_ms": (await learner.sent("loop"))[-1]["at_ms"],
        "type": "loop",
    }


async def place_moves_s(learner: Learner, seconds: float) -> float:
    """How far the lesson plays in this many seconds, by the progress bar."""
    script = """async (ms) => {
      const bar = document.querySelector('[data-part="progress"]');
      const [from_s, from_ms] = [bar.valueAsNumber, performance.now()];
      await new Promise((resolve) => setTimeout(resolve, ms));
      return [bar.valueAsNumber - from_s, (performance.now() - from_ms) / 1000];
    }"""
    moved_s, passed_s = await learner.page.evaluate(script, seconds * 1000)
    return moved_s * seconds / passed_s


async def test_passage_by_key_and_speed_by_hand_and_by_key(
    learner: Learner, server: Server
) -> None:
    keys = learner.page.keyboard
    await learner.play(server.url)
    await repeat_by_key(learner)
    await learner.page.locator('[data-part=rates] [title="Half speed"]:visible').click()
    await at_rate(learner, 0.5)
    assert await learner.text("remark") == "Half speed"
    moved_s = await place_moves_s(learner, 2)
    assert moved_s == pytest.approx(1.0, abs=0.25)
    await learner.screenshot("19-half-speed")
    there_s = (await learner.server_session(server.url))["lesson_s"]
    assert await learner.position_s() == pytest.approx(there_s, abs=0.5)
    await keys.press("+")
    await at_rate(learner, 0.75)
    await keys.press(">")
    await at_rate(learner, 1)
    await keys.press("+")  # there is nothing faster
    await keys.press("-")
    await at_rate(learner, 0.75)
    assert [message["rate"] for message in await learner.sent("rate")] == [0.5, 0.75, 1, 0.75]
    assert learner.console_errors == []


async def at_rate(learner: Learner, rate: float) -> None:
    """Wait until the server plays at a rate and the page shows it."""
    await learner.until_true(
        "r => spy.received.findLast(({message: m}) => m.state)?.message.rate === r", rate
    )
    await learner.until_true(
        "text => document.querySelector('.rates [aria-pressed=true]').textContent === text",
        f"{rate:g}×",
    )


OFFERED = """
async (rates) => {
  const { PracticeControls } = await import("/static/js/stage/practice_controls.js");
  const asked = [];
  const root = document.querySelector('[data-part="practice"]');
  root.querySelector('[data-part="rates"]').replaceChildren();
  const practice = new PracticeControls(root, () => 0);
  practice.addEventListener("rate", ({ detail }) => asked.push(detail));
  practice.enableRates(rates);
  practice.reset({ rate: 1, loop: null });
  for (const key of ["-", "<", "+"]) practice.onKey(new KeyboardEvent("keydown", { key }));
  const buttons = [...root.querySelectorAll(".rates button")];
  return { able: buttons.filter((b) => !b.disabled).map((b) => b.textContent), asked };
}
"""


async def test_speeds_that_a_lesson_lacks_cannot_be_chosen(
    browser: Browser, server: Server
) -> None:
    old, new = await run_on_page(browser, server, OFFERED, [1], [0.5, 0.75, 1])
    assert old == {"able": ["1×"], "asked": []}
    assert new == {"able": ["0.5×", "0.75×", "1×"], "asked": [0.75, 0.75]}
