"""Twenty-eight learners come and go in every way there is, and the server is as it was before."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.reliability.cycles import LATE_THREADS
from tests.reliability.server import figures_at_rest, run_crowd, serving_store

LEARNERS, AT_ONCE, WARM_UP = 28, 8, 14  # four of each way, after two of each
MAX_LEFT_MB = 0.8  # by each, in the mean

pytestmark = [
    pytest.mark.alone,
    pytest.mark.skipif(sys.platform != "linux", reason="the figures are read from /proc"),
]


@pytest.mark.timeout(600)  # `make reliability` does it with five hundred
async def test_many_learners_leave_nothing_behind(tmp_path: Path) -> None:
    async with serving_store(tmp_path) as server:
        await run_crowd(server.url, WARM_UP, AT_ONCE, 0)
        before = await figures_at_rest(server)
        await run_crowd(server.url, LEARNERS, AT_ONCE, 1)
        after = await figures_at_rest(server)
    print(before, after, sep="\n")
    assert after["session threads"] == 0
    assert after["threads"] <= before["threads"] + LATE_THREADS
    assert after["tasks"] <= before["tasks"]
    assert after["descriptors"] <= before["descriptors"]
    assert after["memory MB"] <= before["memory MB"] + MAX_LEFT_MB * LEARNERS
