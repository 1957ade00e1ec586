"""A newcomer uses the whole page in both languages, by mouse and by keyboard, on phone and desk.

The screenshots are for people to look at: artifacts/screenshots/newcomer-*.
"""

import re
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from playwright.async_api import Browser, ConsoleMessage

from rtc_server.config import Config
from tests.browser.support.cache import ROOT
from tests.browser.support.learner import NARROW, SCREENSHOTS, WIDE, Learner, open_learner
from tests.browser.support.page_checks import check_page, check_stage_fits
from tests.browser.support.server_process import Server, run_server

LANGUAGES = {"en": "en-GB", "ko": "ko-KR"}
HANGUL = re.compile("[가-힣]")
AXE_LANGUAGE = "en"  # names, roles, order and colours are the same in all
MOST_TABS = 40
DEMO_VIDEO = ROOT / "rtc_server" / "demo" / "demo.mp4"
NOTICES = """
async () => {
  const [{ ErrorPanel }, { words }, { initLanguage }] = await Promise.all(
    ["feedback/error_panel", "i18n/words", "i18n/language"]
      .map((name) => import(`/static/js/${name}.js`)));
  initLanguage();
  const view = new ErrorPanel(document.querySelector('[data-part="notice"]'));
  document.body.dataset.phase = "problem";
  window.showNotice = (problem) => view.show({ problem });
  return Object.keys(words.problems);
}
"""
INTERRUPTIONS = """
async () => {
  const [{ InterruptionPanel }, { words }] = await Promise.all(
    ["stage/interruption_panel", "i18n/words"].map((name) => import(`/static/js/${name}.js`)));
  const view = new InterruptionPanel(document.querySelector('[data-part="interruption"]'));
  document.body.dataset.phase = "paused";
  window.showInterruption = (name) => {
    view.show(name);
    if (name === "reconnecting") view.showRetry({ attempt: 2, of: 8, left_s: 12 });
  };
  return Object.keys(words.interruptions);
}
"""


