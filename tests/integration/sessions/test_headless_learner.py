"""The main job, headless: a learner who sends the instructor's own video back."""

from __future__ import annotations

from itertools import dropwhile

import aiohttp
import pytest
import pytest_asyncio

from rtc_server.client.learner import Learner
from rtc_server.client.options import LearnerOptions
from rtc_server.client.outcome import Outcome
from tests.integration.conftest import RunningServer
from tests.integration.scripted_learner import ScriptedLearner

pytestmark = pytest.mark.asyncio(loop_scope="module")

LESSON_S, POSE_FPS = 5, 5
FIELDS = frozenset(
    {
        *("type", "seq", "lesson_s", "score", "shape", "timing", "energy", "label", "coverage"),
        *("lag_ms", "limbs", "hint", "pose", "target", "age_ms", "skew_ms", "sync", "capture"),
        "advice",
    }
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def learner(server: RunningServer) -> Learner:
    """Somebody who has followed the whole lesson, with the annotated video."""
    options = LearnerOptions(server.url, "short", "instructor", mirror="off", annotated=True)
    followed = Learner(options)
    await followed.follow()
    await server.wait_until_empty()
    return followed


@pytest.fixture
def outcome(learner: Learner) -> Outcome:
    return learner.outcome


async def test_an_echo_follows_to_a_clean_end_with_a_good_score(outcome: Outcome) -> None:
    report = outcome.report()
    assert report["ended"] == "clean" and report["reason"] == "finished"
    assert report["summary"]["complete"]
    assert report["summary"]["shape"] >= 90
    # Samples that a busy machine missed are missing in what was danced, and in nothing else.
    danced = min(1.0, report["summary"]["samples"] / (LESSON_S * POSE_FPS))
    assert report["summary"]["score"] >= 85 * danced
    assert report["errors"] == []
    assert not {"dancers", "passages"} & report["summary"].keys()


async def test_every_sample_is_scored_or_counted_as_dropped(outcome: Outcome) -> None:
    """On a busy machine samples are missed, but then the summary counts them."""
    assert outcome.summary is not None
    scores = [score for score in outcome.scores if score["score"] is not None]
    assert 0 < len(scores) <= outcome.summary["samples"]
    due = LESSON_S * POSE_FPS
    assert outcome.summary["samples"] + outcome.summary["dropped"] >= 0.9 * due
    order = [score["seq"] for score in outcome.scores]
    assert order == sorted(order)


async def test_what_was_on_the_screen_is_measured_as_soon_as_it_can_be(outcome: Outcome) -> None:
    sources = [score["sync"] for score in outcome.scores if score["score"] is not None]
    measured = list(dropwhile(lambda source: source == "estimated", sources))
    assert measured and set(measured) == {"measured"}


async def test_a_score_has_every_field_of_the_protocol(outcome: Outcome) -> None:
    for score in outcome.scores:
        assert set(score) - {"framing"} == FIELDS
        assert len(score["pose"]) == len(score["target"]) == 18
    assert {score["capture"] for score in outcome.scores} <= {"reports", "arrivals"}
    last = outcome.scores[-1]
    assert last["age_ms"] > 0 and last["coverage"] > 0.5
    assert all(x is None or 0 <= x <= 1 for x, _, _ in last["target"])


async def test_advice_on_framing_comes_until_the_lesson_plays(
    server: RunningServer, outcome: Outcome
) -> None:
    """While it plays nobody can see to it."""
    assert not [s for s in outcome.scores if "framing" in s and s["score"] is not None]
    async with ScriptedLearner(server.url) as waiting:
        assert "framing" in await waiting.wait_for(type="score")
        waiting.send("start")
        assert "framing" not in await waiting.wait_for_score()
    await server.wait_until_empty()


async def test_the_annotated_video_comes_on_request(outcome: Outcome) -> None:
    assert outcome.annotated_frames > 0


async def test_the_report_outlives_the_session_and_equals_the_summary(
    server: RunningServer, learner: Learner
) -> None:
    place = f"{server.url}/api/sessions/{learner.session}"
    async with aiohttp.ClientSession() as http:
        answer = await http.get(f"{place}/report")
        assert answer.status == 200
        report = await answer.json()
        assert learner.outcome.summary is not None
        assert {name: report[name] for name in learner.outcome.summary} == learner.outcome.summary
        assert (await http.get(place)).status == 404
