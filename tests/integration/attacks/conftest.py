"""One server process and one good learner, shared by the attacks of a file.

`make attacks` runs these tests with `--timed`: the good learner's figures are then checked, too.
Without it, as in `make test`, no assertion depends on the speed of the machine.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Protocol

import pytest
import pytest_asyncio

from tests.integration.attacks.bystander import Bystander, bystander
from tests.integration.attacks.server_process import ServerProcess, server_process

MIN_SCORES_PER_SECOND = 4.5
MAX_HEALTH_P99_MS = 100.0
MIN_TIMED_S = 5.0  # shorter than this, a rate of five a second says little
SETTLED_WITHIN_S = 10.0
# Of servers whose learners' speed is not measured: nobody is before their cameras.
QUICK = {"TANDEM_TEST_SEARCH": "96"}


class Attack(Protocol):
    """`async with attack():` around an attack; afterwards nothing of it may be left.

    With `settle=False` what is left is not checked.
    """

    def __call__(self, *, settle: bool = True) -> AbstractAsyncContextManager[Bystander]: ...


@pytest.fixture(scope="module")
def victim_settings(request: pytest.FixtureRequest) -> Mapping[str, str]:
    """Environment variables of the attacked server."""
    return {} if request.config.getoption("--timed") else QUICK


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def victim(
    store_with_demo: Path,
    tmp_path_factory: pytest.TempPathFactory,
    victim_settings: Mapping[str, str],
) -> AsyncIterator[ServerProcess]:
    """The attacked server."""
    folder = tmp_path_factory.mktemp("victim")
    async with server_process(store_with_demo, folder, victim_settings) as server:
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def good_learner(
    victim: ServerProcess, request: pytest.FixtureRequest
) -> AsyncIterator[Bystander]:
    """A learner who is in the middle of a lesson during all attacks of the file."""
    async with bystander(victim.url, timed=request.config.getoption("--timed")) as seen:
        yield seen


@pytest.fixture
def attack(
    victim: ServerProcess, good_learner: Bystander, request: pytest.FixtureRequest
) -> Attack:
    """Surrounds an attack with what must hold for all of them."""
    timed = request.config.getoption("--timed")

    @asynccontextmanager
    async def run(*, settle: bool = True) -> AsyncIterator[Bystander]:
        before = await victim.metrics()
        began_s = time.monotonic()
        yield good_learner
        if timed:
            await asyncio.sleep(max(0.0, MIN_TIMED_S - (time.monotonic() - began_s)))
        ended_s = time.monotonic()
        assert victim.is_alive, victim.log.read_text()[-2000:]
        await good_learner.wait_for_scores()
        if timed:
            rate = good_learner.scores_per_second(began_s, ended_s)
            p99_ms = good_learner.health_p99_ms(began_s, ended_s)
            print(f"{request.node.name}: {rate:.2f} scores/s, /healthz p99 {p99_ms:.0f} ms")
            assert rate >= MIN_SCORES_PER_SECOND
            assert p99_ms < MAX_HEALTH_P99_MS
        if settle:
            await _check_nothing_is_left(victim, before, timed=timed)

    return run


async def _check_nothing_is_left(
    victim: ServerProcess, before: dict[str, float], *, timed: bool
) -> None:
    """The attacker's sessions, tasks, threads and descriptors are gone."""
    began_s = time.monotonic()
    await victim.wait_for_sessions(1)  # the good learner's
    names = ("tandem_tasks", 'tandem_threads{of="sessions"}', "process_open_fds")
    for name in names:
        while (await victim.metrics())[name] > before[name] + 1:  # the request for the metrics
            assert time.monotonic() - began_s < 6 * SETTLED_WITHIN_S, f"{name} stays high"
            await asyncio.sleep(0.2)
    if timed:
        assert time.monotonic() - began_s < SETTLED_WITHIN_S
