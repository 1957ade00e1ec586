"""A camera that films the instructor's video on the page."""

from pathlib import Path

from tests.browser.support.cache import SCRIPTS
from tests.browser.support.learner import PATIENCE_S, Learner
from tools import oracle

SCREEN_CAMERA = SCRIPTS / "screen_camera.js"
NO_FRAME_METADATA = SCRIPTS / "no_frame_metadata.js"


async def follow_oracle(
    learner: Learner, url: str, lesson_s: float, shots: str = "", lacks: Path | None = None
) -> None:
    """Follow the oracle's lesson to its summary, before a camera that films the instructor.

    :param lacks: a script that takes something away from the browser.
    :param shots: what the names of screenshots begin with; none are taken without it.
    """
    await learner.page.add_init_script(path=SCREEN_CAMERA)
    if lacks is not None:
        await learner.page.add_init_script(path=lacks)
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
