"""The teacher's tiles, the code in a link, and what a learner is told: no camera needed."""

from typing import Any

from tests.browser.support.page_script import Ask

ORDER = """
async ({ turns, sort_ms }) => {
  const { Roster } = await import("/static/js/classes/teacher/roster.js");
  const roster = new Roster();
  const orders = [];
  turns.forEach((learners, k) => {
    roster.take(learners, k * 500);
    if (sort_ms.includes(k * 500)) roster.sort(k * 500);
    orders.push(roster.inside.map(({ name }) => name).join(""));
  });
  return orders;
}
"""


def entry(learner: int, score: float | None, **more: Any) -> dict[str, Any]:
    plain = {"session": "on", "lag_ms": 0, "connection": "good", "hand": False, "mirror": True}
    seen = {"weakest": None, "coverage": 1, "pose": None, "picture": None}
    return {"learner": learner, "name": "ABCDE"[learner], "score": score} | plain | seen | more


async def test_who_needs_help_comes_first_and_nobody_moves_in_between(ask: Ask) -> None:
    calm = [entry(0, 90), entry(1, 30), entry(2, None), entry(3, 60, session="away")]
    raised = [entry(0, 90, hand=True), *calm[1:]]
    (orders,) = await ask(
        ORDER, {"turns": [calm, calm, raised, raised, calm], "sort_ms": [500, 1500]}
    )
    assert orders == ["ABCD", "CBAD", "CBAD", "ACBD", "ACBD"]


async def test_who_is_late_needs_more_help_and_who_waits_has_no_tile(ask: Ask) -> None:
    late = [entry(0, 70), entry(1, 75, lag_ms=300), entry(2, 75), entry(3, 5, session="waiting")]
    gone = [late[1]]
    turns = [late, *[gone] * 11]
    (orders,) = await ask(ORDER, {"turns": turns, "sort_ms": [0]})
    assert orders[0] == "BAC" and orders[-1] == "B"


TILES = """
async () => {
  const { TileGrid } = await import("/static/js/classes/teacher/tile_grid.js");
  const grid = new TileGrid();
  grid.element.style.cssText = "display: grid; grid-template-columns: 200px 200px";
  document.body.append(grid.element);
  const learner = (number, more) => ({
    learner: number, name: `<b>N${number}</b>`, session: "on", score: 50, lag_ms: 0,
    weakest: "head", coverage: 1, connection: "good", hand: false, mirror: true, pose: null,
    picture: null, ...more,
  });
  const chosen = [], seen = [];
  grid.on("choice", (numbers) => chosen.push(numbers));
  grid.on("seen", (number) => seen.push(number));
  grid.show([0, 1, 2, 3].map((k) => learner(k)), null);
  const focused = () => Number(document.activeElement.closest("li")?.dataset.learner);
  const press = (key) => document.activeElement.dispatchEvent(
    new KeyboardEvent("keydown", { key, bubbles: true }));
  const stops = () =>
    [...grid.element.querySelectorAll("button.tile-choose")].map(({ tabIndex }) => tabIndex);
  const before = stops();
  grid.element.querySelector("button").focus();
  const walk = ["ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp", "End"].map((key) => {
    press(key);
    return focused();
  });
  grid.element.querySelector("button").click();
  document.activeElement.click();
  const pressed = [...grid.element.querySelectorAll('[aria-pressed="true"]')].length;
  grid.show([3, 2, 1, 0].map((k) => learner(k, { hand: k === 3 })), null);
  const orderInUse = [...grid.element.children].map((tile) => Number(tile.dataset.learner));
  grid.element.querySelector('[data-learner="3"] .tile-seen').click();
  press("Escape");
  document.activeElement.blur();
  grid.show([3, 2].map((k) => learner(k)), null);
  const order = [...grid.element.children].map((tile) => Number(tile.dataset.learner));
  const name = grid.element.querySelector("bdi").textContent;
  grid.element.remove();
  return { before, walk, chosen, pressed, seen, orderInUse, order, name, after: stops() };
}
"""


async def test_arrows_move_among_tiles_and_none_moves_while_one_has_the_focus(ask: Ask) -> None:
    (found,) = await ask(TILES, None)
    assert found["before"] == [0, -1, -1, -1]
    assert found["walk"] == [1, 3, 2, 0, 3]
    assert found["pressed"] == 1, "one, or all"
    assert found["orderInUse"] == [0, 1, 2, 3] and found["order"] == [3, 2]
    assert found["chosen"] == [0, 3, None] and found["seen"] == [3]
    assert found["name"] == "<b>N3</b>" and found["after"] == [0, -1]


