"""A learner whose network changes, between two network namespaces, as between two hosts."""

from __future__ import annotations

import asyncio
import json
import shutil
import signal
import sys
from pathlib import Path

import pytest

from tests.paths import ROOT
from tests.waiting import PATIENCE_S


async def test_a_learner_whose_interface_goes_away_stays_in_the_session(
    store_with_demo: Path,
) -> None:
    if not all(map(shutil.which, ("unshare", "nsenter", "ip"))):
        pytest.skip("there is no unshare or ip: apt-get install util-linux iproute2")
    program = await asyncio.create_subprocess_exec(
        *("unshare", "-rn", sys.executable, "-m", "tests.integration.webrtc.two_networks"),
        str(store_with_demo),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(2.5 * PATIENCE_S):
            said, errors = await program.communicate()
    finally:
        if program.returncode is None:
            program.send_signal(signal.SIGINT)  # it ends what it has started
            await program.wait()
    if b"unshare failed" in errors or b"Operation not permitted" in errors:
        pytest.skip("this system lets nobody make a network namespace")
    assert program.returncode == 0, errors.decode()[-2000:]
    learner = json.loads(said.splitlines()[-1])
    assert learner["sessions"] == 1, "a new session"
    assert learner["ice_restarts"] >= 1 and learner["reconnects"] == 0
    assert learner["reason"] == "left" and learner["scores_after"] >= 3
    assert learner["order"] == sorted(learner["order"]), "the scores' numbers go on"
    assert learner["descriptors"] == {"before": 0, "after": 0}, "a UDP socket of its own"
