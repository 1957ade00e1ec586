import asyncio
from typing import Any

from prometheus_client import CollectorRegistry, Counter

from rtc_server import strays


class RTCSctpTransport:
    """Named as aiortc's, whose tasks they are."""

    async def _send_chunk(self, error: Exception) -> None:
        raise error


async def complaints_of(transport: Any, error: Exception) -> tuple[float, list[dict[str, Any]]]:
    """How many were counted, and what else the loop had to say, of a task that nobody awaits."""
    loop, told = asyncio.get_running_loop(), list[dict[str, Any]]()
    counter = Counter("unsent", "", registry=CollectorRegistry())
    strays.count_unsent(loop, counter)
    loop.default_exception_handler = told.append  # type: ignore[method-assign]
    task = asyncio.ensure_future(transport._send_chunk(error))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    del task
    return counter._value.get(), told


async def test_what_could_not_be_sent_to_somebody_gone_is_counted_not_logged() -> None:
    assert await complaints_of(RTCSctpTransport(), ConnectionError("gone")) == (1, [])


async def test_every_other_failure_is_logged_as_ever() -> None:
    counted, told = await complaints_of(RTCSctpTransport(), ValueError("broken"))
    assert counted == 0 and [str(c["exception"]) for c in told] == ["broken"]

    class Other(RTCSctpTransport):
        async def _send_chunk(self, error: Exception) -> None:
            raise error

    counted, told = await complaints_of(Other(), ConnectionError("of ours"))
    assert counted == 0 and len(told) == 1
