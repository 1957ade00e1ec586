"""What may befall a video on its way to a lesson: page, network, server, disk."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from rtc_server.lessons.store import Lesson
from rtc_server.uploads import request_body
from tests.browser.support.chromium import chromium
from tests.browser.support.network_proxy import Wire, wire_to
from tests.browser.support.uploader import OWN, Adder, adder_in, adder_of, shop
from tests.integration.uploads.upload_server import UploadServer, half_made, held_upload

SLOW_BYTES_S = 2_000_000
LARGE_BYTES = 20_000_000  # more than sockets hold


@pytest_asyncio.fixture(loop_scope="module")
async def bare() -> AsyncIterator[Browser]:
    async with chromium() as running:
        yield running


@pytest.fixture
def large_file(tmp_path: Path) -> Path:
    """What takes ten seconds to send, and is no video."""
    path = tmp_path / "large.mp4"
    path.write_bytes(bytes(LARGE_BYTES))
    return path


async def begin_to_send(adder: Adder, wire: Wire, path: Path) -> None:
    """Up to where a part of the video is there."""
    await adder.visit(wire.url)
    wire.up_bytes_s = SLOW_BYTES_S
    await adder.choose_file(path)
    await adder.press("make")
    await adder.until_step("of 20 MB")


async def test_network_that_goes_while_sending_is_told_and_the_video_is_sent_again(
    bare: Browser, tmp_path: Path, large_file: Path, short_lesson: Lesson
) -> None:
    adder = await adder_in(bare)
    async with shop(tmp_path / "store", short_lesson) as store, wire_to(store.port) as wire:
        await begin_to_send(adder, wire, large_file)
        await adder.fits("sending")
        assert "Keep this page open" in await adder.text("advice-adding")
        wire.cut()
        await adder.until_said("adding-problem", "The video did not arrive")
        await adder.fits("did-not-arrive")
        wire.mend()
        wire.up_bytes_s = None
        await adder.press("adding-again")
        await adder.until_said("adding-problem", "No lesson can be made from this video")
        assert store.left() == [OWN] and not half_made(store)


async def test_sending_is_called_off(
    bare: Browser, tmp_path: Path, large_file: Path, short_lesson: Lesson
) -> None:
    adder = await adder_in(bare)
    async with shop(tmp_path / "store", short_lesson) as store, wire_to(store.port) as wire:
        await begin_to_send(adder, wire, large_file)
        assert half_made(store)
        await adder.press("call-off")
        await adder.until_shown("lesson-title")
        await adder.until_true("!localStorage.getItem('tandem:upload')")
        for _ in range(50):
            if not half_made(store):
                break
            await adder.page.wait_for_timeout(100)
        assert store.left() == [OWN], "nothing of it is left on the server"


async def test_page_that_is_loaded_anew_says_what_became_of_the_video(
    bare: Browser, tmp_path: Path, large_file: Path, short_film: Path, short_lesson: Lesson
) -> None:
    adder = await adder_in(bare)
    adder.page.on("dialog", lambda asked: asked.accept())  # "leave this page?"
    async with shop(tmp_path / "store", short_lesson) as store, wire_to(store.port) as wire:
        await begin_to_send(adder, wire, large_file)
        await adder.page.reload()
        await adder.until("choosing")
        await adder.until_stage("trouble")
        await adder.fits("tile-trouble")
        await adder.press("add")
        await adder.until_said("adding-problem", "The video did not arrive")
        assert "page was closed" in await adder.text("adding-advice")
        assert not await adder.page.is_visible('[data-part="adding-again"]')

        wire.up_bytes_s = None
        await adder.choose_file(short_film, press="adding-other")
        await adder.until_shown("trim")
        await adder.press("make")
        await adder.until_step("Finding the poses")
        await adder.page.reload()  # the server goes on
        await adder.until("choosing")
        await adder.until_stage("preparing")
        await adder.fits("tile-preparing")
        await adder.until_stage("ready")
        await adder.fits("tile-ready")
        assert await adder.page.locator('[data-lesson="short"]').count() == 1
        await adder.press("add")
        await adder.until_said("found", "found all the way through")
        await adder.press("adding-back")
        await adder.until("choosing")
        await adder.until_stage("off")


async def test_server_that_was_started_anew_has_forgotten_it_and_the_page_sends_it_again(
    bare: Browser, tmp_path: Path, short_film: Path, short_lesson: Lesson
) -> None:
    async with shop(tmp_path, short_lesson) as store, wire_to(store.port) as wire:
        adder = await adder_of(bare, wire.url, short_film)
        await adder.press("make")
        await adder.until_step("Finding the poses")
        await stopped_elsewhere(adder, store)
        await adder.press("adding-again")
        await adder.until_step("Finding the poses")
        wire.cut()
        await adder.until_said("left", "It continues to work on what it has")
        await adder.fits("unheard")
        async with shop(tmp_path / "new", short_lesson) as new:
            wire.to_port = new.port
            wire.mend()
            await adder.until_said("adding-problem", "The server was restarted")
            await adder.press("adding-again")
            await adder.until_said("found", "found all the way through")
            assert new.left() == ["short", OWN]


async def stopped_elsewhere(adder: Adder, store: UploadServer) -> None:
    """As from another page, or by a server that stops in good order."""
    note = await adder.page.evaluate("JSON.parse(localStorage.getItem('tandem:upload'))")
    assert (await store.http.delete(f"/api/jobs/{note['id']}")).status == 204
    await adder.until_said("adding-problem", "The lesson was cancelled")


async def test_full_disk_and_a_long_line_are_told(
    bare: Browser,
    tmp_path: Path,
    short_film: Path,
    short_lesson: Lesson,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with shop(tmp_path, short_lesson, upload_queue=1) as store:
        adder = await adder_of(bare, store.url, short_film)
        with monkeypatch.context() as patch:
            patch.setattr(request_body, "RESERVED_BYTES", 10**18)  # more than any disk has
            await adder.press("make")
            await adder.until_said("adding-problem", "The server’s disk is full")
        assert "MB free on the server's disk" in await adder.text("adding-advice")
        await adder.fits("disk-full")
        async with held_upload(store, "Other"):
            await adder.press("adding-again")
            await adder.until_said("adding-problem", "Other videos come first")
        await adder.press("adding-again")
        await adder.until_step("Finding the poses")
        await adder.press("call-off")
        await adder.until_shown("lesson-title")
