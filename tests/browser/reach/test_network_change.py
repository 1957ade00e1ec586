"""The learner's network changes in the middle of a lesson: Chromium on a host of its own."""

import json
from pathlib import Path

from tests.namespaces import run_in_namespaces


async def test_the_lesson_goes_on_in_the_same_session(
    lessons_dir: Path, learner_film: Path
) -> None:
    said = await run_in_namespaces(
        "tests.browser.support.network_change", lessons_dir, learner_film
    )
    seen = json.loads(said.splitlines()[-1])
    assert (seen["welcomes"], seen["peers"]) == (1, 1), "a new session"
