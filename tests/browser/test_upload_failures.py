"""Failures on the way from a video to a lesson: page, network, server, disk."""

from pathlib import Path

import pytest
from playwright.async_api import Browser

from rtc_server.lessons.store import Lesson
from rtc_server.uploads import request_body
from tests.browser.support.network_proxy import NetworkProxy, proxy_to
from tests.browser.support.uploader import (
    OWN_LESSON,
    Uploader,
    lesson_server,
    open_uploader,
    open_with_video,
)
from tests.integration.uploads.upload_server import UploadServer, half_made, held_upload

SLOW_BYTES_S = 2_000_000
LARGE_BYTES = 20_000_000  # more than socket buffers hold


@pytest.fixture
def large_file(tmp_path: Path) -> Path:
    """A file that takes ten seconds to send, and is not a video."""
    path = tmp_path / "large.mp4"
    path.write_bytes(bytes(LARGE_BYTES))
    return path


async def begin_to_send(uploader: Uploader, proxy: NetworkProxy, path: Path) -> None:
    """Send until a part of the video has arrived."""
    await uploader.visit(proxy.url)
    proxy.up_bytes_s = SLOW_BYTES_S
    await uploader.choose_file(path)
    await uploader.press("make")
    await uploader.until_step("of 20 MB")


async def test_network_that_goes_while_sending_is_told_and_the_video_is_sent_again(
    browser: Browser, tmp_path: Path, large_file: Path, short_lesson: Lesson
) -> None:
    uploader = await open_uploader(browser)
    async with (
        lesson_server(tmp_path / "store", short_lesson) as store,
        proxy_to(store.port) as proxy,
    ):
        await begin_to_send(uploader, proxy, large_file)
        await uploader.check_layout("sending")
        assert "Keep this page open" in await uploader.text("advice-adding")
        proxy.cut()
        await uploader.until_text("adding-problem", "The video did not arrive")
        await uploader.check_layout("did-not-arrive")
        proxy.restore()
        proxy.up_bytes_s = None
        await uploader.press("adding-again")
        await uploader.until_text("adding-problem", "No lesson can be made from this video")
        assert store.left() == [OWN_LESSON] and not half_made(store)


async def test_sending_is_called_off(
    browser: Browser, tmp_path: Path, large_file: Path, short_lesson: Lesson
) -> None:
    uploader = await open_uploader(browser)
    async with (
        lesson_server(tmp_path / "store", short_lesson) as store,
        proxy_to(store.port) as proxy,
    ):
        await begin_to_send(uploader, proxy, large_file)
        assert half_made(store)
        await uploader.press("call-off")
        await uploader.until_shown("lesson-title")
        await uploader.until_true("!localStorage.getItem('tandem:upload')")
        for _ in range(50):
            if not half_made(store):
                break
            await uploader.page.wait_for_timeout(100)
        assert store.left() == [OWN_LESSON], "nothing of it is left on the server"


async def test_page_that_is_loaded_anew_says_what_became_of_the_video(
    browser: Browser, tmp_path: Path, large_file: Path, short_film: Path, short_lesson: Lesson
) -> None:
    uploader = await open_uploader(browser)
    uploader.page.on("dialog", lambda asked: asked.accept())  # "leave this page?"
    async with (
        lesson_server(tmp_path / "store", short_lesson) as store,
        proxy_to(store.port) as proxy,
    ):
        await begin_to_send(uploader, proxy, large_file)
        await uploader.page.reload()
        await uploader.until_phase("choosing")
        await uploader.until_stage("trouble")
        await uploader.check_layout("tile-trouble")
        await uploader.press("add")
        await uploader.until_text("adding-problem", "The video did not arrive")
        assert "page was closed" in await uploader.text("adding-advice")
        assert not await uploader.page.is_visible('[data-part="adding-again"]')

        proxy.up_bytes_s = None
        await uploader.choose_file(short_film, press="adding-other")
        await uploader.until_shown("trim")
        await uploader.press("make")
        await uploader.until_step("Finding the poses")
        await uploader.page.reload()  # the server continues
        await uploader.until_phase("choosing")
        await uploader.until_stage("preparing")
        await uploader.check_layout("tile-preparing")
        await uploader.until_stage("ready")
        await uploader.check_layout("tile-ready")
        assert await uploader.page.locator('[data-lesson="short"]').count() == 1
        await uploader.press("add")
        await uploader.until_text("found", "found all the way through")
        await uploader.press("adding-back")
        await uploader.until_phase("choosing")
        await uploader.until_stage("off")


async def test_server_that_was_started_anew_has_forgotten_it_and_the_page_sends_it_again(
    browser: Browser, tmp_path: Path, short_film: Path, short_lesson: Lesson
) -> None:
    async with lesson_server(tmp_path, short_lesson) as store, proxy_to(store.port) as proxy:
        uploader = await open_with_video(browser, proxy.url, short_film)
        await uploader.press("make")
        await uploader.until_step("Finding the poses")
        await stopped_elsewhere(uploader, store)
        await uploader.press("adding-again")
        await uploader.until_step("Finding the poses")
        proxy.cut()
        await uploader.until_text("left", "It continues to work on what it has")
        await uploader.check_layout("unheard")
        async with lesson_server(tmp_path / "new", short_lesson) as new:
            proxy.to_port = new.port
            proxy.restore()
            await uploader.until_text("adding-problem", "The server was restarted")
            await uploader.press("adding-again")
            await uploader.until_text("found", "found all the way through")
            assert new.left() == ["short", OWN_LESSON]


async def stopped_elsewhere(uploader: Uploader, store: UploadServer) -> None:
    """Cancel the job as another page would, or a server that stops."""
    note = await uploader.page.evaluate("JSON.parse(localStorage.getItem('tandem:upload'))")
    assert (await store.http.delete(f"/api/jobs/{note['id']}")).status == 204
    await uploader.until_text("adding-problem", "The lesson was cancelled")


async def test_full_disk_and_a_long_line_are_told(
    browser: Browser,
    tmp_path: Path,
    short_film: Path,
    short_lesson: Lesson,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with lesson_server(tmp_path, short_lesson, upload_queue=1) as store:
        uploader = await open_with_video(browser, store.url, short_film)
        with monkeypatch.context() as patch:
            patch.setattr(request_body, "RESERVED_BYTES", 10**18)  # more than any disk has
            await uploader.press("make")
            await uploader.until_text("adding-problem", "The server’s disk is full")
        assert "MB free on the server's disk" in await uploader.text("adding-advice")
        await uploader.check_layout("disk-full")
        async with held_upload(store, "Other"):
            await uploader.press("adding-again")
            await uploader.until_text("adding-problem", "Other videos come first")
        await uploader.press("adding-again")
        await uploader.until_step("Finding the poses")
        await uploader.press("call-off")
        await uploader.until_shown("lesson-title")
