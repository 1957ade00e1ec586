"""History over HTTP, on a server whose database has ten thousand results from before its start."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import AsyncIterator, Callable
from typing import Any
from urllib.parse import quote

import aiohttp
import pytest
import pytest_asyncio
import sqlalchemy as sa

from rtc_server.config import Config
from rtc_server.history.database_url import parse_database_url
from rtc_server.history.results import Result
from rtc_server.history.store import ResultStore
from rtc_server.http.app_keys import HISTORY
from tests.integration.conftest import RunningServer, serving
from tests.integration.history.conftest import KINDS
from tests.integration.history.many_results import MANY, POINTS, fill
from tests.integration.scripted_learner import ScriptedLearner
from tests.unit.rtc_server.sample_results import make_result

pytestmark = pytest.mark.asyncio(loop_scope="module")

NAMES = ("김하늘", "Kim", "kim", "a/b", "100 % ?#&+", 'Ö\'Neil "x"', "💃🏽", "...a")


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=KINDS)
async def server(
    request: pytest.FixtureRequest,
    configured: Callable[..., Config],
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[RunningServer]:
    url = str(tmp_path_factory.mktemp("history") / "history.sqlite3")
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres").url()
    store = ResultStore(parse_database_url(url))
    fill(store)
    store.close()
    async with serving(configured(history=url, max_sessions=3), empty_room=True) as running:
        yield running


async def save(server: RunningServer, *results: Result) -> None:
    for result in results:
        await server.app[HISTORY].save(result)


async def get_json(http: aiohttp.ClientSession, path: str, **query: Any) -> dict[str, Any]:
    response = await http.get(path, params=query)
    assert response.status == 200, await response.text()
    body: dict[str, Any] = await response.json()
    return body


async def refused(response: aiohttp.ClientResponse, status: int) -> str:
    assert response.status == status, await response.text()
    assert response.content_type == "application/problem+json"
    return str((await response.json())["detail"])


def learner_url(name: str, rest: str = "") -> str:
    return f"/api/learners/{quote(name, safe='')}{rest}"


async def dance(server: RunningServer, **offer: Any) -> tuple[str, dict[str, Any]]:
    """Finish the lesson with a camera that shows nobody; give the session's id and summary."""
    async with ScriptedLearner(server.url, **offer) as learner:
        await start_and_score(learner)
        learner.send("seek", lesson_s=4.5)
        summary = await learner.wait_for(type="summary")
    return learner.id, summary


async def start_and_score(learner: ScriptedLearner) -> None:
    """Start the lesson and wait until a sample is scored: a result without one is not kept."""
    await learner.wait_for(type="state", state="ready")
    learner.send("start")
    await learner.wait_for_score()


async def test_a_session_is_kept_before_its_summary_comes(
    server: RunningServer, http: aiohttp.ClientSession
) -> None:
    before_s = time.time()
    session, summary = await dance(server, learner=" 이은주 ")
    (line,) = (await get_json(http, "/api/history", learner="이은주"))["results"]
    assert line["lesson"] == {"id": "short", "title": "Short"}
    assert line["reason"] == "finished"
    assert before_s - 0.001 <= line["started_at"] < line["ended_at"] <= time.time() + 0.001
    assert summary["samples"] > 0
    for name in ("score", "shape", "grade", "coverage", "lag_ms", "samples", "complete", "verdict"):
        assert line[name] == summary[name]
    for path in (f"/api/sessions/{session}/report", f"/api/history/{line['id']}"):
        report = await get_json(http, path)
        assert {name: report[name] for name in summary} == summary
        assert report["learner"] == "이은주" and report["change"] is None
    again, _ = await dance(server, learner="이은주")
    report = await get_json(http, f"/api/sessions/{again}/report")
    assert report["change"] == {"score": 0.0, "shape": None, "timing": None, "energy": None} | {
        "since": line
    }


