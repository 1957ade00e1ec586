"""In a lesson with several instructors, the page offers whom each dancer follows."""

from typing import Any

from tests.browser.support.page_script import Ask

CHOOSE = """
async ([instructors, dancers, picks]) => {
  const module = await import("/static/js/lessons/instructor_choice.js");
  const { chosenInstructors, instructorChoice } = module;
  localStorage.clear();
  const lesson = { id: "duo", title: "Duo", duration_s: 5, ...(instructors && { instructors }) };
  const root = instructorChoice(lesson, { dancers, names: ["Ann", "", "", ""] });
  const selects = [...(root?.querySelectorAll("select") ?? [])];
  const before = chosenInstructors(lesson, dancers);
  picks.forEach((value, place) => {
    if (value === null) return;
    selects[place].value = String(value);
    selects[place].dispatchEvent(new Event("change"));
  });
  return {
    before, after: chosenInstructors(lesson, dancers),
    labels: [...(root?.querySelectorAll("label > span") ?? [])].map((span) => span.textContent),
    options: [...(selects[0]?.options ?? [])].map((option) => option.textContent),
    values: [...(selects[0]?.options ?? [])].map((option) => option.value),
  };
}
"""
PAIR = [{"x": 0.7}, {"x": 0.3}]  # the first, whom learners follow by themselves, is on the right


async def choose(ask: Ask, instructors: Any, dancers: int, picks: list[int | None]) -> Any:
    (found,) = await ask(CHOOSE, [instructors, dancers, picks])
    return found


async def test_there_is_a_choice_only_among_several(ask: Ask) -> None:
    for instructors in (None, [{"x": 0.5}]):
        found = await choose(ask, instructors, 2, [])
        assert found["labels"] == [] and found["before"] is None


async def test_one_learner_follows_the_first_unless_they_choose(ask: Ask) -> None:
    found = await choose(ask, PAIR, 1, [1])
    assert found["labels"] == ["You follow"]
    assert found["options"] == ["the one on the left", "the one on the right"]
    assert found["values"] == ["1", "0"]
    assert (found["before"], found["after"]) == ([0], [1])


async def test_two_follow_who_stands_in_their_place_unless_they_choose(ask: Ask) -> None:
    """Dancer 1 is on the left of the mirrored picture, so the last of the server's numbers."""
    found = await choose(ask, PAIR, 2, [None, 1])
    assert found["labels"] == ["Ann follows", "Dancer 2 follows"]
    assert (found["before"], found["after"]) == ([0, 1], [1, 1])


async def test_more_dancers_than_instructors_follow_the_first(ask: Ask) -> None:
    trio = [{"x": 0.5}, {"x": 0.2}, {"x": 0.8}]
    found = await choose(ask, trio, 4, [1, None, None, 2])
    assert found["options"][1] == "the one in the middle"
    assert (found["before"], found["after"]) == ([0] * 4, [2, 0, 0, 1])
