"""Connections that cannot be accepted are counted, without a traceback each."""

from __future__ import annotations

import asyncio
import errno
import logging
from typing import Any

import pytest

from rtc_server.http.connections.listener import count_exhaustion, raise_descriptor_limit
from rtc_server.metrics import Metrics


async def test_a_lack_of_descriptors_is_counted_and_everything_else_is_passed_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    loop, metrics, others = asyncio.get_running_loop(), Metrics(), list[dict[str, Any]]()
    loop.set_exception_handler(lambda _, context: others.append(context))
    count_exhaustion(loop, metrics)
    with caplog.at_level(logging.WARNING):
        for error in (OSError(errno.EMFILE, "Too many open files"), OSError(errno.EPIPE, "")):
            loop.call_exception_handler({"message": "accept", "exception": error, "socket": None})
    assert [context["exception"].errno for context in others] == [errno.EPIPE]
    labels = {"reason": "descriptors"}
    assert metrics.registry.get_sample_value("tandem_http_connections_refused_total", labels) == 1
    assert [(record.exc_info, record.getMessage()) for record in caplog.records] == [
        (None, "cannot accept connections: Too many open files")
    ]


@pytest.mark.parametrize(("allowed", "limit"), [(20_000, 20_000), (10_240, 10_240), (0, 256)])
def test_the_limit_on_descriptors_is_raised_as_far_as_the_system_allows(
    monkeypatch: pytest.MonkeyPatch, allowed: int, limit: int
) -> None:
    resource = pytest.importorskip("resource")  # not on Windows
    now = [256, 20_000]

    def set_limit(_: int, wanted: tuple[int, int]) -> None:
        if wanted[0] > allowed:
            raise ValueError("not allowed to raise maximum limit")
        now[0] = wanted[0]

    monkeypatch.setattr(resource, "getrlimit", lambda _: tuple(now))
    monkeypatch.setattr(resource, "setrlimit", set_limit)
    assert raise_descriptor_limit() == limit
