"""A television and a phone in a window that it opens, so that the phone's camera can film it.

Two windows of two contexts see nothing of each other; a window sees the one that opened it.
"""

from __future__ import annotations

from typing import Any

from playwright.async_api import Browser

from tests.browser.support.cache import SCRIPTS
from tests.browser.support.learner import NARROW, Learner, open_learner

NO_CAMERA = """
navigator.mediaDevices.getUserMedia = () =>
  Promise.reject(new DOMException("Requested device not found", "NotFoundError"));
"""
WRONG_CLOCK = (SCRIPTS / "wrong_clock.js").read_text()
IS_LIVE = "() => document.body.dataset.camera === 'live'"
SHOWS_SOMEBODY = """
() => spy.received.some(({message: m}) => m.type === 'score' && m.pose.some((joint) => joint[2]))
"""


async def press_for_pairing(screen: Learner, part: str) -> dict[str, Any]:
    """Press a button that shows a code, and give what the server sent for it."""
    async with screen.page.expect_response(
        lambda answer: answer.url.endswith("/pairings")
    ) as waiting:
        await screen.press(part)
    answer: dict[str, Any] = await (await waiting.value).json()
    return answer


async def open_television(browser: Browser, *phone_scripts: str) -> Learner:
    """A screen without a camera.

    :param phone_scripts: run in the window of the phone before its page.
    """
    television = await open_learner(browser, permissions=["camera"])
    context = television.page.context
    await context.add_init_script(f'if (location.pathname === "/") {{ {NO_CAMERA} }}')
    for script in phone_scripts:
        await context.add_init_script(f'if (location.pathname === "/camera") {{ {script} }}')
    return television


async def open_phone(television: Learner, url: str, lesson: str) -> Learner:
    """Choose a lesson on the television, and let a phone become its camera by the link."""
    await television.visit(url)
    await television.choose(lesson)
    await television.until_phase("problem")
    link = (await press_for_pairing(television, "phone"))["url"]
    async with television.page.context.expect_page() as opening:
        await television.page.evaluate("url => void window.open(url, '', 'popup')", url)
    phone = Learner(await opening.value)
    # By the television's address of the server, which may be that of a bad network.
    await phone.page.goto(
        f"{url}/camera#{link.partition('#')[2]}"
    )  # scripts are not run in the first page of such a window
    await phone.page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    await phone.press("connect")
    await phone.until_true(IS_LIVE)
    await television.until_true(SHOWS_SOMEBODY)
    return phone
