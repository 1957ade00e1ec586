"""The page's protocol module against the contract; phases and the ghost, which need no server."""

import json
from pathlib import Path

import pytest

from tests.browser.support.page_script import run_on_page
from tests.browser.support.server_process import Server

EXAMPLES = json.loads(
    (Path(__file__).resolve().parents[2] / "contracts" / "messages.json").read_text()
)
FROM_SERVER = [*EXAMPLES["server"]["control"], *EXAMPLES["server"]["scores"]]
PARSE = """
async (text) => {
  const { parseMessage } = await import("/static/js/connection/protocol.js");
  try { return { message: parseMessage(text) }; } catch (error) { return { error: error.message }; }
}
"""


async def test_every_message_of_the_contract_is_understood(server: Server) -> None:
    read = await run_on_page(server, PARSE, *map(json.dumps, FROM_SERVER))
    assert [answer.get("message") for answer in read] == FROM_SERVER


async def test_unknown_types_and_fields_are_ignored(server: Server) -> None:
    unknown, extra = await run_on_page(
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
    answers = await run_on_page(server, PARSE, *WRONG.values())
    for where, answer in zip(WRONG, answers, strict=True):
        assert where in answer["error"]
        assert "expected" in answer["error"] and "got" in answer["error"]


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
    ("loading", "uninvited", "uninvited"),
    ("uninvited", "listed", "choosing"),
    ("choosing", "uninvited", "uninvited"),
    ("playing", "uninvited", "playing"),
    ("choosing", "invite", "inviting"),
    ("inviting", "leave", "choosing"),
]


async def test_phases_follow_the_table(server: Server) -> None:
    after = await run_on_page(server, STEP, *([phase, event] for phase, event, _ in STEPS))
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
    (on, auto, off) = await run_on_page(
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
