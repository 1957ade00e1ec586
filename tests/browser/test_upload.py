"""A lesson of one's own, from a video file to a dance, on the page."""

from pathlib import Path

import pytest
from playwright.async_api import Browser

from rtc_server.authoring.build import DEMO_VIDEO
from rtc_server.cli import main
from rtc_server.lessons.store import Lesson
from tests.browser.support.uploader import (
    OWN_LESSON,
    Uploader,
    lesson_server,
    open_uploader,
    open_with_video,
)
from tests.integration.uploads.upload_server import half_made, worker_pids
from tests.waiting import wait_until

TOKEN = "an-entirely-secret-word"
DRAWN = """
() => {
  const canvas = document.querySelector(".preview canvas");
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return data.some((value) => value > 0);
}
"""
# A file that is dropped, as the browser hands it over.
DROP = """
(selector) => {
  const carried = new DataTransfer();
  carried.items.add(new File([new Uint8Array(3e6)], "My_first dance.mp4", { type: "video/mp4" }));
  const zone = document.querySelector(selector);
  const event = { dataTransfer: carried, bubbles: true, cancelable: true };
  for (const type of ["dragover", "drop"]) zone.dispatchEvent(new DragEvent(type, event));
}
"""


async def test_video_becomes_a_lesson_by_keyboard_alone(
    browser: Browser, tmp_path: Path, short_film: Path, short_lesson: Lesson
) -> None:
    uploader = await open_uploader(browser)
    page, keys = uploader.page, uploader.page.keyboard
    async with lesson_server(tmp_path, short_lesson) as store:
        await uploader.visit(store.url)
        await uploader.until_text("add", "Up to 500 MB and 10 minutes")
        await uploader.tab_to("add")
        async with page.expect_file_chooser() as asked:
            await page.evaluate("0")  # by then the browser leaves the dialog to us
            await keys.press("Enter")
        await (await asked.value).set_files(short_film)
        await uploader.until_text("video-facts", "5.0s, 240 × 320")
        await uploader.check_layout("form", axe=True)
        await uploader.tab_to("trim-from")
        for _ in range(10):
            await keys.press("ArrowRight")
        await uploader.tab_to("trim-to-s")
        await keys.type("3.5")
        await uploader.tab_to("lesson-title")
        await keys.type("On tiptoe")
        assert "2.5s of 5.0s" in await uploader.text("trim-length")
        await keys.press("Enter")
        await uploader.until_text("steps", "Cutting out the part")
        await uploader.check_layout("progress")
        await uploader.until_shown("filmstrip")
        assert "“On tiptoe” is ready" in await uploader.text("adding-title")
        await uploader.until_text("found", "found all the way through")
        await uploader.until_true(DRAWN)
        await uploader.check_layout("ready", axe=True)
        made = await (await store.http.get("/api/lessons/on-tiptoe")).json()
        assert (made["title"], made["duration_s"]) == ("On tiptoe", pytest.approx(2.5))

        await uploader.tab_to("rename-title")
        await keys.type("On the toes")
        await keys.press("Enter")
        await uploader.until_text("made-said", "new name")
        await uploader.tab_to("delete-lesson")
        await keys.press("Enter")
        asked_words = await page.inner_text("dialog[open]")
        assert "“On the toes”" in asked_words and "for everybody" in asked_words
        await uploader.check_layout("delete")
        await keys.press("Escape")
        await uploader.tab_to("dance")
        await keys.press("Enter")
        await uploader.until_phase("problem")  # this browser has no camera
        await uploader.press("leave")
        await uploader.until_phase("choosing")
        assert "On the toes" in await page.inner_text('[data-lesson="on-tiptoe"]')
        await uploader.check_layout("lessons")
        assert store.left() == ["on-tiptoe", OWN_LESSON]
        assert uploader.console_errors == []


async def test_part_takes_the_place_of_the_whole_and_goes_when_it_is_deleted(
    browser: Browser, tmp_path: Path, short_lesson: Lesson
) -> None:
    uploader = await open_uploader(browser)
    async with lesson_server(tmp_path, short_lesson) as store:
        await uploader.visit(store.url)
        await uploader.page.click(f'[data-edit="{OWN_LESSON}"]')
        await uploader.until_text("found", "found all the way through")
        assert await uploader.page.is_disabled('[data-part="cut"]')
        await uploader.page.fill('.cut-section [data-part="trim-from-s"]', "2")
        await uploader.page.keyboard.press("Tab")
        await uploader.press("cut")
        await uploader.until_text("adding-title", "is ready")
        assert store.left() == ["short"], "the part is there, and the whole is not"
        part = await (await store.http.get("/api/lessons/short")).json()
        assert part["duration_s"] == pytest.approx(3.0)
        await uploader.until_text(
            "found", "found all the way through"
        )  # and nothing loads any more
        await uploader.until_true(
            "document.querySelector('[data-part=\"preview\"]').readyState === 4"
        )
        await uploader.press("delete-lesson")
        await uploader.press("delete-lesson-confirm")
        await uploader.until_phase("choosing")
        await uploader.until_true("!document.querySelector('[data-lesson]')")
        assert store.left() == []
        assert uploader.console_errors == []


