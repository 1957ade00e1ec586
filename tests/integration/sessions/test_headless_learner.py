"""The main job, headless: a learner who sends the instructor's picture back."""

from __future__ import annotations

import aiohttp
import pytest

from rtc_server.client.learner import Learner
from rtc_server.client.options import LearnerOptions
from tests.integration.conftest import RunningServer

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_an_echo_follows_to_a_clean_end_with_a_good_score(server: RunningServer) -> None:
    outcome = await Learner(
        LearnerOptions(server.url, "short", "instructor", mirror="off")
    ).follow()
    report = outcome.report()
    assert report["ended"] == "clean" and report["reason"] == "finished"
    assert report["summary"]["complete"]
    assert report["summary"]["score"] >= 85
    playing = [s for s in report["scores"] if s["score"] is not None]
    # On a busy machine samples may be missed, but then they are counted.
    assert len(playing) + report["summary"]["dropped"] >= 0.9 * 5 * 5
    assert len(playing) >= 10
    assert {s["sync"] for s in playing[5:]} == {"measured"}
    assert [s["seq"] for s in report["scores"]] == sorted(s["seq"] for s in report["scores"])
    assert report["errors"] == []
    await server.wait_until_empty()


async def test_a_score_has_every_field_of_the_protocol(server: RunningServer) -> None:
    outcome = await Learner(
        LearnerOptions(server.url, "short", "instructor", mirror="off")
    ).follow()
    fields = (
        "type seq lesson_s score shape timing energy label coverage lag_ms limbs hint pose target "
        "age_ms skew_ms sync capture framing advice"
    )
    for score in outcome.scores:
        assert set(score) | {"framing"} == set(fields.split())
        assert len(score["pose"]) == len(score["target"]) == 18
    assert {score["capture"] for score in outcome.scores} <= {"reports", "arrivals"}
    first, last = outcome.scores[0], outcome.scores[-1]
    assert "framing" in first and "framing" not in last  # while playing nobody can see to it
    assert last["age_ms"] > 0 and last["coverage"] > 0.5
    assert all(x is None or 0 <= x <= 1 for x, _, _ in last["target"])


async def test_the_annotated_picture_comes_on_request(server: RunningServer) -> None:
    options = LearnerOptions(server.url, "short", "instructor", mirror="off", annotated=True)
    outcome = await Learner(options).follow()
    assert outcome.ended == "clean"
    assert outcome.annotated_frames >= 10, f"of {len(outcome.scores)} poses"


async def test_the_report_outlives_the_session_and_equals_the_summary(
    server: RunningServer,
) -> None:
    learner = Learner(LearnerOptions(server.url, "short", "instructor", mirror="auto"))
    session: list[str] = []
    learner._on_message = lambda m: session.append(m["session"]) if m["type"] == "welcome" else None
    outcome = await learner.follow()
    await server.wait_until_empty()
    async with aiohttp.ClientSession() as http:
        answer = await http.get(f"{server.url}/api/sessions/{session[0]}/report")
        assert answer.status == 200
        report = await answer.json()
        assert outcome.summary is not None
        assert {name: report[name] for name in outcome.summary} == outcome.summary
        assert (await http.get(f"{server.url}/api/sessions/{session[0]}")).status == 404
