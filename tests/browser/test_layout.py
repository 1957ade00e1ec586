"""The page on screens of any size, with reduced motion and with a screen reader."""

from playwright.async_api import Browser

from tests.browser.support.learner import DESK, NARROW, WIDE, Learner, open_learner
from tests.browser.support.page_checks import check_stage_fits
from tests.browser.support.screen_camera import SCREEN_CAMERA
from tests.browser.support.server_process import Server

LYING = (NARROW[1], NARROW[0])
LAPTOP = (1366, 768)
TABLET = (1024, 768)
OLD_LAPTOP = (1280, 600)
SMALL_LYING = (667, 375)
SCREENS = (WIDE, LAPTOP, OLD_LAPTOP, TABLET, DESK, NARROW, LYING, SMALL_LYING)


async def test_beside_an_upright_camera_the_whole_stage_fits_any_screen_and_is_announced(
    browser: Browser, server: Server
) -> None:
    learner = await open_learner(browser)
    await learner.page.add_init_script(path=SCREEN_CAMERA)  # as tall as the lesson
    await learner.visit(server.url)
    await learner.choose()
    await learner.until_phase("ready")
    await learner.page.wait_for_selector('[data-part="check"] .offer')
    parts = ("learner", "instructor", "start", "check")
    await check_stage_fits(learner, SCREENS, parts)
    await learner.press("start")
    await learner.until_phase("playing")
    await learner.until_scored()
    await check_announcements(learner)
    for screen in SCREENS:
        # A slow machine would be at the lesson's end before the last screen.
        await learner.page.keyboard.press("ArrowLeft")
        await check_stage_fits(learner, [screen])


async def check_announcements(learner: Learner) -> None:
    """A screen reader says the states, and no scores."""
    announced = await learner.page.evaluate(
        "[...document.querySelectorAll('[aria-live], [role=status]')].map(e => e.textContent)"
    )
    assert any("Playing" in text for text in announced)
    assert not any(character.isdigit() for character in "".join(announced))
    assert await learner.page.get_attribute("html", "lang") == "en"


async def test_reduced_motion_is_respected(browser: Browser, server: Server) -> None:
    learner = await open_learner(browser, reduced_motion="reduce")
    await learner.visit(server.url)
    moving = await learner.page.evaluate(
        "[...document.querySelectorAll('*')].filter(e => {"
        " const s = getComputedStyle(e); return parseFloat(s.transitionDuration) > 0"
        " || parseFloat(s.animationDuration) > 0; }).length"
    )
    assert moving == 0
