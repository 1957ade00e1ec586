"""What the logs of machines say of how sessions ended, and of hosts that stood still."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Collection
from pathlib import Path

from rtc_server.cluster.session_ids import parse_host_name
from tests.waiting import PATIENCE_S

ENDED = re.compile(r"session (\S{8}) ended: (.+)$", re.M)
GIVEN_UP = re.compile(r"host (\w+) does not answer; \d+ learners were there")
STOOD_STILL = "its host stood still"


async def find_ends(folder: Path, sessions: Collection[str]) -> dict[str, str | None]:
    """Why each session ended, as its host said, or that its host was given up as too slow.

    None where neither is written: the host has ended or died without a word. A host's lines come
    with its next report, so they are waited for.
    """
    until_s = time.monotonic() + PATIENCE_S
    while None in (ends := _read_ends(folder, sessions)).values() and time.monotonic() < until_s:
        await asyncio.sleep(0.5)
    return ends


def _read_ends(folder: Path, sessions: Collection[str]) -> dict[str, str | None]:
    text = "\n".join(file.read_text("utf-8", "replace") for file in folder.glob("machine*.log"))
    reasons = dict(ENDED.findall(text))
    given_up = set(GIVEN_UP.findall(text))
    return {
        session: reasons.get(session[:8])
        or (STOOD_STILL if parse_host_name(session) in given_up else None)
        for session in sessions
    }
