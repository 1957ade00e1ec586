"""Live feedback: nothing flickers, and texts change when they should."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from rtc_server.pose.camera_latency import figure_arms_deg
from tests.browser.support.page_script import Ask

HELD = """
async ([hold_ms, insist_ms, values]) => {
  const { HeldValue } = await import("/static/js/feedback/hysteresis.js");
  const held = new HeldValue("", hold_ms, insist_ms);
  return values.map(([value, at_ms]) => held.update(value, at_ms));
}
"""


def every_200_ms(text: str) -> list[Any]:
    return [[letter.strip(), 200 * k] for k, letter in enumerate(text)]


async def test_a_word_stays_and_another_must_insist(ask: Ask) -> None:
    at_once, insisting, flickering = await ask(
        HELD,
        [1000, 0, every_200_ms("abbbbbbbb")],
        [1000, 300, every_200_ms("aaaaaaabaaabbbb")],
        [1000, 300, every_200_ms("aaaaababababab")],
    )
    assert "".join(at_once) == "aaaaabbbb"
    assert insisting == ["", "", *"aaaaaaaaaaa", *"bb"]
    assert "".join(flickering) == "a" * 12


CALM = """
async (values) => {
  const { SmoothedNumber } = await import("/static/js/feedback/hysteresis.js");
  const number = new SmoothedNumber(700, 1);
  return values.map(([value, at_ms]) => number.update(value, at_ms));
}
"""


async def test_a_number_trembles_not_and_follows(ask: Ask) -> None:
    chance = np.random.default_rng(2)
    trembling = [[80 + float(x), 200 * k] for k, x in enumerate(chance.normal(0, 3, 100))]
    rising = [[40 if k < 5 else 90, 200 * k] for k in range(30)]
    steady, risen, gone = await ask(CALM, trembling, rising, [[50, 0], [None, 200], [70, 400]])
    raw = sum(round(a[0]) != round(b[0]) for a, b in pairwise(trembling))
    shown = sum(a != b for a, b in pairwise(steady))
    assert raw > 80 and shown < raw / 2
    assert np.std(steady[10:]) < 2
    assert risen[:5] == [40] * 5 and risen == sorted(risen) and risen[-1] == 90
    assert risen[5 + 7] > 80, "most of the way within two seconds"
    assert gone == [50, None, 70]


COMBO = """
async (moments) => {
  const { Combo } = await import("/static/js/feedback/hysteresis.js");
  const combo = new Combo();
  return moments.map(([good, at_ms]) => combo.update(good, at_ms));
}
"""


async def test_good_moments_in_a_row_are_counted_by_the_second(ask: Ask) -> None:
    (counted, paused) = await ask(
        COMBO,
        [[k != 17, 200 * k] for k in range(30)],
        [[True, 0], [True, 1000], [True, 2000], [True, 9000], [True, 10_000]],
    )
    assert counted[15] == 3 and counted[17] == 0 and counted[23] == 1
    assert paused == [0, 1, 2, 0, 1]


SHOWN_COMBO = """
async (at_ms) => {
  const { Scoreboard } = await import("/static/js/feedback/scoreboard.js");
  const root = document.querySelector('[data-part="combo"]').parentElement;
  const board = new Scoreboard(root, document.createElement("p"));
  const score = { score: 97, label: "perfect", shape: 97, coverage: 1, lag_ms: 0, limbs: {} };
  return at_ms.map((now_ms) => {
    board.show(score, now_ms);
    return root.querySelector('[data-part="combo"]').textContent;
  });
}
"""


async def test_three_good_moments_in_a_row_are_shown(ask: Ask) -> None:
    (shown,) = await ask(SHOWN_COMBO, [200 * k for k in range(24)])
    assert list(dict.fromkeys(shown)) == ["", "×3 in a row", "×4 in a row"]


IN_TIME = """
async (lags) => {
  const { timingLevel } = await import("/static/js/feedback/scoreboard.js");
  let before = "";
  return lags.map((lag_ms) => (before = timingLevel(lag_ms, before)));
}
"""
LEVELS = """
async (values) => {
  const { limbLevel } = await import("/static/js/feedback/score_colours.js");
  let before = "unseen";
  return values.map((value) => (before = limbLevel(value, before)));
}
"""


async def test_early_and_late_change_only_when_it_is_clear(ask: Ask) -> None:
    lags = [0, 65, 75, 85, 70, 55, 38, 175, 190, 150, 135, -65, -85, -300]
    (words,) = await ask(IN_TIME, lags)
    assert words == [
        *("on", "on", "on", "littleLate", "littleLate", "littleLate", "on"),
        *("late", "late", "late", "littleLate", "littleEarly", "littleEarly", "early"),
    ]


async def test_a_limb_keeps_its_colour_at_the_border(ask: Ask) -> None:
    values = [0.72, 0.68, 0.66, 0.6, 0.71, 0.74, 0.77, 0.38, 0.42, 0.45, 0.5, None, 0.39]
    (levels,) = await ask(LEVELS, values)
    assert levels == [
        *("right", "right", "right", "nearly", "nearly", "nearly", "right"),
        *("nearly", "nearly", "nearly", "nearly", "unseen", "wrong"),
    ]


OVERHEAD = """
async (poses) => {
  const { RaisedHands } = await import("/static/js/stage/raised_hands.js");
  const hands = new RaisedHands();
  const pose = (up) => up === null ? null : Array.from({ length: 18 }, (_, joint) =>
    [0.5, joint === 0 ? 0.3 : joint !== 4 && joint !== 7 ? 0.6 : up ? 0.1 : 0.5, 0.9]);
  return poses.map((up, k) => hands.update(pose(up), 200 * k));
}
"""


def hands(text: str) -> list[bool | None]:
    return [{"u": True, "d": False, ".": None}[letter] for letter in text]


async def test_hands_say_it_once_after_a_second_and_a_half(ask: Ask) -> None:
    held, before, missed, dancing = await ask(
        OVERHEAD,
        *map(hands, ("ddd" + "u" * 30, "u" * 30, "ddduuu.uuuuuu", "d" + "uuuuddd" * 5)),
    )
    assert held.count(1) == 1 and held.index(1) == 3 + 8
    assert set(before) == {0}
    assert 1 in missed
    assert 1 not in dancing


async def test_hands_are_also_known_from_the_few_poses_of_a_busy_server(ask: Ask) -> None:
    rarely = OVERHEAD.replace("200 * k", "900 * k")
    held, dancing = await ask(rarely, *map(hands, ("dduuu", "duuduudu")))
    assert held.count(1) == 1 and held[-1] == 1
    assert 1 not in dancing


FRAMING = """
async (problems) => {
  const { pointState, framingAdvice } = await import("/static/js/stage/framing_checklist.js");
  const about = [["nobody", "near", "feet"], ["near", "far"], ["crowd"], ["dark"]];
  return [...about.map((each) => pointState(each, problems)), framingAdvice(problems ?? [])];
}
"""


async def test_the_gravest_problem_is_advised_and_each_point_has_its_state(ask: Ask) -> None:
    unknown, fine, nobody, two, strange = await ask(
        FRAMING, None, [], ["nobody", "dark"], ["crowd", "feet"], ["of_tomorrow"]
    )
    assert unknown == [*["unknown"] * 4, None]
    assert fine == [*["good"] * 4, None]
    assert nobody == ["bad", "unknown", "unknown", "bad", "Step into the picture"]
    assert two == ["bad", "good", "bad", "good", "Only one person in the picture, please"]
    assert strange == [*["good"] * 4, None]


RAISED = """
async (t_ms) => (await import("/static/js/stage/arm_figure.js"))
  .raised_deg(t_ms, { begins_ms: 5000, period_ms: 2100, cycles: 6 })
