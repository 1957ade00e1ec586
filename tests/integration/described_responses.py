"""Compares every response of a server in these tests with the OpenAPI document."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import jsonschema_rs
import pytest
from aiohttp import web

from rtc_server.http.openapi.document import build_document

METHOD_NOT_ALLOWED = 405  # of any path, and so of no operation


@contextmanager
def check_responses(app: web.Application) -> Iterator[None]:
    """Fail at the block's end if a response was not as described.

    Begin it before the application is started.
    """
    wrong: list[str] = []
    failures = _Tracebacks()

    async def check(request: web.Request, response: web.StreamResponse) -> None:
        if reason := why_not_described(request, response):
            wrong.append(f"{request.method} {request.path}: {reason}")

    app.on_response_prepare.append(check)
    with failures:
        yield
    if wrong:
        lines = ["not as the OpenAPI document says:", *wrong, *failures.texts]
        pytest.fail("\n".join(lines), pytrace=False)


class _Tracebacks(logging.Handler):
    """What the server logged of errors that nothing else took: they become a plain 500."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.texts: list[str] = []
        self._logger = logging.getLogger("rtc_server.http.errors")

    def __enter__(self) -> None:
        self._logger.addHandler(self)

    def __exit__(self, *_: object) -> None:
        self._logger.removeHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(logging.Formatter().format(record))


def why_not_described(request: web.Request, response: web.StreamResponse) -> str | None:
    """What of a response the document does not describe; None if it is as described."""
    resource = request.match_info.route.resource
    methods = build_document()["paths"].get(resource.canonical if resource else "", {})
    operation = methods.get(request.method.lower())
    if operation is None or response.status == METHOD_NOT_ALLOWED:
        return None
    described = operation["responses"].get(str(response.status))
    if described is None:
        return f"status {response.status}"
    content = described.get("content", {})
    body = response.body if isinstance(response, web.Response) else None
    if not content or body == b"":
        return None
    kinds = (response.content_type, f"{response.content_type.partition('/')[0]}/*")
    kind = next((kind for kind in kinds if kind in content), None)
    if kind is None:
        return f"{response.content_type} of status {response.status}"
    if kind.endswith("json") and isinstance(body, bytes):
        return _why_unfit(json.dumps(content[kind]["schema"]), json.loads(body))
    return None


def _why_unfit(schema: str, body: Any) -> str | None:
    error = next(_validator(schema).iter_errors(body), None)
    return f"{error.message} at {error.instance_path}" if error else None


@cache
def _validator(schema: str) -> Any:
    components = {"components": build_document()["components"]}
    return jsonschema_rs.Draft202012Validator({**json.loads(schema), **components})
