"""Each of the numbered requirements in docs/scoring.md has tests of its number, and no other is."""

import re

from tests.paths import ROOT

FILES = (
    "tests/unit/rtc_server/scoring/test_must_hold.py",
    "tests/unit/rtc_server/scoring/test_must_not_pay.py",
    "tests/integration/scoring/test_filmed_scores.py",
    "tests/integration/scoring/test_compare.py",
)


def test_the_list_in_the_docs_is_that_of_the_tests() -> None:
    document = (ROOT / "docs" / "scoring.md").read_text("utf-8")
    section = document.split("\n## What must hold of a score\n")[1].split("\n## ")[0]
    required = [int(number) for number in re.findall(r"^(\d+)\. ", section, re.MULTILINE)]
    sources = [(ROOT / file).read_text("utf-8") for file in FILES]
    tested = {int(n) for text in sources for n in re.findall(r"^def test_(\d+)_", text, re.M)}
    assert required == sorted(tested) == list(range(1, 15))
