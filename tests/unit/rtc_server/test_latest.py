import asyncio

import pytest

from rtc_server.latest import Closed, Latest


async def test_a_slow_reader_gets_the_newest_item() -> None:
    box = Latest[int]()
    box.put(1)
    box.put(2)
    assert await box.take() == 2
    assert (box.received, box.dropped) == (2, 1)


async def test_a_reader_waits_for_the_writer() -> None:
    box = Latest[int]()
    reader = asyncio.create_task(box.take())
    await asyncio.sleep(0)
    assert not reader.done()
    box.put(7)
    assert await reader == 7


async def test_waiting_leaves_the_item_so_that_a_newer_one_can_replace_it() -> None:
    box = Latest[int]()
    box.put(1)
    await box.wait()
    box.put(2)
    assert await box.take() == 2


async def test_wait_for_next_waits_for_the_next_item_and_leaves_it() -> None:
    box: Latest[int] = Latest()
    box.put(1)
    waiting = asyncio.create_task(box.wait_for_next())
    await asyncio.sleep(0)
    assert not waiting.done()
    box.put(2)
    await waiting
    assert (await box.take(), box.dropped) == (2, 1)
    box.close()
    with pytest.raises(Closed):
        await box.wait_for_next()


async def test_take_newest_takes_the_item_that_is_there_if_any() -> None:
    box = Latest[int]()
    assert box.take_newest() is None
    box.put(1)
    box.close()
    assert box.take_newest() == 1
    assert box.take_newest() is None


async def test_close_wakes_a_waiting_reader() -> None:
    box = Latest[int]()
    reader = asyncio.create_task(box.take())
    await asyncio.sleep(0)
    box.close()
    with pytest.raises(Closed):
        await reader


async def test_an_item_put_before_closing_can_still_be_taken() -> None:
    box = Latest[int]()
    box.put(1)
    box.close()
    assert await box.take() == 1
    with pytest.raises(Closed):
        await box.take()
