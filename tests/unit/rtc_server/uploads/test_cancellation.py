"""Cleaning up ends before a cancellation takes effect."""

import asyncio

import pytest

from rtc_server.uploads.cancellation import finish_before_cancelling


async def test_a_cancelled_task_finishes_the_work_and_is_cancelled_then() -> None:
    may_end, began, done = asyncio.Event(), asyncio.Event(), []

    async def work() -> None:
        began.set()
        await may_end.wait()
        done.append(True)

    task = asyncio.create_task(finish_before_cancelling(work()))
    await began.wait()
    task.cancel()
    await asyncio.sleep(0)
    assert not task.done()
    may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert done == [True]


async def test_an_error_of_the_work_is_raised() -> None:
    async def work() -> None:
        raise OSError("full")

    with pytest.raises(OSError, match="full"):
        await finish_before_cancelling(work())