LINK = """
async (hash) => {
  const { takeCodeOfLink, toCode } = await import("/static/js/classes/class_code_text.js");
  history.replaceState(null, "", location.pathname + hash);
  const code = takeCodeOfLink();
  const rest = location.hash;
  history.replaceState(null, "", location.pathname);
  return [code, rest, toCode(" ab-c d.ef gh")];
}
"""


async def test_a_link_gives_its_code_once_and_keeps_an_invitation(ask: Ask) -> None:
    plain, both, none = await ask(LINK, "#class=abcdef", "#invite=x.y&class=ABCDEF", "#invite=x.y")
    assert plain == ["ABCDEF", "", "ABCDEF"]
    assert both[:2] == ["ABCDEF", "#invite=x.y"]
    assert none[:2] == ["", "#invite=x.y"]


CUES = """
async (said) => {
  const { CueBanner } = await import("/static/js/classes/learner/cue_banner.js");
  const banner = new CueBanner();
  const spoken = [];
  const speak = speechSynthesis.speak;
  speechSynthesis.speak = ({ text, lang }) => spoken.push([text, lang]);
  banner.isSpoken = true;
  banner.show({ type: "cue", to: "you", cue: null, text: null, ...said });
  speechSynthesis.speak = speak;
  return [banner.element.innerHTML, banner.element.getAttribute("role"), spoken];
}
"""


async def test_a_cue_is_shown_as_text_and_spoken_in_its_language(ask: Ask) -> None:
    known, own, markup, unknown = await ask(
        CUES, {"cue": "well_done"}, {"text": "잘했어요"}, {"text": "<i>x</i>"}, {"cue": "fly"}
    )
    assert known == ["Well done", "alert", [["Well done", "en"]]]
    assert own == ["잘했어요", "alert", [["잘했어요", "ko"]]]
    assert markup[0] == "&lt;i&gt;x&lt;/i&gt;"
    assert unknown == ["", "alert", []]


LEARNER = """
async () => {
  const { LearnerAttempt, TeacherAttempt } = await import("/static/js/classes/class_attempt.js");
  const lesson = { id: "demo", title: "Demo", duration_s: 24 };
  const wishes = { name: "Ann", isListed: true, hasBoard: true };
  const learner = new LearnerAttempt(lesson, { code: "ABCDEF" }, wishes);
  const teacher = new TeacherAttempt(lesson, { code: "ABCDEF" });
  const sent = [];
  learner.send = (message) => sent.push(message.type);
  for (const command of ["start", "pause", "resume"]) learner[command]();
  learner.seek(3); learner.setRate(0.5); learner.setLoop([1, 4]); learner.stop();
  learner.events.emit("welcome", { rates: [1], resumed: null });
  const again = [learner.continued(), teacher.continued()]
    .map(({ constructor, seat }) => [constructor.name, seat.code]);
  return [sent, again, teacher.canPlay];
}
"""


async def test_a_learner_moves_nobody_and_comes_back_to_the_same_class(ask: Ask) -> None:
    (found,) = await ask(LEARNER, None)
    sent, again, teacher_plays = found
    assert sent == ["stop", "class"] and teacher_plays
    assert again == [["LearnerAttempt", "ABCDEF"], ["TeacherAttempt", "ABCDEF"]]


BUTTONS = """
async () => {
  const { Classroom } = await import("/static/js/classes/classroom.js");
  const { Emitter } = await import("/static/js/emitter.js");
  const root = document.createElement("div");
  const part = () => Object.assign(new Emitter(), { restore: async () => {} });
  const phases = { phase: "choosing", handle() {} };
  const classroom = new Classroom(root, phases, part(), part(), part(), {});
  const cases = [[null, true], [{ role: "learner" }, true], [null, false]];
  return cases.map(([invitation, hasClasses]) => {
    classroom.show([], invitation, hasClasses);
    const shown = [...root.children].filter(({ hidden }) => !hidden);
    return shown.map(({ dataset }) => dataset.part);
  });
}
"""


async def test_the_page_offers_no_class_where_the_server_has_none(ask: Ask) -> None:
    (shown,) = await ask(BUTTONS, None)
    assert shown == [["join-class", "open-class"], ["join-class"], []]
