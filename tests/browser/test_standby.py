"""Before the lesson and during a pause: how to stand, the camera check, raised hands."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser

from rtc_server.config import Config
from tests.browser.support.arms_camera import film_arms
from tests.browser.support.learner import Learner, open_learner
from tests.browser.support.server_process import Server, run_server

LOOKS_TOO_HIGH_M = 0.85  # so that no crop and no precision finds feet
RAISED_DEG = 165
# A crop of 160 pixels finds no wrists in some of these postures, one of 192 does in all.
FINDS_WRISTS = ("--crop-side", "192")
# Records the frequency of each tone that is played.
TONES = """
window.tones = [];
window.OscillatorNode = class extends OscillatorNode {
  constructor(context, options) { super(context, options); tones.push(options.frequency); }
};
"""
PHASE = "document.querySelector('[data-part=stage]').dataset.check"
SAYS = "words => document.querySelector('[data-part=prompt]').textContent === words"


async def ready(browser: Browser, server: Server, up_m: float = 0.0) -> Learner:
    """A learner who stands with hanging arms before a camera that looks this much too high."""
    learner = await film_arms(await open_learner(browser, permissions=["camera"]), up_m=up_m)
    await learner.page.add_init_script(TONES)
    await learner.visit(server.url)
    await learner.choose()
    await learner.until_phase("ready")
    return learner


async def points(learner: Learner) -> dict[str, str]:
    return await learner.page.evaluate(
        "Object.fromEntries([...document.querySelectorAll('[data-part=checks] li')]"
        ".map(({ dataset }) => [dataset.point, dataset.is]))"
    )


async def test_advice_helps_and_nothing_keeps_from_starting(
    browser: Browser, server: Server
) -> None:
    learner = await ready(browser, server, up_m=LOOKS_TOO_HIGH_M)
    await learner.until_true(SAYS, "Tilt the camera down until your feet show")
    assert await points(learner) == {
        **{"whole": "bad", "distance": "good"},
        **{"alone": "good", "light": "good"},
    }
    await learner.screenshot("2-ready-feet")

    await learner.press("check-begin")
    await learner.until_true(f"{PHASE} === 'placing'")
    await learner.page.keyboard.press("Escape")
    await learner.until_true(f"{PHASE} === 'off'")
    assert await learner.phase() == "ready"
    assert await learner.page.evaluate("document.activeElement.dataset.part") == "start"
    assert not await learner.page.is_visible("[data-part=check]"), "it is offered once"
    assert await learner.sent("camera") == await learner.sent("calibrate") == []

    await learner.page.keyboard.press("Space")
    await learner.until_phase("playing")
    assert await learner.page.evaluate("tones") == [], "cue sounds are off until they are wanted"
    assert learner.console_errors == []


async def test_a_check_that_is_under_way_is_called_off(browser: Browser, server: Server) -> None:
    learner = await ready(browser, server)
    await learner.until_true(SAYS, "You are in the picture")
    assert set((await points(learner)).values()) == {"good"}
    await learner.press("check-begin")
    await learner.until_true(f"{PHASE} === 'counting'")
    await learner.page.evaluate("document.activeElement.blur()")
    await learner.page.keyboard.press("Space")  # skips the check, and does not start the lesson
    await learner.until_true(f"{PHASE} === 'off'")
    begun, called_off = await learner.sent("calibrate")
    assert begun["cycles"] == 6 and "cycles" not in called_off
    assert await learner.phase() == "ready" and await learner.sent("start") == []


async def raise_arms(learner: Learner, degrees: int) -> None:
    await learner.page.evaluate("degrees => { window.held_deg = degrees; }", degrees)


async def lower_arms(learner: Learner) -> None:
    """Let the arms hang until the server has seen it."""
    await raise_arms(learner, 15)
    await learner.page.wait_for_timeout(1000)  # what was on its way
    seen = len(await learner.received("score"))
    count = "spy.received.filter(({message: m}) => m.type === 'score').length"
    await learner.until_true(f"n => {count} > n", seen + 2)


async def hold_arms_up(learner: Learner, phase: str) -> None:
    """Hold both arms up until the page goes on."""
    await raise_arms(learner, RAISED_DEG)
    await learner.until_phase(phase)


@pytest.fixture
def server_that_finds_wrists(lessons_dir: Path) -> Iterator[Server]:
    with run_server(lessons_dir, *FINDS_WRISTS, countdown_s=Config().countdown_s) as running:
        yield running


async def test_raised_hands_start_and_go_on_and_never_pause(
    browser: Browser, server_that_finds_wrists: Server
) -> None:
    learner = await ready(browser, server_that_finds_wrists)
    await learner.press("settings-open")
    await learner.page.check("[data-part=setting-hands]")
    await learner.page.check("[data-part=setting-cues]")
    await learner.page.keyboard.press("Escape")
    assert await learner.phase() == "ready"
    await learner.until_true(SAYS, "You are in the picture")

    await hold_arms_up(learner, "playing")
    # One tone came when the sounds were switched on.
    assert await learner.page.evaluate("tones") == [660] * 4 + [990]
    await learner.page.wait_for_timeout(2000)
    assert await learner.phase() == "playing"

    await learner.page.keyboard.press("Space")
    await learner.until_phase("paused")
    await learner.page.wait_for_timeout(1800)  # hands that were already up mean nothing
    assert await learner.phase() == "paused"
    await lower_arms(learner)
    await hold_arms_up(learner, "playing")
    assert learner.console_errors == []