"""


async def test_the_figure_moves_as_the_server_takes_it_to(ask: Ask) -> None:
    times = [5000.0, 5300.0, 6050.0, 7100.0, 12_345.0, 17_600.0]
    drawn = await ask(RAISED, *times)
    assert drawn == pytest.approx(figure_arms_deg(np.array(times), 5000.0, 2100.0), abs=1e-6)
    before, after = await ask(RAISED, 1000.0, 30_000.0)
    assert before == after == 15


TIMED = """
async ([shape, lag_ms]) => {
  const { Scoreboard } = await import("/static/js/feedback/scoreboard.js");
  const { findPart } = await import("/static/js/dom.js");
  const root = findPart(document.body, "scoreboard", HTMLElement);
  const board = new Scoreboard(root, findPart(document.body, "prompt", HTMLElement));
  const score = { score: 50, shape, lag_ms, coverage: 1, label: "good", hint: null, advice: null };
  for (const now_ms of [0, 1000, 2000, 3000]) board.show(score, now_ms);
  const [lag, needle] = ["lag", "needle"].map((name) => findPart(root, name, HTMLElement));
  return [lag.textContent, needle.hidden];
}
"""


async def test_who_does_not_follow_is_neither_early_nor_late(ask: Ask) -> None:
    told = await ask(TIMED, [90, 500], [90, -500], [20, 500], [None, 500])
    assert told == [["late", False], ["early", False], ["", True], ["", True]]
