"""HTTP routes of results: a learner's history, leaderboards, reports, export and deletion.

There are no accounts: anybody who knows a name could read and delete what is stored under it.
Therefore these routes answer only the operator (`access`), who can open them to everybody. Where
the server asks for invitations, results belong to who was invited, and teachers see all.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from aiohttp import web

from rtc_server import audit
from rtc_server.errors import HistoryUnavailable, UnknownSession
from rtc_server.history.export import WRITERS
from rtc_server.history.results import CURSOR, Cursor, Result, parse_learner_name
from rtc_server.http import audit_log
from rtc_server.http.access import (
    find_session_owner,
    is_history_open,
    require_history_open,
    require_own_name,
)
from rtc_server.http.app_keys import HISTORY, LESSONS, SESSIONS
from rtc_server.http.requests.fields import Query, choice, integer, text
from rtc_server.http.requests.parameters import LEARNER

if TYPE_CHECKING:
    from rtc_server.history.store import ResultStore

logger = logging.getLogger(__name__)

MAX_LIMIT = 100  # results in one answer
HISTORY_QUERY = Query(
    {
        "learner": LEARNER,
        "lesson": text("Only results of this lesson.", required=False, example="demo"),
        "limit": integer(
            *("How many results to give at most.", 1, MAX_LIMIT), required=False, default=50
        ),
        "cursor": text(
            "The `next` of an earlier answer, to go on from there.",
            "the `next` of an earlier answer",
            pattern=CURSOR.pattern,
            required=False,
            convert=Cursor.parse,
            example="1781250000000-5b8f0c2a9d3e4f61",
        ),
    }
)
EXPORT_QUERY = Query(
    {
        "format": choice(
            "The file's format.",
            tuple(WRITERS),
            expected=" or ".join(WRITERS),
            required=False,
            default="json",
            example="csv",
        )
    }
)

routes = web.RouteTableDef()


@routes.get("/api/history")
async def list_results(request: web.Request) -> web.Response:
    """A learner's results, the newest first, with a cursor for the next page."""
    owner = await require_history_open(request)
    query = HISTORY_QUERY.parse(request.query)
    require_own_name(request, query["learner"])
    page = await request.app[HISTORY].run_sync(
        lambda store: store.get_page(
            *(query["learner"], query["lesson"], query["limit"], query["cursor"]), owner
        )
    )
    _record(request, "read", query["learner"], what="history")
    return web.json_response(
        {
            "learner": query["learner"],
            "results": [result.to_list_item() for result in page.results],
            "next": None if page.next is None else str(page.next),
        }
    )


@routes.get("/api/history/{id}")
async def get_report(request: web.Request) -> web.Response:
    """The report of a stored result."""
    owner = await require_history_open(request)
    id = request.match_info["id"]
    result = await request.app[HISTORY].run_sync(lambda store: store.get(id, owner))
    _record(request, "read", result.learner, what="report")
    return await _report(request, result)


@routes.get("/api/sessions/{id}/report")
async def get_session_report(request: web.Request) -> web.Response:
    """The report of a session: so far, after its end, or from before the server's last start.

    Everybody who knows the session's id may ask; it is a secret of the learner.
    """
    id, owner = request.match_info["id"], find_session_owner(request)
    history = request.app[HISTORY]
    try:
        result = await request.app[SESSIONS].result(id, owner)
    except UnknownSession:
        if not history.enabled:
            raise
        result = await history.run_sync(lambda store: store.get_by_session(id, owner))
    return await _report(request, result)


@routes.get("/api/lessons/{id}/leaderboard")
async def get_leaderboard(request: web.Request) -> web.Response:
    """The best complete and graded result of each learner; an invited one sees their own place."""
    owner = await require_history_open(request)
    lesson = await request.app[LESSONS].get(request.match_info["id"])
    best = await request.app[HISTORY].run_sync(lambda store: store.get_leaderboard(lesson.id))
    _record(request, "read", None, what="leaderboard", lesson=lesson.id)
    return web.json_response(
        {
            "lesson": {"id": lesson.id, "title": lesson.title},
            "entries": [
                {"place": k, **result.to_list_item()}
                for k, result in enumerate(best, 1)
                if owner in (None, result.owner)
            ],
        }
    )


@routes.get("/api/learners/{name}/export")
async def export_results(request: web.Request) -> web.StreamResponse:
    """Everything that is stored under a name, as a file: JSON, or CSV with `?format=csv`."""
    owner = await require_history_open(request)
    learner = parse_learner_name(request.match_info["name"])
    require_own_name(request, learner)
    kind = EXPORT_QUERY.parse(request.query)["format"]
    writer = WRITERS[kind](learner)

    async def read_page(after: Cursor | None) -> tuple[bytes, Cursor | None]:
        def read(store: ResultStore) -> tuple[bytes, Cursor | None]:
            page = store.get_page(learner, None, MAX_LIMIT, after, owner)
            return "".join(map(writer.item, page.results)).encode(), page.next

        return await request.app[HISTORY].run_sync(read)

    text, after = await read_page(None)
    _record(request, "exported", learner, format=kind)
    headers = {"Content-Disposition": f'attachment; filename="tandem-results.{kind}"'}
    response = web.StreamResponse(headers=headers)
    response.content_type = writer.content_type
    response.charset = "utf-8"
    await response.prepare(request)
    await response.write(writer.header().encode() + text)
    while after is not None:
        try:
            text, after = await read_page(after)
        except HistoryUnavailable:
            _abort(request)
            return response
        await response.write(text)
    await response.write(writer.footer().encode())
    await response.write_eof()
    return response


@routes.delete("/api/learners/{name}")
async def delete_results(request: web.Request) -> web.Response:
    """Delete everything that is stored under a name."""
    owner = await require_history_open(request)
    learner = parse_learner_name(request.match_info["name"])
    require_own_name(request, learner)
    await request.app[SESSIONS].delete_learner(learner, owner)
    _record(request, "deleted", learner)
    return web.Response(status=204)


def _record(request: web.Request, action: str, learner: str | None, **fields: object) -> None:
    audit_log.record(request, action, learner=audit.tag_name(learner), **fields)


async def _report(request: web.Request, result: Result) -> web.Response:
    """The report, with the change since the last result of that name for who may read it by name.

    Anybody can dance under a name, and would otherwise learn the score before.
    """
    may_compare = await is_history_open(request)
    before = await request.app[HISTORY].get_previous(result) if may_compare else None
    return web.json_response(result.to_report(before))


def _abort(request: web.Request) -> None:
    """Break the connection off, so that the client does not take half a file for the whole."""
    logger.error("an export broke off: the database stopped answering")
    if request.transport is not None:
        request.transport.abort()
