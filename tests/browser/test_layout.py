"""The page on a phone and on a desk, and for those who cannot see or move it all."""

from pathlib import Path

from playwright.async_api import Browser

from tests.browser.learner import NARROW, WIDE, Learner, learner_in
from tests.browser.serving import Server

CONTRAST = Path(__file__).with_name("contrast.js").read_text()


async def test_nothing_is_cut_off_in_any_state(learner: Learner, server: Server) -> None:
    await learner.visit(server.url)
    await fits(learner, "choosing")
    await learner.choose()
    await learner.until("ready")
    await fits(learner, "ready")
    await learner.press("start")
    await learner.until("counting")
    await fits(learner, "counting")
    await learner.until("playing")
    await learner.until_true(
        "spy.heard.some(({message: m}) => m.type === 'score' && m.score !== null)"
    )
    await fits(learner, "playing")
    await learner.press("hold")
    await learner.until("paused")
    await fits(learner, "paused")
    await learner.press("stop")
    await learner.until("summary")
    await fits(learner, "summary")


async def fits(learner: Learner, name: str) -> None:
    """On a phone and on a desk: no scrolling to the side, no text that is hard to read."""
    for width, height in (NARROW, WIDE):
        await learner.page.set_viewport_size({"width": width, "height": height})
        await learner.picture(f"layout-{name}")
        assert await learner.sideways_px() == 0, f"{name} at {width} px can be scrolled sideways"
        assert await learner.page.evaluate(CONTRAST) == [], f"{name} is hard to read"
        if name in ("playing", "paused"):
            await whole_stage_is_on_screen(learner)


async def whole_stage_is_on_screen(learner: Learner) -> None:
    """Both pictures, the score and the controls, without scrolling."""
    for part in ("learner", "instructor", "score", "progress", "stop"):
        box = await learner.page.locator(f'[data-part="{part}"]:visible').bounding_box()
        assert box, part
        size = learner.page.viewport_size
        assert size
        assert box["x"] >= 0 and box["y"] >= 0, f"{part} begins off the screen: {box}"
        assert box["x"] + box["width"] <= size["width"], f"{part} is cut off: {box}"
        assert box["y"] + box["height"] <= size["height"], f"{part} is cut off: {box}"


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
