"""A lesson is deleted while a page lists it, and while somebody dances it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from rtc_server.lessons.store import Lesson
from tests.browser.support.learner import NARROW, WIDE, Learner
from tests.browser.support.server_process import Server, run_server


@pytest.fixture(scope="module")
def removing(
    short_lesson: Lesson, lessons_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """A server with lessons that can be deleted."""
    folder = tmp_path_factory.mktemp("spare")
    shutil.copytree(lessons_dir / "demo", folder / "demo")
    for id in ("one", "two", "three"):
        shutil.copytree(short_lesson.folder, folder / id)
    with run_server(folder) as running:
        yield running


async def remove(learner: Learner, server: Server, id: str) -> None:
    answer = await learner.page.request.delete(f"{server.url}/api/lessons/{id}")
    assert answer.status == 204


async def play(learner: Learner, server: Server, id: str) -> None:
    await learner.visit(server.url)
    await learner.choose(id)
    await learner.until_phase("ready")
    await learner.press("start")
    await learner.until_scored()


async def test_lesson_that_was_removed_leads_back_to_those_that_are_there(
    learner: Learner, removing: Server
) -> None:
    await learner.visit(removing.url)
    await remove(learner, removing, "one")
    await learner.choose("one")
    await learner.until_phase("problem")
    assert await learner.text("problem") == "This lesson is no longer here"
    assert await learner.camera_is_off()
    assert not await learner.page.is_visible('[data-part="retry"]'), "it would be in vain"
    for width, height in (WIDE, NARROW):
        await learner.page.set_viewport_size({"width": width, "height": height})
        await learner.screenshot("8-lesson-gone")
    await learner.press("leave")
    await learner.until_phase("choosing")
    await learner.until_true("!document.querySelector('[data-lesson=one]')")
    assert await learner.page.locator("[data-lesson]").count() >= 1


async def test_who_dances_a_lesson_that_is_removed_dances_it_to_its_end(
    learner: Learner, removing: Server
) -> None:
    await play(learner, removing, "two")
    await remove(learner, removing, "two")
    await learner.until_phase("summary")
    (summary,) = await learner.received("summary")
    assert summary["complete"]
    await learner.until_true("document.querySelector('.summary [data-part=again]').hidden")
    assert not await learner.page.locator('[data-part="worst"] button').count()
    await learner.screenshot("8-lesson-gone-report")


async def test_connection_to_a_lesson_that_is_removed_cannot_be_made_anew(
    learner: Learner, removing: Server
) -> None:
    await play(learner, removing, "three")
    await remove(learner, removing, "three")
    await learner.page.evaluate("spy.peers.at(-1).close()")
    await learner.until_phase("problem")
    assert await learner.text("problem") == "This lesson is no longer here"
    assert await learner.camera_is_off()
