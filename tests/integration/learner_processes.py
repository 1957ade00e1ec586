"""Learners in processes of their own, so that none is in the way of another, or of the server."""

from __future__ import annotations

import asyncio
import multiprocessing
from concurrent.futures import ProcessPoolExecutor

from rtc_server.client.learner import Learner
from rtc_server.client.options import LearnerOptions
from rtc_server.client.outcome import Outcome
from rtc_server.client.socket_learner import SocketLearner


async def follow(*all_options: LearnerOptions) -> list[Outcome]:
    """What came of each, all at once."""
    loop = asyncio.get_running_loop()
    with ProcessPoolExecutor(len(all_options), multiprocessing.get_context("spawn")) as pool:
        work = [loop.run_in_executor(pool, _follow, options) for options in all_options]
        return await asyncio.gather(*work)


def _follow(options: LearnerOptions) -> Outcome:
    async def learn() -> Outcome:
        kind = SocketLearner if options.transport == "websocket" else Learner
        return await kind(options).follow()

    return asyncio.run(learn())
