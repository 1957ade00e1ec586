"""Inference services of one and of two workers."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.unit.rtc_server.pose.inference_harness import Harness, open_harness


@pytest.fixture
async def one_worker() -> AsyncIterator[Harness]:
    async for harness in open_harness(1):
        yield harness


@pytest.fixture
async def two_workers() -> AsyncIterator[Harness]:
    async for harness in open_harness(2):
        yield harness
