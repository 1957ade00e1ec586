import asyncio
from typing import Any

import pytest
from prometheus_client import CollectorRegistry, Counter

from rtc_server.webrtc import loop_errors


class RTCSctpTransport:
    """Has the name of aiortc's transport, whose tasks fail."""

    async def _send_chunk(self, error: Exception) -> None:
        raise error


class Other:
    async def _send_chunk(self, error: Exception) -> None:
        raise error


@pytest.mark.parametrize(
    ("transport", "error", "counted"),
    [
        (RTCSctpTransport(), ConnectionError("gone"), True),
        (RTCSctpTransport(), ValueError("broken"), False),
        (Other(), ConnectionError("of ours"), False),
    ],
)
async def test_only_failures_to_send_to_a_disconnected_learner_are_counted_and_not_logged(
    transport: Any, error: Exception, counted: bool, caplog: pytest.LogCaptureFixture
) -> None:
    counter = Counter("unsent", "", registry=CollectorRegistry())
    loop_errors.count_send_failures(asyncio.get_running_loop(), counter)
    # Waited for and not awaited: nobody takes the failure, and the loop complains.
    await asyncio.wait([asyncio.ensure_future(transport._send_chunk(error))])
    logged = [r for r in caplog.records if "never retrieved" in r.getMessage()]
    assert (counter._value.get(), len(logged)) == (int(counted), int(not counted))
