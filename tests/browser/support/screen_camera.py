"""A camera that films the instructor's video on the page."""

from tests.browser.support.cache import SCRIPTS
from tests.browser.support.learner import PATIENCE_S, Learner
from tools import oracle

SCREEN_CAMERA = SCRIPTS / "screen_camera.js"


async def follow_oracle(learner: Learner, url: str, lesson_s: float, shots: str = "") -> None:
    """Follow the oracle's lesson to its summary, before a camera that films the instructor.

    :param shots: what the names of screenshots begin with; none are taken without it.
    """
    await learner.page.add_init_script(path=SCREEN_CAMERA)
    await learner.visit(url)
    await learner.choose(oracle.LESSON_ID)
    await learner.until_phase("ready")
    await learner.press("start")
    await learner.until_phase("playing")
    if shots:
        await learner.until_scored(past_s=2)
        await learner.screenshot(f"{shots}-playing")
    await learner.until_phase("summary", timeout_s=lesson_s + PATIENCE_S)
    if shots:
        await learner.screenshot(f"{shots}-summary")
