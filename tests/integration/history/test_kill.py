"""After kill -9 the database opens, and every result that was written is there."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time

from rtc_server.history.database_url import parse_database_url
from rtc_server.history.store import ResultStore
from rtc_server.lessons.store import Lesson
from tests.integration.scripted_learner import ScriptedLearner
from tests.paths import ROOT
from tests.unit.rtc_server.sample_results import make_result

READY_WITHIN_S = 120.0
ROUNDS, WRITTEN = 3, 25
POINTS = 200
WRITER = """
import sys
from rtc_server.history.database_url import parse_database_url
from rtc_server.history.store import ResultStore
from tests.unit.rtc_server.sample_results import make_result
store, number = ResultStore(parse_database_url(sys.argv[1])), int(sys.argv[2])
while True:
    store.save(make_result(number, points=int(sys.argv[3])))
    print(number, flush=True)
    number += 1
"""
SERVER = """
import asyncio, sys
from rtc_server.app import serve
from rtc_server.config_sources import load_config
from tests.quick_server import start_sooner
start_sooner()
config = load_config({"lessons": sys.argv[1], "history": sys.argv[2], "port": 0, "countdown_s": 1})
asyncio.run(serve(config, lambda announcement: print(announcement.url, flush=True)))
"""


def killed_while_writing(url: str, first: int, delay_s: float) -> list[int]:
    """The numbers of the results that a process had written when it was killed."""
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, url, str(first), str(POINTS)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    with process.stdout:
        said = [process.stdout.readline() for _ in range(WRITTEN)]
        time.sleep(delay_s)  # so that each round hits another moment of a write
        process.kill()
        said += process.stdout.readlines()
    process.wait()
    return [int(line) for line in said if line.endswith("\n")]


def test_a_kill_in_the_middle_of_a_write_loses_nothing_that_was_written(url: str) -> None:
    written: list[int] = []
    for k in range(ROUNDS):
        first = 1000 * k
        written += (here := killed_while_writing(url, first, 0.0007 * k))
        assert here[:WRITTEN] == list(range(first, first + WRITTEN))
        store = ResultStore(parse_database_url(url))
        kept = {
            int(result.attempt, 16): result for result in store.get_page(None, None, 10_000).results
        }
        assert set(written) <= set(kept)
        assert (
            len(kept) <= len(written) + k + 1
        )  # in each round one may be stored without having been reported
        assert all(result == make_result(number, points=POINTS) for number, result in kept.items())
        store.close()


async def test_a_kill_in_the_middle_of_a_session_loses_no_finished_one(
    url: str, short_lesson: Lesson
) -> None:
    server = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", SERVER, str(short_lesson.folder.parent), url),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert server.stdout is not None
        async with asyncio.timeout(READY_WITHIN_S):
            address = (await server.stdout.readline()).decode().strip()
        assert address, "the server ended without a word"
        async with (
            ScriptedLearner(address, learner="Ben") as ben,
            ScriptedLearner(address, learner="Ann") as ann,
        ):
            for learner in (ben, ann):
                await learner.wait_for(type="state", state="ready")
                learner.send("loop", from_s=0.0, to_s=5.0)  # until both are scored
                learner.send("start")
            for learner in (ben, ann):
                await learner.wait_for_score()
            ann.send("loop")
            ann.send("seek", lesson_s=4.5)
            heard = await ann.wait_for(type="summary")
            server.kill()
            assert not any(message["type"] == "summary" for message in ben.messages)
    finally:
        if server.returncode is None:
            server.kill()
        await server.wait()
    store = ResultStore(parse_database_url(url), create=False)
    (kept,) = store.get_page(None, None, 10).results
    assert (kept.learner, kept.session, kept.summary) == ("Ann", ann.id, heard)
    assert store.get_leaderboard("short") == []  # a camera without a person gets no grade
    store.close()