async def test_without_a_name_nothing_is_kept(
    server: RunningServer, http: aiohttp.ClientSession
) -> None:
    session, summary = await dance(server)
    report = await get_json(http, f"/api/sessions/{session}/report")
    assert {name: report[name] for name in summary} == summary
    assert report["learner"] is None and report["change"] is None
    newest = await server.app[HISTORY].run_sync(lambda store: store.get_page(None, None, 5))
    assert session not in [result.session for result in newest.results]


async def test_a_report_from_before_the_servers_start_is_there(http: aiohttp.ClientSession) -> None:
    old = make_result(9, "Ann", lesson="short", score=20.0 + 9 * 37 % 700 / 10, points=POINTS)
    report = await get_json(http, f"/api/sessions/{old.session}/report")
    assert {name: report[name] for name in old.summary} == old.summary
    assert report["learner"] == "Ann" and report["id"] == old.attempt
    assert report["change"]["since"]["id"] == make_result(1).attempt


async def test_pages_lead_through_everything_once(
    server: RunningServer, http: aiohttp.ClientSession
) -> None:
    await save(server, *(make_result(20_000 + k, "Pia", ended_at_s=2e9 + k // 3) for k in range(7)))
    ids, cursor = [], None
    while True:
        query = {"learner": "Pia", "limit": "3"} | ({"cursor": cursor} if cursor else {})
        page = await get_json(http, "/api/history", **query)
        assert page["learner"] == "Pia" and len(page["results"]) <= 3
        ids += [int(result["id"], 16) - 20_000 for result in page["results"]]
        if (cursor := page["next"]) is None:
            break
    assert ids == [6, 5, 4, 3, 2, 1, 0]
    tango = await get_json(http, "/api/history", learner="Ann", lesson="tango", limit="100")
    assert {result["lesson"]["id"] for result in tango["results"]} == {"tango"}
    assert len(tango["results"]) == 100


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("", "expected ?learner="),
        ("learner=", "learner: expected 1 to 40 characters"),
        ("learner=a%00", "no control characters"),
        ("learner=Ann&limit=0", "limit: expected 1 to 100"),
        ("learner=Ann&limit=101", "limit: expected 1 to 100"),
        ("learner=Ann&limit=%D9%A1", "limit: expected 1 to 100"),
        ("learner=Ann&cursor=x", "cursor: expected the `next`"),
    ],
)
async def test_a_wrong_query_is_400(http: aiohttp.ClientSession, query: str, sentence: str) -> None:
    assert sentence in await refused(await http.get(f"/api/history?{query}"), 400)


async def test_a_wrong_name_opens_no_session(http: aiohttp.ClientSession) -> None:
    body = {"type": "offer", "sdp": "v=0", "lesson": "short", "learner": "x" * 41}
    response = await http.post("/api/sessions", json=body)
    assert "learner: expected 1 to 40 characters, got 41" in await refused(response, 400)


@pytest.mark.parametrize("path", ["/api/history/77", "/api/sessions/77/report"])
async def test_what_is_not_kept_is_404(http: aiohttp.ClientSession, path: str) -> None:
    assert "got '77'" in await refused(await http.get(path), 404)


async def test_the_leaderboard_of_a_lesson(http: aiohttp.ClientSession) -> None:
    board = await get_json(http, "/api/lessons/short/leaderboard")
    assert board["lesson"] == {"id": "short", "title": "Short"}
    entries = board["entries"]
    assert [entry["place"] for entry in entries] == list(range(1, 21))
    assert len({entry["learner"] for entry in entries}) == 20
    order = [(-entry["score"], entry["ended_at"]) for entry in entries]
    assert order == sorted(order)
    assert all(entry["complete"] and entry["grade"] for entry in entries)
    await refused(await http.get("/api/lessons/none/leaderboard"), 404)


@pytest.mark.parametrize("path", ["/api/history?learner=Ann", "/api/lessons/short/leaderboard"])
async def test_ten_thousand_results_are_found_by_an_index(
    server: RunningServer, http: aiohttp.ClientSession, path: str
) -> None:
    """How long that takes is measured by bench/history.py."""
    store = server.app[HISTORY]._store
    assert store is not None
    queries: list[tuple[str, Any]] = []

    def record(_c: Any, _u: Any, statement: str, parameters: Any, _x: Any, _m: bool) -> None:
        queries.append((statement, parameters))

    sa.event.listen(store._engine, "before_cursor_execute", record)
    try:
        body = await get_json(http, path)
    finally:
        sa.event.remove(store._engine, "before_cursor_execute", record)
    assert len(body.get("results") or body["entries"]) >= 20
    searches = [query for query in queries if "FROM tandem_results" in query[0]]
    assert searches
    explain = "EXPLAIN QUERY PLAN" if store._is_sqlite else "EXPLAIN"
    with store._engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        for statement, parameters in searches:
            rows = connection.exec_driver_sql(f"{explain} {statement}", parameters)
            plan = "\n".join(str(row) for row in rows)
            assert "tandem_results_" in plan, plan
            assert "Seq Scan" not in plan and "SCAN" not in plan, plan


@pytest.mark.parametrize("name", NAMES)
async def test_a_learner_exports_everything_and_deletes_it(
    server: RunningServer, http: aiohttp.ClientSession, name: str
) -> None:
    kept = [make_result(30_000 + k, name, score=99.9, lesson="short") for k in range(2)]
    others = [make_result(30_010 + k, f"{name}x", score=99.0, lesson="short") for k in range(2)]
    await save(server, *kept, *others)

    response = await http.get(learner_url(name, "/export"))
    assert response.headers["Content-Disposition"].startswith("attachment; filename=")
    file = await response.json()
    assert file == {"learner": name, "results": [kept[1].to_export(), kept[0].to_export()]}
    text = await (await http.get(learner_url(name, "/export?format=csv"))).text()
    assert [row["learner"] for row in csv.DictReader(io.StringIO(text))] == [name, name]

    assert (await http.delete(learner_url(name))).status == 204
    assert (await get_json(http, "/api/history", learner=name))["results"] == []
    assert (await (await http.get(learner_url(name, "/export"))).json())["results"] == []
    board = await get_json(http, "/api/lessons/short/leaderboard")
    named = {entry["learner"] for entry in board["entries"]}
    assert name not in named and f"{name}x" in named
    await refused(await http.get(f"/api/sessions/{kept[0].session}/report"), 404)
    assert (await http.delete(learner_url(name))).status == 204
    assert (await http.delete(learner_url(f"{name}x"))).status == 204


async def test_an_export_of_many_is_whole(http: aiohttp.ClientSession) -> None:
    file = await (await http.get(learner_url("Ben", "/export"))).json()
    numbers = [int(result["id"], 16) for result in file["results"]]
    assert numbers == list(range(MANY - 40, -1, -40))


async def test_another_format_is_400(http: aiohttp.ClientSession) -> None:
    response = await http.get(learner_url("Ann", "/export?format=xls"))
    assert "format: expected json or csv, got 'xls'" in await refused(response, 400)


async def test_deleting_covers_running_and_ended_sessions(
    server: RunningServer, http: aiohttp.ClientSession
) -> None:
    session, _ = await dance(server, learner="Lee")
    async with ScriptedLearner(server.url, learner="Lee") as learner:
        await start_and_score(learner)
        assert (await get_json(http, f"/api/sessions/{learner.id}/report"))["learner"] == "Lee"
        assert (await http.delete("/api/learners/Lee")).status == 204
        learner.send("seek", lesson_s=4.5)
        assert (await learner.wait_for(type="summary"))["samples"] > 0
    await server.wait_until_empty()
    await refused(await http.get(f"/api/sessions/{session}/report"), 404)
    assert (await get_json(http, f"/api/sessions/{learner.id}/report"))["learner"] is None
    assert (await get_json(http, "/api/history", learner="Lee"))["results"] == []


async def test_the_configuration_says_that_the_history_is_open(http: aiohttp.ClientSession) -> None:
    assert (await get_json(http, "/api/config"))["history"] == "open"
