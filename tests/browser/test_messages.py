"""The messages of a lesson: what the page sends, how often, and one that comes early."""

import json
import time
from itertools import pairwise
from statistics import median
from typing import Any

import pytest

from tests.browser.support.cache import ROOT
from tests.browser.support.learner import Learner
from tests.browser.support.server_process import Server

QUIET_MS = 550  # a page asks after 600 (web/js/connection/liveness.js)
EXAMPLES = json.loads((ROOT / "tests" / "contracts" / "messages.json").read_text())


async def test_what_the_page_sends_is_in_the_contract(learner: Learner, server: Server) -> None:
    """Every type and field that the page sends is one of the examples that the server reads."""
    await learner.play(server.url)
    for key in ("Space", "ArrowRight", "Space", "Escape"):
        await learner.page.keyboard.press(key)
        await learner.page.wait_for_timeout(300)
    await learner.until_phase("summary")
    known: dict[str, set[str]] = {}
    for example in EXAMPLES["client"]["control"]:
        known.setdefault(example["type"], set()).update(example)
    sent = await learner.page.evaluate("spy.sent")
    assert {note["channel"] for note in sent} == {"control"}
    messages = [note["message"] for note in sent]
    assert {"hello", "ping", "playhead", "start", "pause", "seek", "resume", "stop"} == {
        message["type"] for message in messages
    }
    for message in messages:
        assert set(message) - {"via"} <= known[message["type"]], message


async def test_playhead_comes_at_most_ten_times_a_second_and_pings_as_planned(
    learner: Learner, server: Server
) -> None:
    await learner.visit(server.url)
    await learner.choose()
    await learner.until_phase("ready")
    await check_early_state(learner)
    await learner.press("start")
    await learner.until_phase("playing")
    sent = "spy.sent.filter(({message: m}) => m.type === '%s').length"
    begun = len(await learner.sent("playhead"))
    await learner.until_true(f"n => {sent % 'playhead'} > n", begun + 20)
    await learner.until_true(f"{sent % 'ping'} >= 10")
    heads = (await learner.sent("playhead"))[begun:]
    # A slow machine shows fewer frames and sends fewer; none sends more.
    assert len(heads) - 1 <= 12 * (heads[-1]["at_ms"] - heads[0]["at_ms"]) / 1000
    assert {head["via"] for head in heads} == {"frame"}
    rtp = [head["rtp"] for head in heads]
    assert len(set(rtp)) == len(rtp)
    pings = await learner.sent("ping")
    first, then = pings[:8], await without_questions(learner, pings[8:])
    assert median(b["at_ms"] - a["at_ms"] for a, b in pairwise(first)) < 1000
    assert all(b["at_ms"] - a["at_ms"] > 1800 for a, b in pairwise(then))
    assert pings[-1]["rtt_ms"] >= 0
    assert pings[-1]["wall_ms"] == pytest.approx(time.time() * 1000, abs=10_000)
    scores = await learner.received("score")
    assert {score["capture"] for score in scores} <= {"reports", "arrivals"}
    # Padding packets once made the age wrong by hours.
    assert all(0 < score["age_ms"] < 5000 for score in scores)
    assert learner.console_errors == []


async def check_early_state(learner: Learner) -> None:
    """The state `ready`, which comes before the welcome, waits for it."""
    half_speed = learner.page.locator('[data-part=rates] [title="Half speed"]:visible')
    assert not await half_speed.is_disabled()
    kinds = [
        note["message"]["type"]
        for note in await learner.page.evaluate("spy.received")
        if note["channel"] == "control" and note["message"]["type"] != "pong"
    ]
    assert kinds.index("state") < kinds.index("welcome"), "the server sends them in this order"


async def without_questions(learner: Learner, pings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The planned pings; others ask a server that was silent, as a busy one is at times."""
    heard_ms = await learner.page.evaluate("spy.received.map(({at_ms}) => at_ms)")
    return [
        ping
        for ping in pings
        if any(ping["at_ms"] - QUIET_MS < at_ms for at_ms in heard_ms if at_ms <= ping["at_ms"])
    ]
