"""Judges the attempts of a live class when it is over, by all that its teacher has danced."""

from __future__ import annotations

import asyncio

from rtc_server.scoring.group_attempt import GroupAttempt
from rtc_server.scoring.growing.reference import GrowingReference
from rtc_server.scoring.reference import Reference


class ClassJudge:
    """One after another, on a thread: a minute of dance takes 0.2 s."""

    def __init__(self, reference: GrowingReference) -> None:
        self._reference = reference
        self._whole: Reference | None = None
        self._judging = asyncio.Lock()

    async def judge(self, attempt: GroupAttempt) -> None:
        """Judge an attempt as one at a recorded lesson is."""
        async with self._judging:
            if self._whole is None or len(self._whole.track) != len(self._reference):
                self._whole = await asyncio.to_thread(self._reference.measure_or_none)
            if self._whole is not None:
                await asyncio.to_thread(attempt.judge, self._whole)
