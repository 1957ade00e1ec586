"""The learner's network changes in the middle of a lesson: Chromium on a host of its own."""

import asyncio
import json
import shutil
import signal
import sys
from pathlib import Path

import pytest

from tests.browser.support.cache import ROOT


async def test_the_lesson_goes_on_in_the_same_session(
    lessons_dir: Path, learner_film: Path
) -> None:
    if not all(map(shutil.which, ("unshare", "nsenter", "ip"))):
        pytest.skip("there is no unshare or ip: apt-get install util-linux iproute2")
    program = await asyncio.create_subprocess_exec(
        *("unshare", "-rn", sys.executable, "-m", "tests.browser.support.network_change"),
        *(str(lessons_dir), str(learner_film)),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        said, errors = await program.communicate()
    finally:
        if program.returncode is None:
            program.send_signal(signal.SIGINT)  # it ends what it has started
            await program.wait()
    if b"unshare failed" in errors or b"Operation not permitted" in errors:
        pytest.skip("this system lets nobody make a network namespace")
    assert program.returncode == 0, errors.decode()[-2000:]
    seen = json.loads(said.splitlines()[-1])
    assert (seen["welcomes"], seen["peers"]) == (1, 1), "a new session"
