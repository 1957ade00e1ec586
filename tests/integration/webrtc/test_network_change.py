"""A learner whose network changes, between two network namespaces, as between two hosts."""

from __future__ import annotations

import json
from pathlib import Path

from tests.namespaces import run_in_namespaces


async def test_a_learner_whose_interface_goes_away_stays_in_the_session(
    store_with_demo: Path,
) -> None:
    said = await run_in_namespaces("tests.integration.webrtc.two_networks", store_with_demo)
    learner = json.loads(said.splitlines()[-1])
    assert learner["sessions"] == 1, "a new session"
    assert learner["ice_restarts"] >= 1 and learner["reconnects"] == 0
    assert learner["reason"] == "left" and learner["scores_after"] >= 3
    assert learner["order"] == sorted(learner["order"]), "the scores' numbers go on"
    assert learner["descriptors"] == {"before": 0, "after": 0}, "a UDP socket of its own"
