from __future__ import annotations

from typing import Any

import pytest

from rtc_server.token_bucket import RateLimit
from rtc_server.webrtc.limits import aiortc_sctp
from tests.unit.rtc_server.webrtc.limits.sctp_association import Association

CHUNK_BURST = int(aiortc_sctp.CHUNK_LIMIT.burst)


@pytest.fixture
async def association(monkeypatch: pytest.MonkeyPatch) -> Any:
    # Only the burst, so that it does not matter how fast the machine is.
    monkeypatch.setattr(aiortc_sctp, "CHUNK_LIMIT", RateLimit(0, CHUNK_BURST))
    established = Association()
    await established.establish()
    yield established
    await established.stop()
