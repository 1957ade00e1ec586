"""Several dancers on the page: whose score is whose, what they say together, who was best."""

from typing import Any

from tests.browser.support.page_script import Ask

SCORES = """
async ([dancers, messages, oneIsEnough]) => {
  const { GroupScores } = await import("/static/js/stage/scores/group_scores.js");
  const scores = new GroupScores();
  scores.reset(dancers);
  const places = messages.map((message) => scores.take(message));
  const { framing, pose } = scores.together(messages.at(-1), oneIsEnough);
  return { places, framing, seen: pose.length };
}
"""
POSE = [[0.5, 0.5, 0.9]] * 18
NOBODY = [[None, None, 0]] * 17  # another length, so that it can be told apart


def said(dancer: int, framing: list[str] | None, pose: Any = POSE) -> dict[str, Any]:
    return {"dancer": dancer, "framing": framing, "pose": pose}


async def test_the_picture_is_mirrored_so_the_last_dancer_stands_on_the_left(ask: Ask) -> None:
    (found,) = await ask(SCORES, [3, [said(k, []) for k in (0, 1, 2, 7)], False])
    assert found["places"] == [2, 1, 0, -5]


async def test_what_is_wrong_with_anybody_counts_before_the_lesson(ask: Ask) -> None:
    both, waits, unknown = await ask(
        SCORES,
        [2, [said(0, ["crowd"]), said(1, ["nobody", "dark"], NOBODY)], False],
        [2, [said(0, []), said(1, ["nobody"], NOBODY)], True],
        [2, [said(0, [])], False],
    )
    assert set(both["framing"]) == {"strangers", "nobody", "dark"} and both["seen"] == 18
    assert waits["framing"] == [], "the lesson goes on when one of them is back"
    assert unknown["framing"] is None


REPORT = """
async ([dancers, best]) => {
  const { GroupView, listDancers } = await import("/static/js/results/group_view.js");
  const root = document.createElement("section");
  const view = new GroupView(root);
  const summary = {
    dancers: Array.from({ length: dancers }, (_, k) => ({ dancer: k, score: 50 + k, grade: "B" })),
  };
  const names = ["Ann", "", "<b>Ben</b>", ""].slice(0, dancers);
  const passages = best.map((one, k) => ({
    from_s: 8 * k, to_s: 8 * k + 8, scores: summary.dancers.map(() => 70), best: one,
  }));
  const chosen = [];
  view.on("dancer", (place) => chosen.push(place));
  view.show(listDancers(summary, { dancers, names }), passages, 0);
  const buttons = [...root.querySelectorAll("button")];
  buttons.at(-1)?.click();
  return {
    hidden: root.hidden, names: buttons.map((button) => button.querySelector("bdi").textContent),
    pressed: buttons.map((button) => button.getAttribute("aria-pressed")), chosen,
    sentence: root.querySelector(".group-best")?.textContent,
    won: root.querySelectorAll(".won").length,
  };
}
"""


async def test_the_common_result_says_who_was_best(ask: Ask) -> None:
    won, even, alone = await ask(REPORT, [3, [2, 2, None, 0]], [2, [0, 1]], [1, []])
    assert won["names"] == ["Ann", "Dancer 2", "<b>Ben</b>"]
    assert won["sentence"] == "Ann was the best in 2 of 4 passages." and won["won"] == 3
    assert won["pressed"] == ["true", "false", "false"] and won["chosen"] == [2]
    assert even["sentence"] == "You were even."
    assert alone["hidden"] and alone["names"] == []
