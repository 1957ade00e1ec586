"""The learner's name, the report of a lesson, and the stored results."""

import asyncio
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Download

from rtc_server.history.database_url import parse_database_url
from rtc_server.history.store import ResultStore
from tests.browser.support.learner import SCREENSHOTS, Learner, open_learner
from tests.browser.support.page_checks import check_page
from tests.browser.support.report_texts import SHOWN, WRITTEN, expected_texts, whole
from tests.browser.support.server_process import Server, run_server
from tests.unit.rtc_server.sample_results import make_result

ANNS = 60  # more than the server sends at once


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with many results of Ann, and a better one of Ben."""
    path = tmp_path_factory.mktemp("history") / "history.sqlite3"
    store = ResultStore(parse_database_url(str(path)))
    for number in range(1, ANNS + 1):
        store.save(make_result(number, score=20.0 + number, complete=number % 7 != 0))
    store.save(make_result(200, "Ben", score=91.0, grade="S"))
    store.save(make_result(201, "Ann", lesson="tango", title="Tango", score=55.0))
    store.close()
    return path


@pytest.fixture(scope="module")
def keeping(lessons_dir: Path, kept: Path) -> Iterator[Server]:
    with run_server(lessons_dir, "--history", str(kept)) as running:
        yield running


async def enter_name(learner: Learner, name: str) -> None:
    await learner.page.fill('[data-part="learner-name"]', name)
    await learner.page.locator('[data-part="learner-name"]').blur()


async def fits(learner: Learner, name: str) -> None:
    """On a phone and on a desk."""
    await check_page(learner, f"history-{name}")


async def content(download: Download) -> bytes:
    return await asyncio.to_thread(Path(await download.path()).read_bytes)


async def server_report(learner: Learner, url: str) -> dict[str, Any]:
    *_, welcome = await learner.received("welcome")
    answer = await learner.page.request.get(f"{url}/api/sessions/{welcome['session']}/report")
    return await answer.json()


async def test_name_is_optional_remembered_and_refused_in_the_servers_words(
    learner: Learner, keeping: Server
) -> None:
    await learner.visit(keeping.url)
    assert "Never a picture or a video of you" in await learner.text("kept")
    await enter_name(learner, "x" * 41)
    await learner.until_true("document.querySelector('[data-part=refusal]').textContent")
    refusal = await learner.text("refusal")
    assert "A name has 1 to 40 characters" in refusal
    await fits(learner, "refused")
    await learner.page.fill('[data-part="learner-name"]', "...")
    await learner.choose()  # the name is sent with the offer
    await learner.until_phase("connecting")
    await learner.until_phase("choosing")
    await learner.until_true("document.querySelector('[data-part=refusal]').textContent")
    assert await learner.camera_is_off()
    await enter_name(learner, "Ann")
    await learner.page.reload()
    await learner.until_phase("choosing")
    assert await learner.page.input_value('[data-part="learner-name"]') == "Ann"


async def test_page_picture_and_server_tell_the_same_of_a_lesson(
    learner: Learner, keeping: Server
) -> None:
    page = learner.page
    await learner.visit(keeping.url)
    await enter_name(learner, "Ann")
    await learner.choose()
    await learner.until_phase("ready")
    await learner.press("start")
    await learner.until_scored(past_s=7)
    await learner.press("stop")
    await learner.until_phase("summary")
    await learner.until_true("document.querySelector('.summary').innerText.includes('Last time')")
    (summary,) = await learner.received("summary")
    report = await server_report(learner, keeping.url)
    del summary["at_ms"]  # from the spy
    assert {name: report[name] for name in summary} == summary
    assert (report["learner"], report["change"]["since"]["score"]) == ("Ann", 20.0 + ANNS)
    shown = await page.evaluate(SHOWN)
    assert shown == expected_texts(report)
    assert f"Last time: {20 + ANNS}." in await learner.text("change")

    await page.evaluate(WRITTEN)
    async with page.expect_download() as started:
        await learner.press("save-card")
    download = await started.value
    written = await page.evaluate("written")
    every = [shown["score"], *shown["parts"], *shown["worst"], *shown["best"], "Ann"]
    assert [text for text in every if text not in written] == []
    picture = await content(download)
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    assert download.suggested_filename == f"tandem-demo-{whole(report['score'])}.png"
    await download.save_as(SCREENSHOTS / "shared.png")

    assert await page.locator(".thumbnail").count() > 5
    await fits(learner, "report")
    await page.click('[data-part="best"] li:first-child button')
    await learner.until_phase("ready")
    assert (await learner.sent("loop"))[-1]["from_s"] == summary["best"][0]["from_s"]
    assert learner.console_errors == []


async def test_results_are_found_again_compared_and_deleted(
    learner: Learner, keeping: Server
) -> None:
    page = learner.page
    await learner.visit(keeping.url)
    await fits(learner, "choosing")
    await enter_name(learner, "Ann")
    await learner.press("look")
    await learner.until_phase("history")
    rows = page.locator('[data-part="results"] li')
    await learner.until_true("document.querySelectorAll('[data-part=results] li').length > 1")
    await page.select_option('[data-part="history-lesson"]', "")
    await learner.until_true("document.querySelectorAll('option[value=tango]').length === 1")
    await page.select_option('[data-part="history-lesson"]', "tango")
    await learner.until_true("document.querySelectorAll('[data-part=results] li').length === 1")
    assert "no longer here" in await learner.text("no-board")
    await page.select_option('[data-part="history-lesson"]', "demo")
    await learner.until_true("document.querySelectorAll('[data-part=results] li').length === 50")
    await learner.until_true("document.querySelectorAll('[data-part=board] li').length >= 2")
    best = await page.locator('[data-part="board"] li').all_inner_texts()
    assert "Ben" in best[0] and "91" in best[0]
    assert "Ann" in best[1] and "you" in best[1]
    await learner.press("older")
    await learner.until_true("document.querySelectorAll('[data-part=results] li').length > 55")
    assert not await page.locator('[data-part="older"]').is_visible()
    assert await page.locator(".attempt").count() == await rows.count()
    await fits(learner, "results")

    await rows.filter(has_text="80").first.locator("button").click()
    await learner.until_phase("summary")
    assert await learner.text("change") == "1 more than last time."
    changes = await page.locator(".measure .change").all_inner_texts()
    assert changes == ["+1", "±0", ""]
    await fits(learner, "kept-report")
    await page.click('.summary [data-part="look"]')
    await learner.until_phase("history")
    # What comes late moves what stands below it, and a click would fall between the two.
    await learner.until_true("document.querySelectorAll('[data-part=results] li').length > 1")
    await learner.until_true("document.querySelectorAll('[data-part=board] li').length >= 2")

    for kind in ("json", "csv"):
        async with page.expect_download() as started:
            await learner.press(f"export-{kind}")
        text = (await content(await started.value)).decode()
        assert (len(json.loads(text)["results"]) if kind == "json" else text.count("Ann")) > ANNS

    await learner.press("delete")
    asked = await page.inner_text("dialog[open]")
    assert "Everything that this server stores under the name Ann" in asked
    await fits(learner, "delete")
    await page.keyboard.press("Escape")
    assert await learner.phase() == "history"
    await learner.press("delete")
    await learner.press("delete-confirm")
    await learner.until_phase("choosing")
    assert "Nothing is stored under the name Ann" in await learner.text("who-said")
    answer = await page.request.get(f"{keeping.url}/api/history?learner=Ann")
    assert (await answer.json())["results"] == []
    assert await page.evaluate("localStorage.getItem('tandem:learner')") is None
    assert learner.console_errors == []


async def test_page_that_may_not_show_results_says_so_and_offers_none(
    browser: Browser, keeping: Server
) -> None:
    proxied = {"X-Forwarded-For": "192.0.2.7"}  # so the server does not take us for its own machine
    learner = await open_learner(browser, extra_http_headers=proxied)
    await learner.visit(keeping.url)
    assert "on its own machine only" in await learner.text("kept")
    assert not await learner.page.locator('[data-part="look"]:visible').count()
    await learner.page.uncheck('[data-part="keeps"]')
    assert await learner.text("kept") == "Nothing about you is stored now."
    assert learner.console_errors == []


async def test_operator_behind_a_proxy_sees_and_saves_results_with_the_link(
    browser: Browser, keeping: Server
) -> None:
    proxied = {"X-Forwarded-For": "192.0.2.7"}
    learner = await open_learner(browser, extra_http_headers=proxied)
    link = re.search(r"open (http\S+#token=\S+)", keeping.output)
    assert link
    await learner.visit(link[1])
    await enter_name(learner, "Ben")
    await learner.press("look")
    await learner.until_phase("history")
    await learner.until_true("document.querySelectorAll('[data-part=results] li').length === 1")
    async with learner.page.expect_download() as started:
        await learner.press("export-json")
    saved = await started.value
    assert saved.suggested_filename == "tandem-results.json"
    assert len(json.loads(await content(saved))["results"]) == 1
    assert learner.console_errors == []


async def test_lesson_that_broke_off_and_went_on_is_kept_once_with_its_whole_score(
    learner: Learner, keeping: Server
) -> None:
    await learner.visit(keeping.url)
    await enter_name(learner, "Zoe")
    await learner.choose()
    await learner.until_phase("ready")
    await learner.press("start")
    await learner.until_scored(past_s=4)
    await learner.page.evaluate("spy.peers.at(-1).close()")
    await learner.until_phase("reconnecting")
    await learner.until_phase("playing")
    (first, second) = await learner.received("welcome")
    before = second["resumed"]
    assert before["samples"] > 0
    await learner.until_scored(past_s=before["lesson_s"] + 3)
    await learner.press("stop")
    await learner.until_phase("summary")
    (summary,) = await learner.received("summary")
    assert summary["samples"] > before["samples"], "it is of both parts"
    early = [at_s for at_s, _ in summary["timeline"] if at_s < before["lesson_s"] - 1]
    assert early, "what was danced before is in it"

    answer = await learner.page.request.get(f"{keeping.url}/api/history?learner=Zoe")
    (line,) = (await answer.json())["results"]
    for figure in ("score", "shape", "timing", "energy", "samples", "grade", "complete"):
        assert line[figure] == summary[figure]
    assert await learner.text("score") == whole(summary["score"])
    report = await server_report(learner, keeping.url)
    assert (report["id"], report["learner"]) == (line["id"], "Zoe")
    assert first["session"] != second["session"]
    assert learner.console_errors == []
