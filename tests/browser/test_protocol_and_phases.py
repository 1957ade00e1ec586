"""The page's modules in a real browser: the contract, and the parts that are pure."""

import json
import time
from pathlib import Path

import pytest

from tests.browser.support.learner import Learner
from tests.browser.support.page_script import on_page
from tests.browser.support.server_process import Server

EXAMPLES = json.loads(
    (Path(__file__).resolve().parents[1] / "contracts" / "messages.json").read_text()
)
FROM_SERVER = [*EXAMPLES["server"]["control"], *EXAMPLES["server"]["scores"]]
PARSE = """
async (text) => {
  const { parseMessage } = await import("/static/js/connection/protocol.js");
  try { return { message: parseMessage(text) }; } catch (error) { return { error: error.message }; }
}
"""


async def test_every_message_of_the_contract_is_understood(server: Server) -> None:
    read = await on_page(server, PARSE, *map(json.dumps, FROM_SERVER))
    assert [answer.get("message") for answer in read] == FROM_SERVER


async def test_unknown_types_and_fields_are_ignored(server: Server) -> None:
    unknown, extra = await on_page(
        server,
        PARSE,
        '{"type": "of-tomorrow", "x": 1}',
        '{"type": "error", "code": "c", "message": "m", "of_tomorrow": []}',
    )
    assert unknown == {"message": None}
    assert extra["message"]["code"] == "c"


def spoilt(kind: str, **wrong: object) -> str:
    message = next(m for m in FROM_SERVER if m["type"] == kind)
    return json.dumps({**message, **wrong})


WRONG = {
    "state.lesson_s": spoilt("state", lesson_s=None),
    "state.state": spoilt("state", state="asleep"),
    "score.pose": spoilt("score", pose=[[0.5, 0.5, 1.0]]),
    "score.label": spoilt("score", label="superb"),
    "score.limbs": spoilt("score", limbs={"head": "fine"}),
    "welcome.lesson": spoilt("welcome", lesson={"id": "demo"}),
    "summary.timeline": spoilt("summary", timeline=[[1.0]]),
    "pong.t1_ms": spoilt("pong", t1_ms="soon"),
    "JSON": "not JSON",
    "with a type": "[]",
}


async def test_what_is_wrong_is_named(server: Server) -> None:
    answers = await on_page(server, PARSE, *WRONG.values())
    for where, answer in zip(WRONG, answers, strict=True):
        assert where in answer["error"]
        assert "expected" in answer["error"] and "got" in answer["error"]


async def test_what_the_page_sends_is_in_the_contract(learner: Learner, server: Server) -> None:
    """Every type and field that the page sends is one of the examples that the server reads."""
    await learner.play(server.url)
    for key in ("Space", "ArrowRight", "Space", "Escape"):
        await learner.page.keyboard.press(key)
        await learner.page.wait_for_timeout(300)
    await learner.until("summary")
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


async def test_playhead_comes_about_ten_times_a_second_and_pings_as_planned(
    learner: Learner, server: Server
) -> None:
    await learner.play(server.url)
    begun = len(await learner.sent("playhead"))
    await learner.page.wait_for_timeout(3000)
    heads = (await learner.sent("playhead"))[begun:]
    assert 18 <= len(heads) <= 36
    assert {head["via"] for head in heads} == {"frame"}
    rtp = [head["rtp"] for head in heads]
    assert len(set(rtp)) == len(rtp)
    pings = await learner.sent("ping")
    first = [ping["at_ms"] - pings[0]["at_ms"] for ping in pings[:8]]
    assert first[7] < 1500
    assert pings[-1]["at_ms"] - pings[-2]["at_ms"] > 1800
    assert pings[-1]["rtt_ms"] >= 0
    assert pings[-1]["wall_ms"] == pytest.approx(time.time() * 1000, abs=10_000)
    scores = await learner.heard("score")
    assert {score["capture"] for score in scores} <= {"reports", "arrivals"}
    assert all(0 < score["age_ms"] < 5000 for score in scores)  # padding once put it hours off


STEP = """
async ([phase, event]) => (await import("/static/js/phases.js")).nextPhase(phase, event)
"""


STEPS = [
    ("choosing", "pick", "opening"),
    ("opening", "opened", "connecting"),
    ("connecting", "ready", "ready"),
    ("playing", "ended", "ending"),
    ("playing", "lost", "reconnecting"),
    ("reconnecting", "lost", "reconnecting"),
    ("reconnecting", "ready", "ready"),
    ("reconnecting", "problem", "problem"),
    ("summary", "lost", "summary"),
    ("ending", "summary", "summary"),
    ("ending", "playing", "ending"),
    ("summary", "problem", "summary"),
    ("problem", "pick", "opening"),
    ("choosing", "playing", "choosing"),
]


async def test_phases_follow_the_table(server: Server) -> None:
    after = await on_page(server, STEP, *([phase, event] for phase, event, _ in STEPS))
    assert after == [expected for _, _, expected in STEPS]


GHOST = """
async ({ mirror, target, learner }) => {
  const { Ghost } = await import("/static/js/stage/ghost.js");
  const { toPoints } = await import("/static/js/stage/keypoints.js");
  const fit = new Ghost(mirror).fit(toPoints(target, 480, 640), 480, toPoints(learner, 640, 480));
  return fit && fit.map((p) => p && [p.x, p.y]);
}
"""


async def test_ghost_of_a_mirrored_learner_lies_on_the_learner(server: Server) -> None:
    target = FROM_SERVER[-2]["target"]
    # The same body, mirrored, half as tall and elsewhere in a 640×480 picture.
    swapped = [0, 1, 5, 6, 7, 2, 3, 4, 11, 12, 13, 8, 9, 10, 15, 14, 17, 16]
    moved = [target[joint] for joint in swapped]
    pixels = [((1 - x) * 240 + 300, y * 320 + 90) for x, y, _ in moved]
    learner = [[x / 640, y / 480, 0.9] for x, y in pixels]
    (on, auto, off) = await on_page(
        server,
        GHOST,
        *(
            {"mirror": mirror, "target": target, "learner": learner}
            for mirror in ("on", "auto", "off")
        ),
    )
    assert on == [pytest.approx(pixel, abs=0.01) for pixel in pixels]
    assert auto == on
    assert off[7] != pytest.approx(pixels[7], abs=20)
