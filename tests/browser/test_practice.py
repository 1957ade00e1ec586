"""A passage again and again, and slower: by hand and by keyboard."""

import pytest

from tests.browser.learner import Learner
from tests.browser.serving import Server

BAND = """
() => {
  const track = document.querySelector('[data-part="track"]');
  const band = getComputedStyle(track, "::before");
  return { shown: band.visibility === "visible", width: parseFloat(band.width),
    of: track.clientWidth, marks: track.dataset.marks };
}
"""


async def until_looped(learner: Learner) -> list[float]:
    """The passage, once the lesson has jumped back to its beginning."""
    await learner.until_true(
        "spy.heard.filter(({message: m}) => m.loop && m.state === 'playing').length >= 2"
    )
    *_, state = await learner.heard("state")
    assert state["lesson_s"] == pytest.approx(state["loop"][0], abs=0.3)
    return state["loop"]


async def test_passage_is_marked_repeated_and_let_go_by_hand(
    learner: Learner, server: Server
) -> None:
    await learner.play(server.url)
    await learner.press("mark-from")
    band = await learner.page.evaluate(BAND)
    assert band["shown"] and band["marks"] == "from"
    await learner.page.wait_for_timeout(1500)
    await learner.press("mark-to")
    from_s, to_s = await until_looped(learner)
    (asked,) = await learner.sent("loop")
    assert to_s == pytest.approx(asked["to_s"], abs=0.01)
    assert asked["from_s"] - 1 <= from_s <= asked["from_s"]  # from the key frame before it
    band = await learner.page.evaluate(BAND)
    assert band["width"] == pytest.approx((to_s - from_s) / 24 * (band["of"] - 20), abs=8)
    await learner.picture("18-repeat")
    assert await learner.place_s() <= to_s + 0.1

    await learner.press("loop-off")
    await learner.until_true("spy.heard.at(-1).message.lesson_s > " + str(to_s + 0.5))
    assert not (await learner.page.evaluate(BAND))["shown"]
    assert learner.complaints == []


async def test_passage_by_keyboard_on_a_keyboard_of_another_alphabet_too(
    learner: Learner, server: Server
) -> None:
    keys = learner.page.keyboard
    await learner.play(server.url)
    await keys.press("]")
    assert "at least one second" in await learner.text("remark")
    await learner.page.wait_for_timeout(1300)
    # What a Korean keyboard tells of the key B.
    await learner.page.evaluate(
        "window.dispatchEvent(new KeyboardEvent('keydown', {key: 'ㅠ', code: 'KeyB'}))"
    )
    await until_looped(learner)
    (asked,) = await learner.sent("loop")
    assert asked["from_s"] == 0
    await keys.press("l")
    await learner.until_true("spy.heard.findLast(({message: m}) => m.state).message.loop === null")
    assert (await learner.sent("loop"))[-1] == {
        "at_ms": (await learner.sent("loop"))[-1]["at_ms"],
        "type": "loop",
    }
    assert learner.complaints == []