async def test_limits_are_told_before_and_a_bad_file_gets_the_sentence_of_lesson_add(
    browser: Browser,
    tmp_path: Path,
    short_film: Path,
    short_lesson: Lesson,
    capsys: pytest.CaptureFixture[str],
) -> None:
    uploader = await open_uploader(browser)
    async with lesson_server(
        tmp_path / "store", short_lesson, upload_max_mb=2, upload_max_s=3
    ) as store:
        await uploader.visit(store.url)
        await uploader.until_text("add", "Up to 2 MB and 3 seconds")
        await uploader.choose_file(short_film)
        too_long = "This is 5.0s long, and a lesson can have up to 3 seconds"
        await uploader.until_text("too-long", too_long)
        assert await uploader.page.input_value('[data-part="trim-to-s"]') == "3"
        assert not await uploader.page.is_disabled('[data-part="make"]')
        await uploader.page.fill('[data-part="trim-to-s"]', "4.5")
        await uploader.page.keyboard.press("Tab")
        await uploader.until_text("unfit", "This is 4.5s long")
        assert await uploader.page.is_disabled('[data-part="make"]')
        await uploader.check_layout("too-long")

        await uploader.press("adding-back")
        await uploader.until_phase("choosing")
        await uploader.page.evaluate(DROP, ".choosing")
        await uploader.until_text("unfit", "3.0 MB, and this server accepts up to 2 MB")
        assert await uploader.page.input_value('[data-part="lesson-title"]') == "My first dance"
        assert await uploader.page.is_disabled('[data-part="make"]')

        notes = tmp_path / "notes.mp4"
        notes.write_text("step left, step right\n" * 50)
        await uploader.choose_file(notes, press="other-video")
        await uploader.until_text("video-facts", "cannot show this kind of video")
        await uploader.press("make")
        await uploader.until_text("adding-problem", "No lesson can be made from this video")
        assert main(["lesson", "add", str(notes), "--id", "x", "--lessons", str(tmp_path)]) == 1
        said = capsys.readouterr().err.strip().removeprefix("error: ")
        assert said.replace(str(notes), "notes.mp4") in await uploader.text("adding-advice")
        await uploader.check_layout("bad-file", axe=True)
        assert not await uploader.page.is_visible('[data-part="adding-again"]')
        await uploader.press("adding-leave")
        await uploader.until_phase("choosing")
        await uploader.until_stage("off")
        assert store.left() == [OWN_LESSON] and uploader.console_errors == []


async def test_preparation_is_called_off_and_the_choice_is_still_there(
    browser: Browser, tmp_path: Path, short_lesson: Lesson
) -> None:
    async with lesson_server(tmp_path, short_lesson) as store:
        uploader = await open_with_video(browser, store.url, DEMO_VIDEO)  # long enough
        await uploader.page.fill('[data-part="lesson-title"]', "Never")
        await uploader.press("make")
        await uploader.until_step("Finding the poses")
        await wait_until(lambda: len(worker_pids(tmp_path)) == 1)  # the step comes first
        await uploader.press("adding-leave")  # and meanwhile another one is looked at
        await uploader.page.click(f'[data-edit="{OWN_LESSON}"]')
        await uploader.until_text("found", "found all the way through")
        await uploader.page.wait_for_timeout(1000)
        assert await uploader.text("adding-title") == "Short"
        await uploader.press("adding-back")
        await uploader.press("add")
        await uploader.press("call-off")
        await uploader.until_shown("lesson-title")
        assert await uploader.page.input_value('[data-part="lesson-title"]') == "Never"
        assert worker_pids(tmp_path) == [] and store.left() == [OWN_LESSON] and not half_made(store)
        await uploader.page.reload()
        await uploader.until_phase("choosing")
        await uploader.until_stage("off")


