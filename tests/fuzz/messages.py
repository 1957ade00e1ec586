"""Messages on the two data channels of a real connection."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import random
from types import TracebackType
from typing import Any

from aiortc.exceptions import InvalidStateError

from tests.fuzz.driver import Wrong
from tests.fuzz.mutation import Mutator
from tests.integration.scripted_learner import Message, ScriptedLearner
from tests.paths import ROOT

ENDING = ("stop", "bye")  # tried seldom: each costs a connection
RETRY_S = 0.5
CONTRACT = ROOT / "tests" / "contracts" / "messages.json"


class LearnerKind:
    """A kind that needs a connected learner; one that was ended is followed by another."""

    settle_s = 20.0  # how long an answer may take

    def __init__(self, url: str, lesson: str = "short") -> None:
        self.url, self.lesson = url, lesson
        self._learner: ScriptedLearner | None = None
        self._pings = itertools.count(1)

    async def __aenter__(self) -> LearnerKind:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.disconnect()

    def new_learner(self) -> ScriptedLearner:
        return ScriptedLearner(self.url, self.lesson)

    async def connected(self) -> ScriptedLearner:
        """The learner, who is connected anew if they were ended."""
        if self._learner is not None and self._learner.control.readyState != "open":
            await self.disconnect()
        while self._learner is None:
            learner = self.new_learner()
            try:
                await learner.__aenter__()
                self._learner = learner
            except AssertionError:  # the address has all its places at the moment
                await learner.__aexit__(None, None, None)
                await asyncio.sleep(RETRY_S)
        return self._learner

    async def disconnect(self) -> None:
        if self._learner is not None:
            learner, self._learner = self._learner, None
            with contextlib.suppress(InvalidStateError):
                learner.send("bye")
            await learner.__aexit__(None, None, None)

    async def settle(self, learner: ScriptedLearner) -> str:
        """Wait for the answer to a ping, or for the end; return what came until then.

        :raises Wrong: the session failed.
        """
        t0_ms = float(next(self._pings))
        with contextlib.suppress(InvalidStateError):
            learner.send("ping", t0_ms=t0_ms)
        pong = asyncio.create_task(learner.wait_for(type="pong", t0_ms=t0_ms))
        closed = asyncio.create_task(learner.closed.wait())
        try:
            await asyncio.wait(
                (pong, closed), timeout=self.settle_s, return_when=asyncio.FIRST_COMPLETED
            )
            return self._outcome(learner.messages, answered=pong.done(), closed=closed.done())
        finally:
            pong.cancel()
            closed.cancel()
            learner.clear_messages()

    def _outcome(self, messages: list[Message], *, answered: bool, closed: bool) -> str:
        errors = [m["code"] for m in messages if m["type"] == "error" and m["code"] != "no_camera"]
        reason = next((m.get("reason") for m in messages if m.get("state") == "ended"), None)
        if "internal" in errors or reason == "failed":
            raise Wrong(f"the session failed: {errors} {reason}")
        if answered:
            return errors[0] if errors else "accepted"
        return f"ended {reason}" if closed else "silent"


class MessageKind(LearnerKind):
    """Messages of the contract, changed."""

    name = "messages"

    def __init__(self, url: str, lesson: str = "short") -> None:
        super().__init__(url, lesson)
        examples: list[Message] = json.loads(CONTRACT.read_text("utf-8"))["client"]["control"]
        self._texts = [json.dumps(m) for m in examples if m["type"] not in ENDING]
        self._ending = [json.dumps({"type": name}) for name in ENDING]

    def make(self, chance: random.Random) -> bytes:
        """A byte that says the channel and whether it is text, then the message."""
        mutator = Mutator(chance)
        text = chance.choice(self._ending if chance.random() < 0.003 else self._texts)
        if chance.random() < 0.2:
            text = _change_value(chance, text)
        if chance.random() < 0.9:
            text = mutator.text(text, self._texts)
        data = text.encode("utf-8", "surrogatepass")
        if chance.random() < 0.1:
            data = mutator.blob(data)
        return bytes([chance.choice(b"ccccccscb")]) + data

    async def attempt(self, data: bytes) -> str:
        learner = await self.connected()
        channel = learner.scores if data[:1] == b"s" else learner.control
        try:
            text: str | bytes = data[1:].decode() if data[:1] != b"b" else data[1:]
        except UnicodeDecodeError:
            text = data[1:]
        try:
            channel.send(text)
        except (InvalidStateError, ValueError):  # longer than the server accepts
            return "not sent"
        outcome = await self.settle(learner)
        if outcome == "silent":
            await self.disconnect()
        return outcome


def _change_value(chance: random.Random, text: str) -> str:
    """Replace the value of one field by one of another type."""
    message = json.loads(text)
    values: tuple[Any, ...] = (None, True, [], {}, "", "1", -1, 1e308, [[1]], {"a": {}}, 2**53 + 1)
    message[chance.choice(list(message))] = chance.choice(values)
    return json.dumps(message)
