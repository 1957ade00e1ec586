"""The page for those who cannot see or move it all."""

from playwright.async_api import Browser

from tests.browser.learner import Learner, learner_in
from tests.browser.serving import Server


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
