"""What was lost on the path before an ICE restart is sent again at once, on the new one."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from rtc_server.webrtc.ice.aiortc_new_path import send_lost_again
from tests.raw_sctp import DATA
from tests.unit.rtc_server.webrtc.limits.sctp_association import Association


@pytest.fixture
async def association() -> AsyncIterator[Association]:
    """Its timers never run out."""
    established = Association()
    await established.establish()
    yield established
    await established.stop()


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_messages_are_not_held_back_until_a_timer_runs_out(association: Association) -> None:
    (channel,) = association.channels
    for k in range(20):
        channel.send(f"{k:02}" * 500)  # as long as a score
        await settle()
    sent = len(association.wire.replies(DATA))
    assert sent < 20 and association.sctp._outbound_queue, "what is under way leaves no room"
    send_lost_again(association.sctp)
    await settle()
    again = association.wire.replies(DATA)[sent:]
    assert len(again) >= 3 and b"0000" in b"".join(again)  # from the first one on, at once
    assert association.misuses == []


async def test_nothing_is_sent_where_nothing_was_lost(association: Association) -> None:
    association.sctp._t3_cancel()
    before = len(association.wire.sent)
    send_lost_again(association.sctp)
    send_lost_again(None)
    await settle()
    assert len(association.wire.sent) == before
