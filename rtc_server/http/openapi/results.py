"""The operations of results: histories, reports, leaderboards, export and deletion."""

from __future__ import annotations

from collections.abc import Mapping

from rtc_server import errors
from rtc_server.http.history import EXPORT_QUERY, HISTORY_QUERY
from rtc_server.http.openapi.json_schema import ref
from rtc_server.http.openapi.lessons import FIND, JSON
from rtc_server.http.openapi.operation import LOCAL_OR_TOKEN, Operation, SuccessResponse
from rtc_server.http.requests.fields import text
from rtc_server.http.requests.parameters import LEARNER, LESSON_ID, RESULT_ID, SESSION_ID

TAG = "Results"
BY_NAME = (
    *(*LOCAL_OR_TOKEN, errors.HistoryClosed, errors.HistoryOff),
    errors.HistoryUnavailable,
)
CLOSED = "Whether the sender may ask is in `history` of `GET /api/config`."
DISPOSITION = text("A file to save.", example='attachment; filename="tandem-results.json"')

OPERATIONS: Mapping[tuple[str, str], Operation] = {
    ("GET", "/api/history"): Operation(
        id="listResults",
        tag=TAG,
        summary="A learner's results, the newest first",
        description=CLOSED,
        query=HISTORY_QUERY,
        responses={
            200: SuccessResponse(description="Results.", content={JSON: ref("HistoryPage")})
        },
        errors=(errors.BadMessage, errors.BadLearner, *BY_NAME),
        needs_token=True,
    ),
    ("GET", "/api/history/{id}"): Operation(
        id="getResult",
        tag=TAG,
        summary="The report of a stored result",
        description=CLOSED,
        path={"id": RESULT_ID},
        responses={200: SuccessResponse(description="The report.", content={JSON: ref("Report")})},
        errors=(*BY_NAME, errors.UnknownResult),
        needs_token=True,
    ),
    ("GET", "/api/sessions/{id}/report"): Operation(
        id="getSessionReport",
        tag=TAG,
        summary="The report of a session",
        description=(
            "So far, after its end, and after a restart of the server if it was stored. Everybody "
            "who knows the session's id may ask."
        ),
        path={"id": SESSION_ID},
        responses={200: SuccessResponse(description="The report.", content={JSON: ref("Report")})},
        errors=(errors.UnknownSession, errors.UnknownResult, errors.HistoryUnavailable),
    ),
    ("GET", "/api/lessons/{id}/leaderboard"): Operation(
        id="getLeaderboard",
        tag=TAG,
        summary="The best result of each learner",
        description=f"Complete and graded ones, 20 at most. {CLOSED}",
        path={"id": LESSON_ID},
        responses={
            200: SuccessResponse(description="The leaderboard.", content={JSON: ref("Leaderboard")})
        },
        errors=(*BY_NAME, *FIND),
        needs_token=True,
    ),
    ("GET", "/api/learners/{name}/export"): Operation(
        id="exportResults",
        tag=TAG,
        summary="Everything that is stored under a name, as a file",
        description=f"A download that fails is cut off. {CLOSED}",
        path={"name": LEARNER},
        query=EXPORT_QUERY,
        responses={
            200: SuccessResponse(
                description="The file.",
                content={JSON: ref("Export"), "text/csv": {"type": "string"}},
                headers={"Content-Disposition": DISPOSITION},
            )
        },
        errors=(errors.BadMessage, errors.BadLearner, *BY_NAME),
        needs_token=True,
    ),
    ("DELETE", "/api/learners/{name}"): Operation(
        id="deleteResults",
        tag=TAG,
        summary="Delete everything that is stored under a name",
        description=f"A running session goes on without the name. {CLOSED}",
        path={"name": LEARNER},
        responses={204: SuccessResponse(description="No result has that name any more.")},
        errors=(errors.BadLearner, *BY_NAME),
        needs_token=True,
    ),
}
