"""A part of `make fuzz`: a few cases of each kind, always the same ones."""

from __future__ import annotations

import random
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.fuzz.__main__ import KINDS, make_kind
from tests.fuzz.containers import ContainerKind
from tests.fuzz.driver import run_cases
from tests.fuzz.report import format_table
from tests.integration.attacks.server_process import ServerProcess

pytestmark = pytest.mark.asyncio(loop_scope="module")

CASES = {"offers": 80, "fragments": 150, "messages": 200, "packets": 150, "requests": 200}
CONTAINERS = 100
SEED = 14


@pytest.mark.parametrize(("name", "cases"), CASES.items())
async def test_the_server_withstands(victim: ServerProcess, name: str, cases: int) -> None:
    async with AsyncExitStack() as stack:
        kind = await make_kind(name, victim, stack)
        report = await run_cases(kind, victim, cases, SEED)
    assert not report.is_bad, format_table([report])
    assert len(report.outcomes) > 1, report.outcomes  # some are accepted, some refused
    await victim.wait_for_sessions(0)


async def test_the_worker_withstands_containers(tmp_path: Path) -> None:
    async with ContainerKind(tmp_path) as kind:
        report = await run_cases(kind, kind, CONTAINERS, SEED)
    assert not report.is_bad, format_table([report])
    assert {"BadVideo", "decoded, with sound"} <= set(report.outcomes)


async def test_a_case_can_be_made_again(victim: ServerProcess, tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        for name in KINDS:
            kind = ContainerKind(tmp_path)
            if name != "containers":
                kind = await make_kind(name, victim, stack)
            once, again, other = (kind.make(random.Random(seed)) for seed in ("7", "7", "8"))
            assert once == again != other
