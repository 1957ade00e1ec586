"""A learner in the middle of a lesson that does not end by itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.integration.scripted_learner import Message, ScriptedLearner

PING_EVERY_S = 1.0
LESSON_S = 5.0


@asynccontextmanager
async def dancing(url: str, name: str) -> AsyncIterator[ScriptedLearner]:
    """A learner of that name who has been scored, and goes on until `finish`."""
    async with ScriptedLearner(url, learner=name) as learner:
        pings = asyncio.create_task(_ping(learner))
        try:
            learner.send("hello", protocol=1, client="reliability")
            learner.send("loop", from_s=0.0, to_s=LESSON_S)
            learner.send("start")
            await learner.wait_for_score()
            yield learner
        finally:
            pings.cancel()


async def finish(learner: ScriptedLearner) -> Message:
    """Play on to the lesson's end; return the summary."""
    learner.send("loop")
    learner.send("seek", lesson_s=LESSON_S - 0.5)
    return await learner.wait_for(type="summary")


async def score_rate(learner: ScriptedLearner, for_s: float) -> float:
    """The score messages a second that come in the next seconds; the old ones are forgotten."""
    learner.clear_messages()
    await asyncio.sleep(for_s)
    return sum(message["type"] == "score" for message in learner.messages) / for_s


async def _ping(learner: ScriptedLearner) -> None:
    while True:
        learner.send("ping", t0_ms=1000 * asyncio.get_running_loop().time())
        await asyncio.sleep(PING_EVERY_S)
