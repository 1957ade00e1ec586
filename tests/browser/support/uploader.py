"""Somebody who adds lessons: a server that takes them and watches nobody, and their hands."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, TimeoutError

from rtc_server.lessons.store import Lesson
from tests.browser.support.learner import Learner, learner_in
from tests.browser.support.page_checks import looks_well
from tests.integration.uploads.upload_server import UploadServer, upload_server

PREPARES_WITHIN_S = 100.0  # it steps back behind everything else on the machine
OWN = "wave"  # the id of a lesson that is there from the start


@asynccontextmanager
async def shop(
    folder: Path, lesson: Lesson, *, port: int = 0, **settings: Any
) -> AsyncIterator[UploadServer]:
    """A server with one own lesson."""
    place = folder / OWN
    if not place.exists():
        shutil.copytree(lesson.folder, place)
    async with upload_server(folder, port=port, **settings) as store:
        yield store


class Adder(Learner):
    """A learner with a video of their own."""

    async def choose_file(self, path: Path, press: str = "add") -> None:
        async with self.page.expect_file_chooser() as asked:
            await self.press(press)
        await (await asked.value).set_files(path)
        await self.until("adding")

    async def until_shown(self, part: str, timeout_s: float = PREPARES_WITHIN_S) -> None:
        await self.page.wait_for_selector(f'[data-part="{part}"]:visible', timeout=timeout_s * 1000)

    async def until_said(self, part: str, words: str, timeout_s: float = PREPARES_WITHIN_S) -> None:
        """Wait until a part of the page holds these words."""
        said = (
            "([part, words]) => [...document.querySelectorAll(`[data-part='${part}']`)]"
            ".some(e => e.checkVisibility() && e.innerText.includes(words))"
        )
        try:
            await self.until_true(said, [part, words], timeout_s)
        except TimeoutError as error:
            shown = await self.page.inner_text("main")
            raise AssertionError(f"expected {words!r} in {part}, got:\n{shown}") from error

    async def until_step(self, words: str) -> None:
        """Wait until the job is at this step; the list names those that are to come, too."""
        step = self.page.locator('[data-part="steps"] [aria-current="step"]', has_text=words)
        await step.wait_for(timeout=PREPARES_WITHIN_S * 1000)

    async def until_stage(self, stage: str) -> None:
        """The tile behind the lessons says how far it is."""
        tile = f'[data-part="add"][data-stage="{stage}"]'
        await self.page.wait_for_selector(tile, timeout=PREPARES_WITHIN_S * 1000)

    async def tab_to(self, part: str) -> None:
        """By Tab alone, from wherever the focus is."""
        for _ in range(40):
            await self.page.keyboard.press("Tab")
            if await self.page.evaluate("document.activeElement.dataset.part") == part:
                return
        raise AssertionError(f"expected Tab to lead to {part}")

    async def fits(self, name: str, *, axe: bool = False) -> None:
        """On a phone and on a desk; axe takes a while, and looks where it is worth it."""
        await looks_well(self, f"adding-{name}", stays=axe)


async def adder_of(browser: Browser, url: str, video: Path) -> Adder:
    """Somebody who has chosen a video, and is asked for its part and its name."""
    adder = await adder_in(browser)
    await adder.visit(url)
    await adder.choose_file(video)
    await adder.until_shown("trim")
    return adder


async def adder_in(browser: Browser, **context_options: Any) -> Adder:
    learner = await learner_in(browser, **context_options)
    return Adder(learner.page)