async def test_server_that_wants_a_token_is_shown_it(
    browser: Browser, tmp_path: Path, short_film: Path, short_lesson: Lesson
) -> None:
    async with lesson_server(tmp_path, short_lesson, token=TOKEN) as store:
        uploader = await open_with_video(browser, store.url, short_film)
        await uploader.check_layout("token", axe=True)
        await uploader.press("make")
        assert await uploader.page.evaluate("document.activeElement.dataset.part") == "token"
        await uploader.page.fill('[data-part="token"]:visible', "a-guess-of-no-use")
        await uploader.press("make")
        await uploader.until_text("adding-problem", "The server requires its token")
        await uploader.press("adding-again")
        await uploader.page.fill('[data-part="token"]:visible', TOKEN)
        await uploader.press("make")
        await uploader.until_step("Finding the poses")
        await uploader.press("call-off")
        await uploader.until_shown("lesson-title")
        kept = await uploader.page.evaluate("JSON.stringify(localStorage)")
        assert TOKEN not in kept


async def test_closed_server_says_so_quietly_and_one_that_takes_none_shows_nothing(
    browser: Browser, tmp_path: Path, short_lesson: Lesson
) -> None:
    elsewhere = await open_uploader(browser, extra_http_headers={"X-Forwarded-For": "192.0.2.7"})
    async with lesson_server(tmp_path, short_lesson) as store:
        await elsewhere.visit(store.url)
        await elsewhere.until_text("own", "added on the machine that this server runs on")
        await elsewhere.check_layout("closed")
        await check_nothing_is_offered(elsewhere)
    here = await open_uploader(browser)
    async with lesson_server(tmp_path, short_lesson, uploads=False) as store:
        await here.visit(store.url)
        await here.page.wait_for_selector(f'[data-lesson="{OWN_LESSON}"]')
        assert not await here.page.is_visible('[data-part="own"]')
        await check_nothing_is_offered(here)


async def test_operator_whom_the_server_does_not_know_enters_its_token_or_opens_its_link(
    browser: Browser, tmp_path: Path, short_lesson: Lesson
) -> None:
    elsewhere = await open_uploader(browser, extra_http_headers={"X-Forwarded-For": "192.0.2.7"})
    page = elsewhere.page
    async with lesson_server(tmp_path, short_lesson) as store:
        await elsewhere.visit(store.url)
        await elsewhere.press("access-question")
        await elsewhere.check_layout("access", axe=True)
        await page.fill('[data-part="access-token"]', "a-guess-of-no-use")
        await elsewhere.press("access-use")
        await elsewhere.until_text("access-refusal", "does not accept this token")
        await page.fill('[data-part="access-token"]', store.secret)
        await elsewhere.press("access-use")
        await elsewhere.until_shown("add")
        assert not await page.is_visible('[data-part="access"]')
    again = await open_uploader(browser, extra_http_headers={"X-Forwarded-For": "192.0.2.7"})
    async with lesson_server(tmp_path, short_lesson) as store:
        await again.visit(f"{store.url}/#token={store.secret}")
        await again.until_shown("add")
        assert again.page.url == f"{store.url}/"
        removed = "fetch('/api/lessons/none', { method: 'DELETE' }).then(({ status }) => status)"
        assert await again.page.evaluate(removed) == 403  # no cookie lets other pages in, either


async def check_nothing_is_offered(uploader: Uploader) -> None:
    await uploader.page.evaluate(DROP, ".choosing")
    assert await uploader.phase() == "choosing"
    for part in ('[data-part="add"]', "[data-edit]"):
        assert not await uploader.page.locator(part).count()


async def test_in_korean_it_looks_well_too(
    browser: Browser, tmp_path: Path, short_film: Path, short_lesson: Lesson
) -> None:
    uploader = await open_uploader(browser, locale="ko-KR")
    async with lesson_server(tmp_path, short_lesson) as store:
        await uploader.visit(store.url)
        await uploader.check_layout("lessons-ko")
        await uploader.page.click(f'[data-edit="{OWN_LESSON}"]')
        await uploader.until_text("found", "처음부터 끝까지")
        await uploader.check_layout("ready-ko", axe=True)
        await uploader.press("adding-back")
        await uploader.choose_file(short_film)
        await uploader.until_text("trim-length", "전체: 5.0초")
        await uploader.check_layout("form-ko")
        await uploader.press("make")
        await uploader.until_step("동작 찾기")
        await uploader.check_layout("progress-ko")
        await uploader.press("call-off")
        await uploader.until_text("adding-title", "나만의 레슨")
        assert uploader.console_errors == []
