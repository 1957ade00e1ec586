"""A class on a session host that is a process of its own; it says so when that is killed."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from rtc_server.authoring.build import DEMO_VIDEO
from rtc_server.client.classes.live_film import LiveFilm
from rtc_server.client.classes.requests import ask
from rtc_server.client.classes.teacher import ClassTeacher
from rtc_server.client.device import Device
from rtc_server.client.learner import Learner
from rtc_server.client.options import LearnerOptions
from rtc_server.cluster.classes.news import REPORT_EVERY_S
from rtc_server.cluster.session_ids import parse_host_name
from rtc_server.lessons.temp_files import MARK
from tests.integration.attacks.server_process import ServerProcess
from tests.integration.cluster.hosts import kill_host, wait_for_hosts
from tests.integration.http_checks import check_problem
from tests.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
def store_with_demo(store_with_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy: it gets a lesson here."""
    return shutil.copytree(store_with_demo, tmp_path_factory.mktemp("kept") / "store")


async def open_class(server: ServerProcess, **body: Any) -> dict[str, Any]:
    opened: dict[str, Any] = await ask("POST", server.url, "/api/classes", body=body)
    return opened


def pupil(
    server: ServerProcess, opened: dict[str, Any], name: str, messages: list[dict[str, Any]]
) -> Learner:
    options = LearnerOptions(
        *(server.url, "", "instructor"), mirror="off", learner=name, class_code=opened["code"]
    )
    return Learner(options, Device(messages.append))


def teaching(server: ServerProcess, opened: dict[str, Any]) -> LearnerOptions:
    return LearnerOptions(server.url, "", "", token=opened["token"], class_code=opened["code"])


async def fetch_report(server: ServerProcess, opened: dict[str, Any]) -> dict[str, Any]:
    path = f"/api/classes/{opened['code']}/report"
    report: dict[str, Any] = await ask("GET", server.url, path, opened["token"])
    return report


async def test_a_class_from_its_code_to_its_report(server: ServerProcess) -> None:
    opened = await open_class(server, lesson="short")
    heard: dict[str, list[dict[str, Any]]] = {"Ann": [], "Bo": []}
    teacher = ClassTeacher(teaching(server, opened), learners=2)
    learners = [pupil(server, opened, name, heard[name]) for name in heard]
    outcomes = await asyncio.gather(teacher.follow(), *(one.follow() for one in learners))
    assert [(one.ended, one.reason) for one in outcomes] == [("clean", "finished")] * 3
    hosts = {
        parse_host_name(one["session"])
        for messages in heard.values()
        for one in messages
        if one["type"] == "welcome"
    }
    assert len(hosts) == 1
    report: dict[str, Any] = {"complete": False}
    async with asyncio.timeout(PATIENCE_S):
        while not report["complete"]:
            report = await fetch_report(server, opened)
    scores = {row["name"]: row["score"] for row in report["learners"]}
    summaries = [one.summary["score"] for one in outcomes[1:] if one.summary]
    assert [scores["Ann"], scores["Bo"]] == summaries


async def test_a_live_class_that_is_kept_becomes_a_lesson(
    server: ServerProcess, store_with_demo: Path
) -> None:
    opened = await open_class(server, live=True, title="Monday's", keep=True)
    teacher = ClassTeacher(teaching(server, opened), learners=1, film=LiveFilm(DEMO_VIDEO))
    learner = pupil(server, opened, "Ann", [])
    outcomes = await asyncio.gather(teacher.follow(), learner.follow())
    assert outcomes[1].frames > 0
    kept: dict[str, Any] = {"state": "saving"}
    async with asyncio.timeout(2 * PATIENCE_S):
        while kept["state"] not in ("ready", "failed", "cancelled"):
            await asyncio.sleep(0.2)
            kept = (await fetch_report(server, opened))["kept"]
    assert (kept["state"], kept["lesson"]) == ("ready", "monday-s"), kept
    lessons = await ask("GET", server.url, "/api/lessons")
    assert "monday-s" in [lesson["id"] for lesson in lessons]
    await wait_until(lambda: not list_temporary(store_with_demo))


def list_temporary(store: Path) -> list[Path]:
    return [path for path in store.iterdir() if MARK in path.name]


async def test_a_live_class_whose_host_is_killed_says_so(
    server: ServerProcess, store_with_demo: Path
) -> None:
    """Its recording is lost, and nothing of it is left on the disk."""
    opened = await open_class(server, live=True, keep=True)
    messages: list[dict[str, Any]] = []
    teacher = ClassTeacher(teaching(server, opened), film=LiveFilm(DEMO_VIDEO))
    learner = pupil(server, opened, "Ann", messages)
    tasks = [asyncio.create_task(one.follow()) for one in (teacher, learner)]
    await wait_until(lambda: learner.outcome.frames > 0, 2 * PATIENCE_S)
    await asyncio.sleep(2 * REPORT_EVERY_S)  # until the front has a report of it
    assert teacher.session is not None  # of the class's own host; the learner may be on another one
    host = parse_host_name(teacher.session)
    assert host is not None
    assert list_temporary(store_with_demo)
    await kill_host(server.url, host)
    async with aiohttp.ClientSession(base_url=server.url) as http, asyncio.timeout(PATIENCE_S):
        while (answer := await http.get(f"/api/classes/{opened['code']}")).status != 410:
            await asyncio.sleep(0.1)
        problem = await check_problem(answer, 410)
    assert "the session host that it was on is gone" in problem["detail"]
    report = await fetch_report(server, opened)
    assert not report["complete"]
    assert (report["kept"]["state"], report["kept"]["code"]) == ("failed", "host_lost")
    await wait_until(lambda: not list_temporary(store_with_demo))
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await wait_for_hosts(server.url, 2)
