import asyncio
from typing import Any

import pytest
from prometheus_client import CollectorRegistry, Counter

from rtc_server.webrtc import loop_errors


class RTCSctpTransport:
    """Named as aiortc's, whose tasks they are."""

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
async def test_only_what_could_not_be_sent_to_somebody_gone_is_counted_and_not_logged(
    transport: Any, error: Exception, counted: bool, caplog: pytest.LogCaptureFixture
) -> None:
    counter = Counter("unsent", "", registry=CollectorRegistry())
    loop_errors.count_send_failures(asyncio.get_running_loop(), counter)
    # Waited for and not awaited: nobody takes the failure, and the loop complains.
    await asyncio.wait([asyncio.ensure_future(transport._send_chunk(error))])
    logged = [r for r in caplog.records if "never retrieved" in r.getMessage()]
    assert (counter._value.get(), len(logged)) == (int(counted), int(not counted))
