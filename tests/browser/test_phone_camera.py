"""A television and a phone that is its camera: two windows of one browser, to both summaries."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Browser

from tests.browser.support.learner import NARROW, Learner, open_learner
from tests.browser.support.page_checks import CLIPPED, LOW_CONTRAST, run_axe
from tests.browser.support.pair import IS_LIVE, NO_CAMERA, SHOWS_SOMEBODY, press_for_pairing
from tests.browser.support.server_process import Server

TELEVISION = (1920, 1080)
BUZZES = "window.buzzes = []; navigator.vibrate = (pattern) => window.buzzes.push(pattern);"
CHECK_OFFER = '[data-part="check-begin"]'
EXPLAINS = "text => document.querySelector('[data-part=progress-words]').textContent === text"
USES_PHONE = "is => document.querySelector('[data-part=panels]').dataset.phone === String(is)"
SAYS = "text => document.querySelector('[data-part=sentence]').textContent === text"
HIDE = """
(hidden) => {
  Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
  document.dispatchEvent(new Event("visibilitychange"));
}
"""


async def open_pair(browser: Browser, locale: str) -> tuple[Learner, Learner]:
    """The television, whose device has no camera in English, and the phone."""
    television = await open_learner(browser, locale=locale)
    phone = await open_learner(
        browser, NARROW, locale=locale, has_touch=True, is_mobile=True, permissions=["camera"]
    )
    await phone.page.add_init_script(BUZZES)
    return television, phone


@asynccontextmanager
async def in_full_size(window: Learner) -> AsyncIterator[None]:
    """A television is as large as it is only to be looked at: without a GPU it costs too much."""
    size = window.page.viewport_size
    assert size
    if (size["width"], size["height"]) == NARROW:
        yield
        return
    await window.page.set_viewport_size({"width": TELEVISION[0], "height": TELEVISION[1]})
    yield
    await window.page.set_viewport_size(size)


async def check(window: Learner, name: str) -> None:
    """Save a picture for people to look at; nothing is clipped, pale, sideways or inaccessible."""
    async with in_full_size(window):
        await window.screenshot(f"phone-{name}")
        assert await window.overflow_px() == 0, name
        page = window.page
        problems: list[Any] = [
            *await page.evaluate(CLIPPED),
            *await page.evaluate(LOW_CONTRAST),
            *await run_axe(page),
        ]
        assert not problems, f"{name}: {problems}"


async def test_a_television_without_a_camera_by_the_link(browser: Browser, server: Server) -> None:
    television, phone = await open_pair(browser, "en-US")
    await television.page.add_init_script(NO_CAMERA)
    await television.visit(server.url)
    await television.choose()
    await television.until_phase("problem")
    await check(television, "1-no-camera")
    pairing = await press_for_pairing(television, "phone")
    await television.page.wait_for_selector(".pairing .qr svg")
    assert not await television.page.is_visible(CHECK_OFFER)  # with what camera?
    await check(television, "2-code")

    await phone.page.goto(pairing["url"])
    assert "pair=" not in phone.page.url
    await check(phone, "3-begin")
    await phone.press("connect")
    await phone.until_true(IS_LIVE)
    await television.until_true("() => !document.querySelector('.pairing').open")
    await television.until_true(SHOWS_SOMEBODY)
    assert await television.page.is_visible(CHECK_OFFER)
    await check(television, "4-ready")
    await check(phone, "5-placed")

    await television.press("start")
    await television.until_phase("playing")
    await phone.until_true(SAYS, "Filming")
    await television.until_scored()
    assert await phone.page.evaluate("window.buzzes.length") >= 1
    async with in_full_size(television):
        await television.screenshot("phone-6-playing")
    await phone.screenshot("phone-7-filming")

    await phone.page.evaluate(HIDE, True)
    await phone.page.evaluate("document.querySelector('video').srcObject.getTracks()[0].stop()")
    await television.page.wait_for_selector('[data-name="phone-missing"]')
    await television.until_true(EXPLAINS, "The phone shows something else: bring its page back.")
    await check(television, "8-waiting")
    await phone.page.evaluate(HIDE, False)
    await television.until_phase("playing")
    await phone.page.evaluate("mishaps.pullOut('NotReadableError')")  # as a call does
    await television.until_true(EXPLAINS, "The phone’s camera is taken, by a call perhaps.")
    await phone.until_true(SAYS, "Something else has the camera: a call?")
    await phone.page.evaluate("mishaps.plugIn()")
    await television.until_phase("playing")
    await phone.page.reload()  # as browsers do with a page that was hidden for long
    await phone.until_true(IS_LIVE)
    await television.until_phase("playing")

    await phone.press("end")
    await television.until_phase("summary")
    await phone.until_true(SAYS, "The lesson is over")
    assert await phone.text("result")
    await check(phone, "9-over")
    assert television.console_errors == phone.console_errors == []


async def test_a_screen_with_a_camera_by_the_code_in_korean(
    browser: Browser, server: Server
) -> None:
    television, phone = await open_pair(browser, "ko-KR")
    await television.visit(server.url)
    await television.choose()
    await television.until_phase("ready")
    code = (await press_for_pairing(television, "use-phone"))["code"]
    await television.page.wait_for_selector(".pairing .qr svg")
    await check(television, "ko-1-code")

    await phone.page.goto(f"{server.url}/camera")
    await check(phone, "ko-2-begin")
    await phone.page.fill('[data-part="code"]', "0000 0000")
    await phone.press("connect")
    await phone.until_true("() => document.querySelector('[data-part=refusal]').textContent !== ''")
    await check(phone, "ko-3-refused")
    await phone.page.fill('[data-part="code"]', f"{code[:4]} {code[4:]}")
    await phone.press("connect")
    await phone.until_true(IS_LIVE)
    await television.until_true("() => !document.querySelector('.pairing').open")
    await television.until_true(USES_PHONE, True)
    await check(phone, "ko-4-live")

    await television.press("use-phone")
    await check(television, "ko-5-choice")
    await television.press("pairing-own")
    await television.until_true(USES_PHONE, False)
    await phone.until_true(SAYS, "지금은 화면 쪽 카메라를 쓰고 있어요")
    await television.press("use-phone")
    await television.press("pairing-back")
    await television.until_true(USES_PHONE, True)

    await television.press("start")
    await television.until_phase("playing")
    await television.until_scored()
    async with in_full_size(television):
        await television.screenshot("phone-ko-6-playing")
    await television.page.evaluate("spy.peers.at(-1).close()")
    await phone.until_true(SAYS, "다른 화면의 연결이 끊겼어요. 기다리고 있어요…")
    await phone.until_true(SAYS, "촬영 중")
    await television.until_phase("playing")
    await television.press("stop")
    await television.until_phase("summary")
    await phone.until_true(SAYS, "레슨이 끝났어요")
    await check(phone, "ko-7-over")
