"""Who may read and delete results by name, and a server that keeps none; without models."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from rtc_server import app as composition
from rtc_server.app import create_app
from rtc_server.config import Config
from rtc_server.history.database_url import parse_database_url
from rtc_server.history.store import ResultStore
from rtc_server.http.app_keys import HISTORY
from tests.integration.history.many_results import fill
from tests.integration.history.postgres import Postgres
from tests.unit.rtc_server.sample_results import make_result
from tests.waiting import PATIENCE_S

BY_NAME = (
    ("GET", "/api/history?learner=Ann"),
    ("GET", f"/api/history/{make_result(1).attempt}"),
    ("GET", "/api/lessons/short/leaderboard"),
    ("GET", "/api/learners/Ann/export"),
    ("DELETE", "/api/learners/Ann"),
)


@pytest.fixture(autouse=True)
def without_models(monkeypatch: pytest.MonkeyPatch) -> None:
    async def nothing(*_: Any) -> None:
        pass

    monkeypatch.setattr(composition, "load_model", nothing)


@asynccontextmanager
async def serving(tmp_path: Path, **settings: Any) -> AsyncIterator[aiohttp.ClientSession]:
    """A client of a server that holds one result of Ann's."""
    settings = {"history": str(tmp_path / "history.sqlite3"), **settings}
    runner = web.AppRunner(create_app(Config(lessons=tmp_path, port=0, **settings)))
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        await runner.app[HISTORY].save(make_result(1))
        base_url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        async with aiohttp.ClientSession(base_url=base_url) as http:
            yield http
    finally:
        await runner.cleanup()


async def expect_problem(response: aiohttp.ClientResponse, status: int) -> str:
    assert response.status == status, await response.text()
    return str((await response.json())["detail"])


@pytest.mark.parametrize(
    ("settings", "headers"),
    [
        ({"host": "0.0.0.0"}, {}),
        ({"history_access": "closed"}, {}),
        ({}, {"X-Forwarded-For": "10.0.0.7"}),
    ],
)
async def test_where_everybody_could_read_only_a_sessions_own_report_is_open(
    tmp_path: Path, settings: dict[str, str], headers: dict[str, str]
) -> None:
    async with serving(tmp_path, **settings) as http:
        http.headers.update(headers)
        for method, path in BY_NAME:
            detail = await expect_problem(await http.request(method, path), 403)
            assert "--history-access open" in detail
        assert (await (await http.get("/api/config")).json())["history"] == "closed"
        own = await http.get(f"/api/sessions/{make_result(1).session}/report")
        assert (await own.json())["learner"] == "Ann"


async def test_an_operator_may_open_it(tmp_path: Path) -> None:
    async with serving(tmp_path, host="0.0.0.0", history_access="open") as http:
        found = await (await http.get("/api/history?learner=Ann")).json()
        assert [result["id"] for result in found["results"]] == [make_result(1).attempt]


async def test_a_server_that_keeps_no_results_has_none(tmp_path: Path) -> None:
    async with serving(tmp_path, history="") as http:
        assert (await (await http.get("/api/config")).json())["history"] == "off"
        for path in ("/api/history?learner=Ann", "/api/learners/Ann/export"):
            assert "keeps no results" in await expect_problem(await http.get(path), 404)
        await expect_problem(await http.get(f"/api/sessions/{make_result(1).session}/report"), 404)
        assert (await http.delete("/api/learners/Ann")).status == 204
    assert not any(tmp_path.iterdir())  # noqa: ASYNC240


async def test_an_export_that_breaks_off_is_an_error_for_the_client(
    tmp_path: Path, postgres: Postgres
) -> None:
    url = postgres.url()
    store = ResultStore(parse_database_url(url))
    fill(store, 4000)
    store.close()
    async with serving(tmp_path, history=url) as http:
        answer = await http.get("/api/learners/Ann/export")
        await answer.content.readany()
        postgres.stop(signal.SIGQUIT)
        try:
            with pytest.raises(aiohttp.ClientError):
                await answer.read()
            detail = await expect_problem(await http.get("/api/history?learner=Ann"), 503)
            assert detail == "the database of results does not answer; try again in a moment"
        finally:
            postgres.start()
        async with asyncio.timeout(PATIENCE_S):
            while (await http.get("/api/history?learner=Ann")).status != 200:
                await asyncio.sleep(0.05)
