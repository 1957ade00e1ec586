"""The results of sessions on a host, until the front has them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from rtc_server.cluster.reports import NumberedResult
from rtc_server.history.results import Result

SAVE_TIMEOUT_S = 5.0  # how long the end of a session waits for the front to have its result
MAX_RESULTS = 256


class HostResults:
    """The `ResultSink` of a host: the front takes the results and keeps them."""

    enabled = False  # the front deletes

    def __init__(self, on_added: Callable[[NumberedResult], None] = lambda _: None) -> None:
        """:param on_added: told of each."""
        self.on_added = on_added
        self._numbers = 0
        self._waiting: dict[int, tuple[Result, asyncio.Future[None]]] = {}
        self.added = asyncio.Event()

    def __len__(self) -> int:
        return len(self._waiting)

    async def save(self, result: Result) -> None:
        """Wait until the front has kept the result, which a full history may delay."""
        saved = asyncio.get_running_loop().create_future()
        self._numbers += 1
        self._waiting[self._numbers] = result, saved
        while len(self._waiting) > MAX_RESULTS:
            del self._waiting[next(iter(self._waiting))]
        self.on_added(NumberedResult(self._numbers, result))
        self.added.set()
        await asyncio.wait({saved}, timeout=SAVE_TIMEOUT_S)

    async def delete_learner(self, learner: str, owner: str | None = None) -> int:  # noqa: ARG002
        """Nothing is kept here."""
        return 0

    def on_kept(self, numbers: Iterable[int]) -> None:
        """The front has these results."""
        for number in numbers:
            if (waiting := self._waiting.pop(number, None)) and not waiting[1].done():
                waiting[1].set_result(None)

    def list_waiting(self) -> tuple[NumberedResult, ...]:
        """Those that the front has not confirmed."""
        self.added.clear()
        return tuple(NumberedResult(number, one) for number, (one, _) in self._waiting.items())
