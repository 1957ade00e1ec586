"""The page's protocol module against the contract; phases and the ghost, which need no server."""

import json
from pathlib import Path

import pytest

from tests.browser.support.page_script import Ask

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


async def test_every_message_of_the_contract_is_understood(ask: Ask) -> None:
    read = await ask(PARSE, *map(json.dumps, FROM_SERVER))
    assert [answer.get("message") for answer in read] == FROM_SERVER


PICTURES = """
async ({ webcam, annotated }) => {
  const { readAnnotated, writeWebcamHeader } = await import("/static/js/connection/pictures.js");
  const digits = (n) => n.toString(16).padStart(2, "0");
  const hex = (buffer) => [...new Uint8Array(buffer)].map(digits).join("");
  const bytes = (text) => Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16)).buffer;
  return {
    headers: webcam.map(({ header }) => hex(writeWebcamHeader(header))),
    jpegs: await Promise.all(
      annotated.map(async (one) => hex(await readAnnotated(bytes(one.hex)).arrayBuffer()))),
    others: ["00", "0101000800000007ffd8", "0202000800000007ffd8"]
      .map((text) => readAnnotated(bytes(text))),
  };
}
"""


async def test_pictures_are_written_and_read_as_the_contract_has_them(ask: Ask) -> None:
    pictures = EXAMPLES["pictures"]
    (made,) = await ask(PICTURES, pictures)
    assert made["headers"] == [
        one["hex"].removesuffix(one["jpeg_hex"]) for one in pictures["webcam"]
    ]
    assert made["jpegs"] == [one["jpeg_hex"] for one in pictures["annotated"]]
    assert made["others"] == [None, None, None]


SCREEN = """
async (steps) => {
  const { ScreenPosition } = await import("/static/js/connection/screen_position.js");
  const screen = new ScreenPosition();
  for (const [call, ...values] of steps.calls) screen[call](...values);
  return steps.times.map((at_ms) => screen.at(at_ms));
}
"""


async def test_the_page_knows_which_place_was_on_its_screen(ask: Ask) -> None:
    def shown(begin_ms: float, lesson_s: float, rate: float) -> list[list[object]]:
        return [["show", lesson_s + n * 0.04 * rate, begin_ms + n * 40, rate] for n in range(5)]

    calls = [
        *shown(1000, 2.0, 1.0),  # up to 1160 ms, at 2.16 s
        ["stop", 1200],
        *shown(1500, 7.0, 0.5),  # up to 1660 ms, at 7.08 s
        ["show", 7.1, 1700, 0.5],
    ]
    times = [900, 1000, 1170, 1190, 1300, 1499, 1500, 1600, 1720, 1940, 2000]
    (places,) = await ask(SCREEN, {"calls": calls, "times": times})
    expected = [None, 2.0, 2.17, 2.19, None, None, 7.0, 7.05, 7.11, 7.22, None]
    assert [place["lesson_s"] for place in places] == [
        None if lesson_s is None else pytest.approx(lesson_s) for lesson_s in expected
    ]
    assert [place["rate"] for place in places] == [0, 1, 1, 1, 0, 0, *[0.5] * 4, 0]


async def test_unknown_types_and_fields_are_ignored(ask: Ask) -> None:
    unknown, extra = await ask(
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


async def test_what_is_wrong_is_named(ask: Ask) -> None:
    answers = await ask(PARSE, *WRONG.values())
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


async def test_phases_follow_the_table(ask: Ask) -> None:
    after = await ask(STEP, *([phase, event] for phase, event, _ in STEPS))
    assert after == [expected for _, _, expected in STEPS]


GHOST = """
async ({ mirror, target, learner }) => {
  const { Ghost } = await import("/static/js/stage/ghost.js");
  const { toPoints } = await import("/static/js/stage/keypoints.js");
  const fit = new Ghost(mirror).fit(toPoints(target, 480, 640), 480, toPoints(learner, 640, 480));
  return fit && fit.map((p) => p && [p.x, p.y]);
}
"""


async def test_ghost_of_a_mirrored_learner_lies_on_the_learner(ask: Ask) -> None:
    target = next(message["target"] for message in FROM_SERVER if message.get("target"))
    # The same body, mirrored, half as tall and elsewhere in a 640×480 picture.
    swapped = [0, 1, 5, 6, 7, 2, 3, 4, 11, 12, 13, 8, 9, 10, 15, 14, 17, 16]
    moved = [target[joint] for joint in swapped]
    pixels = [((1 - x) * 240 + 300, y * 320 + 90) for x, y, _ in moved]
    learner = [[x / 640, y / 480, 0.9] for x, y in pixels]
    (on, auto, off) = await ask(
        GHOST,
        *(
            {"mirror": mirror, "target": target, "learner": learner}
            for mirror in ("on", "auto", "off")
        ),
    )
    assert on == [pytest.approx(pixel, abs=0.01) for pixel in pixels]
    assert auto == on
    assert off[7] != pytest.approx(pixels[7], abs=20)
