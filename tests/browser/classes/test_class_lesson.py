"""A class with a lesson: a teacher and three learners, from the code to everybody's report."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.browser.support.class_room import (
    check_sent,
    check_sizes,
    join,
    open_class,
    until_text,
    until_tiles,
)
from tests.browser.support.learner import DESK, Learner, open_learner
from tests.browser.support.server_process import Server

# Four windows are as much as four tests: beside others, a learner may get no score in a lesson.
pytestmark = pytest.mark.alone

TITLE = "Monday class"
TILE = '[data-part="tiles"] > li:has-text("{}")'
LEARNER_SAYS = {
    "hello",
    "ping",
    "playhead",
    "camera",
    "hand",
    "class",
}  # nothing that moves a class
SCORED = """
() => [...document.querySelectorAll(".tile-score")]
  .every(({ textContent }) => /^[0-9]+$/.test(textContent))
"""


async def join_by_hand(
    browser: Browser, server: Server, code: str, taken: str, name: str
) -> Learner:
    """A learner who types the code, and takes another name because the first one is taken."""
    learner = await open_learner(browser)
    await learner.visit(server.url)
    await learner.press("join-class")
    await learner.page.fill('[data-part="join-code"]', f"{code[:3].lower()} {code[3:]}")
    await until_text(learner, "join-found", TITLE)
    await check_sizes(learner, "en-2-join")
    await learner.page.fill('[data-part="join-name"]', taken)
    await learner.press("join-enter")
    await until_text(learner, "join-error", "has this name already")
    assert await learner.page.input_value('[data-part="join-code"]') == code
    learner.console_errors.clear()  # the refusal itself, which Chromium notes
    await learner.page.fill('[data-part="join-name"]', name)
    await learner.press("join-enter")
    await learner.until_phase("ready")
    return learner


async def let_in(teacher: Learner, learners: list[Learner]) -> None:
    for learner in learners:
        await until_text(learner, "room-title", "The teacher lets you in")
    await learners[0].screenshot("class-en-3-waits")
    await teacher.until_true(
        "() => document.querySelectorAll('[data-part=\"class-waiting\"] li').length === 3"
    )
    await check_sizes(teacher, "en-4-waiting", stays=False)
    await teacher.press("admit-all")
    for learner in learners:
        await learner.page.wait_for_selector('[data-part="class-room"]', state="hidden")
        await until_text(learner, "class-count", "3 here")
    await until_tiles(teacher, 3)


async def say(teacher: Learner, ann: Learner, ben: Learner) -> None:
    """A cue to one, and a line with markup to all."""
    await teacher.page.click(TILE.format("Ben") + " .tile-choose")
    await until_text(teacher, "cue-to", "To Ben")
    await teacher.page.click('[data-cue="well_done"]')
    await until_text(ben, "cue", "Well done")
    await ben.screenshot("class-en-6-cue")
    assert await ann.received("cue") == []
    await teacher.press("cue-everybody")
    await teacher.page.fill('[data-part="cue-line"]', "<b>Arms</b> up!")
    await teacher.press("cue-send")
    for learner in (ann, ben):
        await until_text(learner, "cue", "<b>Arms</b> up!")
        assert await learner.page.locator('[data-part="cue"] b').count() == 0


async def raise_hand(teacher: Learner, ann: Learner) -> None:
    await ann.press("class-hand")
    await teacher.page.wait_for_selector(TILE.format("Ann") + " .tile-seen:visible")
    await until_text(ann, "class-hand", "Lower your hand")
    await teacher.page.click(TILE.format("Ann") + " .tile-seen")
    await until_text(ann, "class-hand", "Raise your hand")


async def come_back(teacher: Learner, ann: Learner) -> None:
    """The teacher's page is loaded anew: the class waits, says so, and has its teacher again."""
    before = len(await ann.received("class"))
    await teacher.page.reload()
    await ann.until_true(
        "n => spy.received.filter(({ message: m }) => m.type === 'class').slice(n)"
        ".some(({ message: m }) => m.state === 'held')",
        before,
    )
    await teacher.until_phase("teaching")
    await until_tiles(teacher, 3)
    await ann.page.wait_for_selector('[data-part="class-room"]', state="hidden")


@pytest.mark.timeout(300)  # four windows, and all of a class
async def test_a_teacher_and_three_learners_from_the_code_to_everybodys_report(
    browser: Browser, server: Server, tmp_path: Path
) -> None:
    teacher = await open_learner(browser, DESK, locale="en-US", accept_downloads=True)
    code = await open_class(teacher, server, TITLE, "class-asked", "class-leaderboard")
    await check_sizes(teacher, "en-1-code")
    ann = await join(browser, server, code, "Ann", "en-US")
    ben = await join(browser, server, code, "Ben", "en-US")
    cho = await join_by_hand(browser, server, code, "Ann", "Cho")
    learners = [ann, ben, cho]
    await let_in(teacher, learners)

    await teacher.press("class-start")
    for learner in learners:
        await learner.until_phase("playing")
        await learner.until_scored()
    await teacher.until_true(SCORED)
    await teacher.press("hold")  # first of all, because the lesson is short
    for learner in learners:
        await learner.until_phase("paused")
        await until_text(learner, "prompt", "Your teacher has paused")
    await say(teacher, ann, ben)
    await raise_hand(teacher, ann)
    await check_sizes(teacher, "en-7-paused")
    await ann.screenshot("class-en-8-paused")  # at all widths: test_class_live

    assert await check_sent(teacher) >= {"start", "pause", "admit", "cue", "hand"}
    await come_back(teacher, ann)
    await teacher.press("stop")
    await teacher.press("class-end-yes")
    await teacher.until_phase("class-report")
    for learner in learners:
        await learner.until_phase("summary")
        assert "Your teacher ended the class" in await learner.text("summary")
    await teacher.until_true(
        "() => document.querySelectorAll('[data-part=\"class-table\"] tbody tr').length === 3"
    )
    await check_sizes(teacher, "en-9-report")
    await ann.screenshot("class-en-9-summary")
    async with teacher.page.expect_download() as waiting:
        await teacher.press("class-csv")
    await (await waiting.value).save_as(tmp_path / "class.csv")
    rows = list(csv.DictReader((tmp_path / "class.csv").read_text("utf-8-sig").splitlines()))
    assert {row["name"] for row in rows} == {"Ann", "Ben", "Cho"}
    assert {"hand"} <= await check_sent(ann) <= LEARNER_SAYS
    for window in (teacher, *learners):
        assert window.console_errors == []
