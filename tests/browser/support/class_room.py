"""A teacher and learners at their pages: what they do in a class, and how it looks."""

from __future__ import annotations

import json

from playwright.async_api import Browser

from tests.browser.support.cache import ROOT
from tests.browser.support.learner import DESK, NARROW, Learner, open_learner
from tests.browser.support.page_checks import CLIPPED, LOW_CONTRAST, run_axe
from tests.browser.support.server_process import Server

WIDE_SCREEN = (1920, 1080)
SIZES = (NARROW, WIDE_SCREEN, DESK)  # the last one is what a window keeps
EXAMPLES = json.loads((ROOT / "tests" / "contracts" / "messages.json").read_text())
ENTERED = """
(count) => document.querySelectorAll('[data-part="tiles"] > li').length === count
"""


async def check_sizes(window: Learner, name: str, *, stays: bool = True) -> None:
    """At each width: nothing sideways, clipped, pale, or in axe's way; pictures to look at.

    :param stays: whether the state lasts; axe is too slow for one that does not, and not needed
        where another state has the same elements.
    """
    for width, height in SIZES:
        await window.page.set_viewport_size({"width": width, "height": height})
        if (width, height) != DESK:  # where it looks as on the wide screen, only smaller
            await window.screenshot(f"class-{name}")
        assert await window.overflow_px() == 0, f"{name} at {width} px can be scrolled sideways"
        problems = [*await window.page.evaluate(CLIPPED), *await window.page.evaluate(LOW_CONTRAST)]
        assert not problems, f"{name} at {width} px: {problems}"
    if stays:
        problems = await run_axe(window.page)
        assert not problems, f"{name}: {problems}"


async def open_class(teacher: Learner, server: Server, title: str, *boxes: str) -> str:
    """Open a class from the list of lessons; return its code.

    :param boxes: the `data-part` of what is checked besides.
    """
    await teacher.visit(server.url)
    await teacher.press("open-class")
    await teacher.until_phase("planning")
    await teacher.page.fill('[data-part="class-title"]', title)
    for box in boxes:
        await teacher.page.locator(f'[data-part="{box}"], [value="{box}"]').check(force=True)
    await teacher.press("class-create")
    await teacher.until_phase("teaching")
    return await teacher.text("class-code")


async def join(browser: Browser, server: Server, code: str, name: str, locale: str) -> Learner:
    """A learner who opens the link of a class and comes in."""
    learner = await open_learner(browser, locale=locale)
    await learner.page.goto(f"{server.url}/#class={code}")
    await learner.until_phase("joining")
    await learner.page.fill('[data-part="join-name"]', name)
    await learner.press("join-enter")
    await learner.until_phase("ready")
    return learner


async def check_sent(window: Learner) -> set[str]:
    """Every field that the page sent is in an example that the server reads; returns the types."""
    known: dict[str, set[str]] = {}
    for example in EXAMPLES["client"]["control"]:
        known.setdefault(example["type"], set()).update(example)
    messages = [note["message"] for note in await window.page.evaluate("spy.sent")]
    for message in messages:
        assert set(message) - {"via"} <= known[message["type"]], message
    return {message["type"] for message in messages}


async def until_tiles(teacher: Learner, count: int) -> None:
    """Wait until so many learners have a tile."""
    await teacher.until_true(ENTERED, count)


async def until_text(window: Learner, part: str, text: str) -> None:
    """Wait until a part of the page says something, whatever it says besides."""
    await window.until_true(
        '([part, text]) => document.querySelector(`[data-part="${part}"]`)'
        "?.textContent.includes(text)",
        [part, text],
    )