@pytest.fixture(scope="module")
def keeping(lessons_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that stores results and has none yet."""
    results = tmp_path_factory.mktemp("newcomer") / "results.sqlite3"
    count_down_s = Config().countdown_s  # long enough to look at
    with run_server(lessons_dir, "--history", str(results), countdown_s=count_down_s) as running:
        yield running


WORKER_BLOCKED = "Service Worker registration blocked by Playwright"  # see open_learner


async def newcomer(
    browser: Browser, language: str, size: tuple[int, int]
) -> tuple[Learner, list[str]]:
    """A learner without stored settings, and everything their console reports, warnings too."""
    learner = await open_learner(browser, size, locale=LANGUAGES[language])
    said: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.text != WORKER_BLOCKED:
            said.append(f"{message.type}: {message.text}")

    learner.page.on("console", listen)
    return learner, said


@pytest.mark.parametrize("language", LANGUAGES)
async def test_by_mouse_every_state_looks_well(
    browser: Browser, keeping: Server, language: str
) -> None:
    learner, said = await newcomer(browser, language, WIDE)
    check = partial(check_page, learner, axe=language == AXE_LANGUAGE)
    await learner.visit(keeping.url)
    await check(f"newcomer-{language}-1-lessons")
    await look_at_a_lesson_of_ones_own(learner, language, check)
    await learner.page.fill('[data-part="learner-name"]', {"en": "Ann", "ko": "김하늘"}[language])
    await learner.choose()
    await learner.until_phase("ready")
    await learner.until_true("spy.received.some(({message: m}) => m.type === 'score' && m.framing)")
    await check(f"newcomer-{language}-2-ready")
    await learner.press("settings-open")
    await check(f"newcomer-{language}-settings")
    await learner.press("settings-open")
    await learner.press("start")
    await learner.until_phase("counting")
    await check(f"newcomer-{language}-counting", axe=False)
    await learner.until_phase("playing")
    await learner.until_scored(past_s=4)
    await check(f"newcomer-{language}-3-playing")
    await check_stage_fits(learner)
    await learner.press("hold")
    await learner.until_phase("paused")
    await check(f"newcomer-{language}-4-paused")
    await check_stage_fits(learner)
    await learner.press("stop")
    await learner.until_phase("summary")
    await check(f"newcomer-{language}-5-summary")
    async with learner.page.expect_download() as card:
        await learner.press("save-card")
    await (await card.value).save_as(SCREENSHOTS / f"newcomer-{language}-card.png")
    await learner.press("look")
    await learner.until_phase("history")
    await learner.page.wait_for_selector('[data-part="results"] li')
    await check(f"newcomer-{language}-6-history")
    await learner.press("delete")
    await check(f"newcomer-{language}-7-delete")
    await learner.press("delete-confirm")
    await learner.until_phase("choosing")
    assert await learner.page.evaluate("spy.violations") == []  # of its Content-Security-Policy
    assert said == [] and learner.console_errors == []


async def look_at_a_lesson_of_ones_own(
    learner: Learner, language: str, check: Callable[[str], Awaitable[None]]
) -> None:
    """Choose a video, then go back."""
    async with learner.page.expect_file_chooser() as asked:
        await learner.press("add")
    await (await asked.value).set_files(DEMO_VIDEO)
    await learner.until_phase("adding")
    await learner.page.wait_for_selector('[data-part="make"]:enabled')
    await check(f"newcomer-{language}-adding")
    await learner.press("adding-back")
    await learner.until_phase("choosing")


@pytest.mark.parametrize(
    ("language", "size"), [("en", WIDE), ("ko", NARROW)], ids=["en-desk", "ko-phone"]
)
async def test_by_keyboard_alone_the_same_way_can_be_gone(
    browser: Browser, keeping: Server, language: str, size: tuple[int, int]
) -> None:
    learner, said = await newcomer(browser, language, size)
    keyboard = learner.page.keyboard
    await learner.visit(keeping.url)
    await tab_to(learner, '[data-part="learner-name"]')
    await keyboard.insert_text({"en": "Ben", "ko": "이바다"}[language])
    await tab_to(learner, '[data-lesson="demo"]', most=9)
    outline = "getComputedStyle(document.activeElement).outlineWidth"
    assert await learner.page.evaluate(outline) == "3px"
    await keyboard.press("Enter")
    await learner.until_phase("ready")
    await keyboard.press("Space")
    await learner.until_phase("playing")
    await learner.until_scored()
    await keyboard.press("Space")
    await learner.until_phase("paused")
    await seek_by_key(learner)
    await tab_to(learner, '[data-part="hold"]')
    await keyboard.press("Escape")
    await learner.until_phase("summary")
    announced = await learner.page.inner_text('[data-part="lesson"]')
    assert await learner.page.evaluate("document.activeElement.textContent") == announced
    await tab_to(learner, '.summary [data-part="look"]')
    await keyboard.press("Enter")
    await learner.until_phase("history")
    await tab_to(learner, '[data-part="history-leave"]', backwards=True)
    await keyboard.press("Enter")
    await learner.until_phase("choosing")
    other = {"en": "ko", "ko": "en"}[language]
    await tab_to(learner, f'[data-language="{other}"]')
    await keyboard.press("Enter")
    assert await learner.page.get_attribute("html", "lang") == other
    assert said == [] and learner.console_errors == []


async def seek_by_key(learner: Learner) -> None:
    """Move a lesson that is paused by a key; go on there by another, and pause again."""
    *_, held = [s for s in await learner.received("state") if s["state"] == "paused"]
    await learner.page.keyboard.press("ArrowRight")
    await learner.until_true("spy.sent.some(({message}) => message.type === 'seek')")
    (seek,) = await learner.sent("seek")
    assert abs(seek["lesson_s"] - held["lesson_s"] - 5) < 0.3
    await learner.page.keyboard.press("Space")
    await learner.until_phase("playing")
    await learner.page.keyboard.press("Space")
    await learner.until_phase("paused")


async def tab_to(
    learner: Learner, selector: str, *, backwards: bool = False, most: int = MOST_TABS
) -> None:
    """Go there by Tab, and check at every stop that the focus can be seen."""
    for _ in range(most):
        await learner.page.keyboard.press("Shift+Tab" if backwards else "Tab")
        stop = await learner.page.evaluate(
            """(selector) => {
              const at = document.activeElement;
              const { left, right, top, bottom } = at.getBoundingClientRect();
              const drawn = at.matches("input[type=radio]") ? at.nextElementSibling : at;
              const { outlineStyle, outlineWidth } = getComputedStyle(drawn);
              return {
                there: at.matches(selector), name: at.outerHTML.slice(0, 120),
                shown: outlineStyle !== "none" && parseFloat(outlineWidth) >= 2,
                seen: at === document.body || at.matches("input[type=radio]")
                  || (right > 0 && left < innerWidth && bottom > 0 && top < innerHeight),
              };
            }""",
            selector,
        )
        assert stop["seen"], f"the focus went out of sight: {stop['name']}"
        if stop["there"]:
            assert stop["shown"], f"nothing shows where the focus is: {stop['name']}"
            return
    raise AssertionError(f"expected {selector} within {most} tabs")


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_notice_looks_well(browser: Browser, keeping: Server, language: str) -> None:
    learner, said = await newcomer(browser, language, NARROW)
    await learner.visit(keeping.url)
    problems = await learner.page.evaluate(NOTICES)
    await check_notices(learner, language, "8-notice", "showNotice", problems, "no-path")
    names = await learner.page.evaluate(INTERRUPTIONS)
    state = "9-interruption"
    await check_notices(learner, language, state, "showInterruption", names, "reconnecting")
    shown = await learner.page.inner_text(".interruption")
    assert bool(HANGUL.search(shown)) == (language == "ko"), shown
    assert said == []


async def check_notices(
    learner: Learner, language: str, state: str, show: str, names: list[str], longest: str
) -> None:
    """Check each notice at each size; a picture of one of the longest is enough.

    The size changes seldom, because that costs as much as to check.
    """
    part = {"showNotice": ".error-panel", "showInterruption": ".interruption"}[show]
    check = partial(check_page, learner, axe=language == AXE_LANGUAGE, part=part)
    for size in (NARROW, WIDE):
        await learner.page.set_viewport_size({"width": size[0], "height": size[1]})
        for name in names:
            await learner.page.evaluate(f"(name) => {show}(name)", name)
            await check(f"newcomer-{language}-{state}", picture=name == longest, sizes=[size])
