"""The operations of the server itself: the page, its configuration, health and metrics."""

from __future__ import annotations

from collections.abc import Mapping

from rtc_server.errors import NotReady, Unhealthy
from rtc_server.http.openapi.files import CONDITIONS, file_responses
from rtc_server.http.openapi.json_schema import record, ref, value
from rtc_server.http.openapi.operation import BINARY, LOCAL_OR_TOKEN, Operation, SuccessResponse

TAG = "Server"


def _status(name: str) -> Mapping[str, object]:
    return record("", {"status": value("string", "", name, const=name)})


OPERATIONS: Mapping[tuple[str, str], Operation] = {
    ("GET", "/"): Operation(
        id="getPage",
        tag=TAG,
        summary="The page",
        headers=CONDITIONS,
        responses=file_responses("The page.", {"text/html": BINARY}),
    ),
    ("GET", "/api/config"): Operation(
        id="getConfig",
        tag=TAG,
        summary="What a client has to know of this server",
        responses={
            200: SuccessResponse(
                description="The configuration; without an invitation that is needed, only that.",
                content={"application/json": {"anyOf": [ref("Config"), ref("Uninvited")]}},
            )
        },
    ),
    ("GET", "/api/openapi.json"): Operation(
        id="getDescription",
        tag=TAG,
        summary="This description",
        description="An OpenAPI 3.1 document, made of the definitions that check requests.",
        responses={
            200: SuccessResponse(
                description="The document.",
                content={"application/json": {"type": "object"}},
            )
        },
    ),
    ("GET", "/api/docs"): Operation(
        id="getDescriptionPage",
        tag=TAG,
        summary="This description, for people",
        responses={200: SuccessResponse(description="A page.", content={"text/html": BINARY})},
    ),
    ("GET", "/healthz"): Operation(
        id="getHealth",
        tag=TAG,
        summary="Whether the server lives",
        responses={
            200: SuccessResponse(
                description="It does.", content={"application/json": _status("alive")}
            )
        },
        errors=(Unhealthy,),
    ),
    ("GET", "/readyz"): Operation(
        id="getReadiness",
        tag=TAG,
        summary="Whether learners may connect",
        description="That is when the pose models are warm and the lessons are loaded.",
        responses={
            200: SuccessResponse(
                description="They may.", content={"application/json": _status("ready")}
            )
        },
        errors=(NotReady,),
    ),
    ("GET", "/metrics"): Operation(
        id="getMetrics",
        tag=TAG,
        summary="Metrics for Prometheus",
        description="For programs of the server's user on its machine, and for who has the token.",
        responses={
            200: SuccessResponse(
                description="Prometheus' text format.", content={"text/plain": {"type": "string"}}
            )
        },
        errors=LOCAL_OR_TOKEN,
        needs_token=True,
    ),
}
