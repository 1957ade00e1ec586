"""The page on any screen, and for those who cannot see or move it all."""

from playwright.async_api import Browser

from tests.browser.support.learner import DESK, NARROW, WIDE, Learner, learner_in
from tests.browser.support.page_checks import whole_stage_is_on_screen
from tests.browser.support.screen_camera import ECHO
from tests.browser.support.server_process import Server

LYING = (NARROW[1], NARROW[0])
LAPTOP = (1366, 768)
TABLET = (1024, 768)
OLD_LAPTOP = (1280, 600)
SMALL_LYING = (667, 375)
SCREENS = (WIDE, LAPTOP, OLD_LAPTOP, TABLET, DESK, NARROW, LYING, SMALL_LYING)


async def test_beside_an_upright_camera_the_whole_stage_fits_any_screen(
    browser: Browser, server: Server
) -> None:
    learner = await learner_in(browser)
    await learner.page.add_init_script(path=ECHO)  # as tall as the lesson
    await learner.visit(server.url)
    await learner.choose()
    await learner.until("ready")
    await learner.page.wait_for_selector('[data-part="check"] .offer')
    parts = ("learner", "instructor", "start", "check")
    await whole_stage_is_on_screen(learner, SCREENS, parts)
    await learner.press("start")
    await learner.until("playing")
    await learner.until_scored()
    await whole_stage_is_on_screen(learner, SCREENS)


async def test_reduced_motion_is_respected(browser: Browser, server: Server) -> None:
    learner = await learner_in(browser, reduced_motion="reduce")
    await learner.visit(server.url)
    moving = await learner.page.evaluate(
        "[...document.querySelectorAll('*')].filter(e => {"
        " const s = getComputedStyle(e); return parseFloat(s.transitionDuration) > 0"
        " || parseFloat(s.animationDuration) > 0; }).length"
    )
    assert moving == 0


async def test_states_are_announced_and_scores_are_not(learner: Learner, server: Server) -> None:
    await learner.play(server.url)
    await learner.until_true("spy.heard.some(({message: m}) => m.score !== null)")
    announced = await learner.page.evaluate(
        "[...document.querySelectorAll('[aria-live], [role=status]')].map(e => e.textContent)"
    )
    assert any("Playing" in text for text in announced)
    assert not any(character.isdigit() for character in "".join(announced))
    assert await learner.page.get_attribute("html", "lang") == "en"
