"""HTTP: what is kept of learners: their history, leaderboards, reports, taking it out, deleting it.

There are no accounts: who knows a name may read and delete what is kept under it. So these routes
answer this machine only, unless the operator opens them.
"""

from __future__ import annotations

import logging

from aiohttp import web

from rtc_server.errors import (
    BadMessage,
    HistoryClosed,
    HistoryOff,
    HistoryUnavailable,
    UnknownSession,
)
from rtc_server.history import export as export_formats
from rtc_server.history.results import Cursor, Result, learner_name
from rtc_server.history.store import Store
from rtc_server.http import auth
from rtc_server.http.app_keys import CONFIG, HISTORY, LESSONS, SESSIONS

logger = logging.getLogger(__name__)

USUAL, MOST = 50, 100  # results in one answer

routes = web.RouteTableDef()


@routes.get("/api/history")
async def history(request: web.Request) -> web.Response:
    """A learner's results, the newest first, with a cursor to the next of them."""
    _expect_open(request)
    learner = learner_name(_query(request, "learner"))
    lesson = request.query.get("lesson")
    cursor = request.query.get("cursor")
    after = None if cursor is None else Cursor.parse(cursor)
    limit = _limit(request)
    found = await request.app[HISTORY].ask(lambda store: store.page(learner, lesson, limit, after))
    return web.json_response(
        {
            "learner": learner,
            "results": [result.line() for result in found.results],
            "next": None if found.next is None else str(found.next),
        }
    )


@routes.get("/api/history/{id}")
async def kept_report(request: web.Request) -> web.Response:
    """The report of a result in a list."""
    _expect_open(request)
    id = request.match_info["id"]
    return await _report(request, await request.app[HISTORY].ask(lambda store: store.get(id)))


@routes.get("/api/sessions/{id}/report")
async def report(request: web.Request) -> web.Response:
    """The report so far, of a session that ended, or of one before the server last started.

    Open to whoever knows the session, whose id is a secret.
    """
    id = request.match_info["id"]
    try:
        return await _report(request, request.app[SESSIONS].result(id))
    except UnknownSession:
        try:
            kept = await request.app[HISTORY].ask(lambda store: store.of_session(id))
        except HistoryOff:
            kept = None
        if kept is None:
            raise
    return await _report(request, kept)


@routes.get("/api/lessons/{id}/leaderboard")
async def leaderboard(request: web.Request) -> web.Response:
    """The best result of each learner, complete and with a grade."""
    _expect_open(request)
    lesson = await request.app[LESSONS].get(request.match_info["id"])
    best = await request.app[HISTORY].ask(lambda store: store.leaderboard(lesson.id))
    return web.json_response(
        {
            "lesson": {"id": lesson.id, "title": lesson.title},
            "entries": [{"place": k, **result.line()} for k, result in enumerate(best, 1)],
        }
    )


@routes.get("/api/learners/{name}/export")
async def export(request: web.Request) -> web.StreamResponse:
    """Everything that is kept under a name, as a file: JSON, or CSV with `?format=csv`."""
    _expect_open(request)
    learner = learner_name(request.match_info["name"])
    kind = request.query.get("format", "json")
    if kind not in export_formats.WRITERS:
        raise BadMessage(
            f"format: expected {' or '.join(export_formats.WRITERS)}, got {kind[:60]!r}"
        )
    writer = export_formats.WRITERS[kind](learner)

    async def part(after: Cursor | None) -> tuple[bytes, Cursor | None]:
        def read(store: Store) -> tuple[bytes, Cursor | None]:
            page = store.page(learner, None, MOST, after)
            return "".join(map(writer.put, page.results)).encode(), page.next

        return await request.app[HISTORY].ask(read)

    text, after = await part(None)
    headers = {"Content-Disposition": f'attachment; filename="tandem-results.{kind}"'}
    answer = web.StreamResponse(headers=headers)
    answer.content_type = writer.content_type
    answer.charset = "utf-8"
    await answer.prepare(request)
    await answer.write(writer.begin().encode() + text)
    while after is not None:
        try:
            text, after = await part(after)
        except HistoryUnavailable:
            _break_off(request)
            return answer
        await answer.write(text)
    await answer.write(writer.end().encode())
    await answer.write_eof()
    return answer


@routes.delete("/api/learners/{name}")
async def forget(request: web.Request) -> web.Response:
    """Remove everything that is kept under a name."""
    _expect_open(request)
    await request.app[SESSIONS].forget(learner_name(request.match_info["name"]))
    return web.Response(status=204)


def _expect_open(request: web.Request) -> None:
    """
    :raises HistoryClosed: whoever asks need not be the learner.
    """
    if not auth.history_is_open(request.app[CONFIG], request.headers):
        raise HistoryClosed(
            "results are closed here, for all who reach this address could read them; its operator "
            "opens them with --history-access open, or uses `run.py history`"
        )


def _query(request: web.Request, name: str) -> str:
    try:
        return request.query[name]
    except KeyError:
        raise BadMessage(f"expected ?{name}=… in the address, got none") from None


def _limit(request: web.Request) -> int:
    text = request.query.get("limit", str(USUAL))
    limit = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
    if not 1 <= limit <= MOST:
        raise BadMessage(f"limit: expected 1 to {MOST}, got {text[:60]!r}")
    return limit


async def _report(request: web.Request, result: Result) -> web.Response:
    before = await request.app[HISTORY].before(result)
    return web.json_response(result.report(before))


def _break_off(request: web.Request) -> None:
    """Let the client see that half a file is not the file."""
    logger.error("an export broke off: the database stopped answering")
    if request.transport is not None:
        request.transport.abort()
