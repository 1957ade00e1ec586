"""A learner who adds lessons, and a server for uploads without pose estimation."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from playwright.async_api import Browser

from rtc_server.lessons.store import Lesson
from tests.browser.support.learner import Learner, open_learner
from tests.browser.support.page_checks import check_page
from tests.integration.uploads.upload_server import UploadServer, upload_server

JOB_TIMEOUT_S = 100.0  # the worker process has the lowest priority on the machine
OWN_LESSON = "wave"  # the id of a lesson that the server has from the start


@asynccontextmanager
async def lesson_server(
    folder: Path, lesson: Lesson, *, port: int = 0, **settings: Any
) -> AsyncIterator[UploadServer]:
    """A server with one lesson that can be edited."""
    place = folder / OWN_LESSON
    if not place.exists():
        shutil.copytree(lesson.folder, place)
    async with upload_server(folder, port=port, **settings) as store:
        yield store


class Uploader(Learner):
    """A learner with a video of their own."""

    async def choose_file(self, path: Path, press: str = "add") -> None:
        async with self.page.expect_file_chooser() as asked:
            await self.press(press)
        await (await asked.value).set_files(path)
        await self.until_phase("adding")

    async def until_shown(self, part: str, timeout_s: float = JOB_TIMEOUT_S) -> None:
        await self.page.wait_for_selector(f'[data-part="{part}"]:visible', timeout=timeout_s * 1000)

    async def until_text(self, part: str, words: str, timeout_s: float = JOB_TIMEOUT_S) -> None:
        """Wait until a part of the page contains these words."""
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
        """Wait until the job is at this step; the list also names the steps to come."""
        step = self.page.locator('[data-part="steps"] [aria-current="step"]', has_text=words)
        await step.wait_for(timeout=JOB_TIMEOUT_S * 1000)

    async def until_stage(self, stage: str) -> None:
        """Wait until the tile after the lessons shows this stage."""
        tile = f'[data-part="add"][data-stage="{stage}"]'
        await self.page.wait_for_selector(tile, timeout=JOB_TIMEOUT_S * 1000)

    async def tab_to(self, part: str) -> None:
        """Go to a part by Tab alone, from wherever the focus is."""
        for _ in range(40):
            await self.page.keyboard.press("Tab")
            if await self.page.evaluate("document.activeElement.dataset.part") == part:
                return
        raise AssertionError(f"expected Tab to lead to {part}")

    async def check_layout(self, name: str, *, axe: bool = False) -> None:
        """Check the page on a phone and on a desk; axe is slow, so it runs only on request."""
        await check_page(self, f"adding-{name}", axe=axe)


async def open_with_video(browser: Browser, url: str, video: Path) -> Uploader:
    """A learner who has chosen a video, and is asked for its part and its name."""
    uploader = await open_uploader(browser)
    await uploader.visit(url)
    await uploader.choose_file(video)
    await uploader.until_shown("trim")
    return uploader


async def open_uploader(browser: Browser, **context_options: Any) -> Uploader:
    learner = await open_learner(browser, **context_options)
    return Uploader(learner.page)
