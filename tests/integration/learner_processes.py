"""Learners in processes of their own, so that none is in the way of another, or of the server."""

from __future__ import annotations

import asyncio
import multiprocessing
from concurrent.futures import ProcessPoolExecutor

from rtc_server.client.learner import Learner, Outcome, Wish


async def follow(*wishes: Wish) -> list[Outcome]:
    """What came of each, all at once."""
    loop = asyncio.get_running_loop()
    with ProcessPoolExecutor(len(wishes), multiprocessing.get_context("spawn")) as pool:
        return await asyncio.gather(*(loop.run_in_executor(pool, _follow, wish) for wish in wishes))


def _follow(wish: Wish) -> Outcome:
    async def learn() -> Outcome:
        return await Learner(wish).follow()

    return asyncio.run(learn())
