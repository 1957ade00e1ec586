"""Attacks over plain HTTP: connections that are kept, and requests that are no requests."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio

from rtc_server.http.connections.listener import raise_descriptor_limit
from tests.integration.attacks.conftest import Attack
from tests.integration.attacks.malformed_requests import (
    HOST,
    MALFORMED,
    TO_SESSIONS,
    VIDEO,
    get,
)
from tests.integration.attacks.server_process import ServerProcess, server_process
from tests.waiting import PATIENCE_S

pytestmark = pytest.mark.asyncio(loop_scope="module")

DESCRIPTORS = 1024
MANY = 1100  # more connections than the server may have descriptors
SOME = 300  # more than one address may have
HALF = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Half: "
HALF_BODY = get(
    b"/api/sessions", b"Content-Type: application/json\r\nContent-Length: 999\r\n", b"POST"
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def victim(
    store_with_demo: Path,
    tmp_path_factory: pytest.TempPathFactory,
    victim_settings: Mapping[str, str],
) -> AsyncIterator[ServerProcess]:
    """A server with as many descriptors as most systems give."""
    limit = ("sh", "-c", f'ulimit -n {DESCRIPTORS} && exec "$@"', "sh")
    folder = tmp_path_factory.mktemp("victim")
    async with server_process(store_with_demo, folder, victim_settings, limit) as server:
        yield server


@asynccontextmanager
async def connections(
    victim: ServerProcess, data: bytes, count: int
) -> AsyncIterator[list[asyncio.StreamReader]]:
    """So many clients that have sent `data` and do nothing more."""
    count = min(count, raise_descriptor_limit() - 200)
    writers, readers = [], []
    for _ in range(count):
        try:
            # A small buffer: nothing is read that the test does not ask for.
            reader, writer = await asyncio.open_connection("127.0.0.1", victim.port, limit=64)
            writer.write(data)
        except ConnectionError:
            continue
        writers.append(writer)
        readers.append(reader)
    try:
        yield readers
    finally:
        for writer in writers:
            writer.transport.abort()
        await asyncio.sleep(0)


async def check_it_answers(victim: ServerProcess, times: int = 3) -> None:
    """The server answers clients that connect now."""
    for _ in range(times):
        await victim.metrics()


@pytest.mark.parametrize(
    ("data", "count"),
    [
        pytest.param(HALF, MANY, id="half a head"),
        pytest.param(b"", SOME, id="silent"),
        pytest.param(HALF_BODY + b"{", SOME, id="half a body"),
        pytest.param(get(b"/healthz") + HALF, SOME, id="half after a whole one"),
        pytest.param(get(VIDEO), SOME, id="no reader"),
        pytest.param(get(VIDEO) * 100, SOME, id="no reader of many"),
    ],
)
async def test_connections_that_are_kept_do_not_make_the_server_deaf(
    attack: Attack, victim: ServerProcess, data: bytes, count: int
) -> None:
    before = await victim.metrics()
    log_bytes = victim.log.stat().st_size
    async with attack():
        async with connections(victim, data, count):
            # An address has so many places. Who comes after that takes the place of one who has
            # waited for half a second, or gets none: the test may be faster than that.
            await wait_for_turned_away(victim, before, 100)
            await check_it_answers(victim)
            assert (await victim.metrics())["process_open_fds"] < DESCRIPTORS / 2
        assert victim.log.stat().st_size - log_bytes < 2000


async def test_who_sends_nothing_more_is_cut_off(attack: Attack, victim: ServerProcess) -> None:
    before = await victim.metrics()
    async with (
        attack(),
        connections(victim, HALF, 3) as heads,
        connections(victim, HALF_BODY, 3) as bodies,
    ):
        answers = await asyncio.gather(*map(_read_all, (*heads, *bodies)))
    assert [answer.split()[1] for answer in answers] == [b"408"] * 6
    after = await victim.metrics()
    for reason in ("head", "body"):
        name = f'tandem_http_connections_cut_total{{reason="{reason}"}}'
        assert after[name] - before.get(name, 0.0) >= 3


async def test_a_malformed_request_is_answered_and_logged_in_a_line_a_minute(
    attack: Attack, victim: ServerProcess
) -> None:
    log_bytes = victim.log.stat().st_size
    async with attack():
        answers = [await _exchange(victim, request) for request in MALFORMED]
    failed = [
        (request[:120], answer)
        for request, answer in zip(MALFORMED, answers, strict=True)
        if re.match(rb"HTTP/1\.\d 5", answer)
    ]
    assert failed == []
    refused = sum(bool(re.match(rb"HTTP/1\.\d 4", answer)) for answer in answers)
    assert refused > 0.75 * len(MALFORMED)
    # That no traceback is in the log, `server_process` checks.
    assert victim.log.stat().st_size - log_bytes < 4000


async def test_a_body_in_chunks_of_a_byte_is_cut_off(attack: Attack, victim: ServerProcess) -> None:
    before = await victim.metrics()
    chunks = TO_SESSIONS + b"Transfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 40_000
    async with attack(), connections(victim, chunks, 20):
        await victim.wait_for_metric(*at_least(before, "tandem_http_connections_cut", "chunks", 20))


async def test_a_malformed_request_gets_a_sentence(victim: ServerProcess) -> None:
    answer = await _exchange(victim, b"GET / HTTP/1.1\r\nno colon\r\n\r\n", 10_000)
    assert b"application/problem+json" in answer and b"expected an HTTP/1.1 request" in answer


async def test_a_second_request_behind_a_malformed_one_is_not_served(victim: ServerProcess) -> None:
    smuggled = (
        b"POST /offer HTTP/1.1\r\n" + HOST + b"Content-Length: 2, 9\r\n\r\n{}" + get(b"/healthz")
    )
    assert b"alive" not in await _exchange(victim, smuggled, 10_000)


async def test_pipelined_requests_are_all_answered(victim: ServerProcess) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", victim.port)
    writer.write(get(b"/healthz") * 99 + get(b"/healthz", b"Connection: close\r\n"))
    async with asyncio.timeout(PATIENCE_S):
        assert (await reader.read()).count(b"alive") == 100
    writer.close()


async def wait_for_turned_away(victim: ServerProcess, before: dict[str, float], count: int) -> None:
    """Wait until so many more connections were refused or closed because there are too many."""
    names = (
        'tandem_http_connections_cut_total{reason="crowded"}',
        'tandem_http_connections_refused_total{reason="address"}',
    )
    async with asyncio.timeout(PATIENCE_S):
        while True:
            now = await victim.metrics()
            if sum(now.get(name, 0.0) - before.get(name, 0.0) for name in names) >= count:
                return
            await asyncio.sleep(0.1)


def at_least(before: dict[str, float], name: str, reason: str, more: float) -> tuple[str, float]:
    label = f'{name}_total{{reason="{reason}"}}'
    return label, before.get(label, 0.0) + more


async def _exchange(victim: ServerProcess, request: bytes, most: int = 100) -> bytes:
    """Send a request; the beginning of the answer, empty if the connection was closed."""
    reader, writer = await asyncio.open_connection("127.0.0.1", victim.port)
    try:
        writer.write(request)
        async with asyncio.timeout(PATIENCE_S):
            return await reader.read(most)
    except ConnectionError:
        return b""
    finally:
        writer.transport.abort()


async def _read_all(reader: asyncio.StreamReader) -> bytes:
    began_s, answer = time.monotonic(), b""
    async with asyncio.timeout(PATIENCE_S):
        try:
            while piece := await reader.read(1000):
                answer += piece
        except ConnectionError:
            assert answer, f"cut after {time.monotonic() - began_s:.1f} s without an answer"
    return answer
