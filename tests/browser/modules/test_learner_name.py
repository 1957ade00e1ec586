"""When the learner's name is sent with an offer."""

from tests.browser.support.page_script import Ask

SENT = """
async ([access, keeps]) => {
  const { LearnerName } = await import("/static/js/lessons/learner_name.js");
  const root = document.createElement("div");
  const name = new LearnerName(root);
  root.querySelector('[data-part="learner-name"]').value = " Ann ";
  name.show(access);
  const box = root.querySelector('[data-part="keeps"]');
  box.checked = keeps;
  box.dispatchEvent(new Event("change"));
  return [name.learner, root.querySelector(".learner-name-fields").hidden];
}
"""


async def test_name_is_sent_only_where_results_are_kept_and_wanted(ask: Ask) -> None:
    cases = [["open", True], ["closed", True], ["open", False], ["off", True]]
    assert await ask(SENT, *cases) == [
        ["Ann", False],
        ["Ann", False],
        ["", False],
        ["", True],
    ]
