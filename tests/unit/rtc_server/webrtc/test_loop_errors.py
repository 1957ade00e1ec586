import asyncio
from typing import Any

import pytest

from rtc_server.metrics import Metrics
from rtc_server.repeated_lines import RepeatedLines
from rtc_server.webrtc import loop_errors


class RTCSctpTransport:
    """Has the name of aiortc's transport, whose tasks fail."""

    async def _send_chunk(self, error: Exception) -> None:
        raise error


class Other:
    async def _send_chunk(self, error: Exception) -> None:
        raise error


def in_library(name: str, error: Exception) -> Any:
    """A coroutine function of a module of that name, which fails."""
    names: dict[str, Any] = {"__name__": name, "error": error}
    exec("async def fail():\n    raise error", names)
    return names["fail"]


async def fail(coroutine: Any) -> None:
    """Waited for and not awaited: nobody takes the failure, and the loop complains."""
    await asyncio.wait([asyncio.ensure_future(coroutine)])


@pytest.fixture
async def metrics() -> Any:
    loop = asyncio.get_running_loop()
    metrics = Metrics()
    loop_errors.count_failures(loop, metrics)
    yield metrics
    loop.set_exception_handler(None)


@pytest.mark.parametrize(
    ("transport", "error", "counted"),
    [
        (RTCSctpTransport(), ConnectionError("gone"), True),
        (RTCSctpTransport(), ValueError("broken"), False),
        (Other(), ConnectionError("of ours"), False),
    ],
)
async def test_only_failures_to_send_to_a_disconnected_learner_are_counted_and_not_logged(
    transport: Any,
    error: Exception,
    counted: bool,
    metrics: Metrics,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await fail(transport._send_chunk(error))
    logged = [r for r in caplog.records if "never retrieved" in r.getMessage()]
    assert (metrics.messages_unsent._value.get(), len(logged)) == (int(counted), int(not counted))


@pytest.mark.parametrize("module", ["aiortc.rtcpeerconnection", "aioice.ice"])
async def test_failures_of_a_library_are_counted_and_one_line_a_minute_for_each_place(
    module: str, metrics: Metrics, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.handler.addFilter(lines := RepeatedLines())
    for _ in range(3):
        await fail(in_library(module, ValueError("x" * 1000))())
    caplog.handler.removeFilter(lines)
    (logged,) = caplog.records
    assert f"{module}:2" in logged.getMessage()
    assert len(logged.getMessage()) < 200
    assert logged.exc_info is None
    assert metrics.aiortc_failures.labels(error="ValueError")._value.get() == 3


async def test_failures_of_a_callback_of_a_library_are_counted(
    metrics: Metrics, caplog: pytest.LogCaptureFixture
) -> None:
    coroutine = in_library("aiortc.x", KeyError("k"))
    asyncio.get_running_loop().call_soon(lambda: coroutine().send(None))
    await asyncio.sleep(0)
    assert metrics.aiortc_failures.labels(error="KeyError")._value.get() == 1
    assert caplog.records[0].exc_info is None
