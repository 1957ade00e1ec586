"""Rules of the page that need no camera: position, retries, loop marks, interruptions."""

from typing import Any

from playwright.async_api import Browser

from tests.browser.support.learner import NARROW, WIDE, Learner
from tests.browser.support.page_checks import LOW_CONTRAST, run_axe
from tests.browser.support.page_script import Ask
from tests.browser.support.server_process import Server

PLACES = """
async ([rate, after_ms]) => {
  const { PlaybackPosition } = await import("/static/js/connection/playback_position.js");
  const position = new PlaybackPosition();
  position.set(10, 1000, rate);
  position.onMessage(2000);
  const at = position.at(1000 + after_ms);
  position.freeze(1000 + after_ms);
  return [at, position.at(60_000)];
}
"""


async def test_place_moves_at_the_rate_until_nothing_is_heard(ask: Ask) -> None:
    slow, plain, still, unheard = await ask(PLACES, [0.5, 1000], [1, 1000], [0, 1000], [0.5, 9000])
    assert slow == [10.5, 10.5]
    assert plain == [11, 11]
    assert still == [10, 10]
    assert unheard == [11.25, 11.25]  # 1.5 s after the last word it is not known to go on


TRIES = """
async (connected_for_ms) => {
  const { RetrySchedule } = await import("/static/js/connection/retry_schedule.js");
  const retries = new RetrySchedule();
  const waits_s = () => {
    const waits = [];
    for (let next; (next = retries.next(50_000)); ) waits.push(next.wait_s);
    return waits;
  };
  const first = waits_s();
  retries.onConnected(50_000 - connected_for_ms);
  return [first, waits_s()];
}
"""


async def test_tries_are_bounded_and_come_less_and_less_often(ask: Ask) -> None:
    flapping, steady = await ask(TRIES, 500, 10_000)
    waits_s, again = flapping
    assert waits_s == sorted(waits_s) and waits_s[0] <= 1
    assert 5 <= len(waits_s) <= 10 and 60 <= sum(waits_s) <= 180
    assert again == [], "a server that takes us in and breaks off at once is not tried for ever"
    assert steady == [waits_s, waits_s]


MARKS = """
async ([from_s, to_s, begin_s, end_s]) => {
  const { markStart, markEnd, toLoop } = await import("/static/js/stage/loop_marks.js");
  const begun = markStart({ from_s, to_s }, begin_s);
  const ended = markEnd(begun, end_s);
  return { begun: toLoop(begun), ended: ended && toLoop(ended) };
}
"""


async def test_passage_is_marked_in_any_order_and_narrowed(ask: Ask) -> None:
    fresh, narrowed, behind, short = await ask(
        MARKS, [None, None, 4, 9], [2, 9, 4, 8], [2, 9, 12, 15], [None, None, 4, 4.5]
    )
    assert fresh == {"begun": None, "ended": [4, 9]}
    assert narrowed == {"begun": [4, 9], "ended": [4, 8]}
    assert behind == {"begun": None, "ended": [12, 15]}
    assert short == {"begun": None, "ended": None}


INTERRUPTED = """
async ([phase, camera, phoneIsMissing, wasAway, nobody]) => {
  const { findInterruption } = await import("/static/js/stage/interruption_rules.js");
  return findInterruption(phase, camera, phoneIsMissing, wasAway, nobody);
}
"""
INTERRUPTIONS: list[tuple[list[Any], str | None]] = [
    (["playing", "on", False, False], None),
    (["paused", "on", False, False], None),
    (["paused", "on", False, True], "was-away"),
    (["paused", "on", False, False, True], "nobody"),
    (["paused", "on", False, True, True], "was-away"),
    (["playing", "on", False, False, True], None),
    (["paused", "back", False, True], "camera-back"),
    (["paused", "camera-refused", True, True], "camera-refused"),
    (["paused", "on", True, True, True], "phone-missing"),
    (["playing", "on", True, False], None),
    (["counting", "camera-ended", False, False], "camera-ended"),
    (["reconnecting", "camera-ended", True, True], "reconnecting"),
    (["ready", "back", False, True], None),
    (["ending", "off", False, True], None),
]


async def test_gravest_interruption_is_the_one_that_is_told(ask: Ask) -> None:
    told = await ask(INTERRUPTED, *(case for case, _ in INTERRUPTIONS))
    assert told == [expected for _, expected in INTERRUPTIONS]


async def test_the_description_of_the_routes_is_readable_under_the_servers_policy(
    browser: Browser, server: Server
) -> None:
    reader = Learner(page := await browser.new_page())
    response = await page.goto(f"{server.url}/api/docs")
    assert response and "style-src 'self'" in response.headers["content-security-policy"]
    await page.locator("#createSession summary", has_text="Bad Request").click()
    await page.locator("#createSession").get_by_text("bad_offer").wait_for()
    for width, height in (NARROW, WIDE):
        await page.set_viewport_size({"width": width, "height": height})
        assert await reader.overflow_px() == 0
        assert await page.evaluate(LOW_CONTRAST) == []
    assert await run_axe(page) == []
    assert reader.console_errors == []
