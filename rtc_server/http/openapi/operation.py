"""One HTTP operation as OpenAPI describes it: what it takes, responses and refuses. Pure.

https://spec.openapis.org/oas/v3.1.1.html#operation-object
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from rtc_server.errors import TandemError, TokenNeeded, WrongHost
from rtc_server.http.auth import LocalCheckBusy
from rtc_server.http.authorization.rules import Rule
from rtc_server.http.openapi.json_schema import describe_field, describe_fields, ref
from rtc_server.http.requests.fields import Field, JsonBody, Query, Schema
from rtc_server.invitations import errors as invited

PROBLEM_TYPE = "application/problem+json"
EVERYWHERE: tuple[type[TandemError], ...] = (WrongHost,)  # before a request reaches its handler
# Of what only this machine's user or the server's token may do.
LOCAL_OR_TOKEN = (TokenNeeded, LocalCheckBusy)
INVITED: Mapping[Rule, tuple[type[TandemError], ...]] = {
    "public": (),
    "learner": (
        *(invited.InvitationNeeded, invited.BadInvitation, invited.InvitationExpired),
        *(invited.InvitationRevoked, invited.RoleNeeded, invited.OtherLessonInvited),
        *(invited.CrossSite, invited.TooManyRequests, invited.InvitationsUnavailable),
        LocalCheckBusy,
    ),
    "teacher": (
        *(invited.InvitationNeeded, invited.BadInvitation, invited.InvitationExpired),
        *(invited.InvitationRevoked, invited.RoleNeeded),
        *(invited.CrossSite, invited.TooManyRequests, invited.InvitationsUnavailable),
        LocalCheckBusy,
    ),
}
StatusOf = Callable[[type[TandemError]], int]
NO_QUERY = Query({})
BINARY: Schema = {}  # of a body that is no JSON (OpenAPI 3.1, 4.8.14.2)
RETRY_AFTER = Field(
    description="After how many seconds to try again.",
    expected="seconds",
    schema={"type": "integer"},
    example=5,
)
AUTHENTICATE = Field(
    description="How to prove who one is.", expected="text", schema={"type": "string"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SuccessResponse:
    """A response that is no problem JSON; of a file also that it has, or has not, changed."""

    description: str
    content: Mapping[str, Schema] = field(default_factory=dict)  # by media type
    headers: Mapping[str, Field] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """A method of a path."""

    id: str  # its name in programs that are generated from the document
    tag: str
    summary: str
    description: str = ""
    path: Mapping[str, Field] = field(default_factory=dict)
    query: Query = NO_QUERY
    headers: Mapping[str, Field] = field(default_factory=dict)
    bodies: Mapping[str, JsonBody | Schema] = field(default_factory=dict)  # by media type
    body_required: bool = True
    responses: Mapping[int, SuccessResponse]
    errors: tuple[type[TandemError], ...] = ()
    http_errors: Mapping[int, str] = field(default_factory=dict)  # code "http": status, sentence
    needs_token: bool = False  # of who is not local
    rule: Rule = "public"  # who may ask where the server asks for invitations

    def describe(self, status_of: StatusOf) -> dict[str, Any]:
        """The operation as an Operation Object.

        :param status_of: the HTTP status of each error.
        """
        body = {"requestBody": self._describe_body()} if self.bodies else {}
        return {
            "operationId": self.id,
            "tags": [self.tag],
            "summary": self.summary,
            **({"description": self.description} if self.description else {}),
            "parameters": self._describe_parameters(),
            **body,
            "responses": self._describe_responses() | self._describe_errors(status_of),
            **self._describe_security(),
        }

    def _describe_security(self) -> dict[str, Any]:
        """Who may ask; the empty requirement is everybody on an open server, and its operator."""
        names = ["token"] if self.needs_token else []
        if self.rule != "public":
            names = ["token", "invitation", "page"]
        return {"security": [*({name: []} for name in names), {}]} if names else {}

    def _describe_parameters(self) -> list[dict[str, Any]]:
        places = {"path": self.path, "query": self.query.fields, "header": self.headers}
        return [
            _describe_parameter(name, place, definition) | self._describe_empty(place)
            for place, fields in places.items()
            for name, definition in fields.items()
        ]

    def _describe_empty(self, place: str) -> dict[str, Any]:
        """Whether an empty value is like none; OpenAPI has this word for queries only."""
        return {"allowEmptyValue": True} if place == "query" and self.query.ignores_empty else {}

    def _describe_body(self) -> dict[str, Any]:
        return {"required": self.body_required, "content": _describe_content(self.bodies)}

    def _describe_responses(self) -> dict[str, Any]:
        return {
            str(status): {
                "description": response.description,
                **({"headers": _describe_headers(response.headers)} if response.headers else {}),
                **({"content": _describe_content(response.content)} if response.content else {}),
            }
            for status, response in self.responses.items()
        }

    def _describe_errors(self, status_of: StatusOf) -> dict[str, Any]:
        codes: defaultdict[int, dict[str, str]] = defaultdict(dict)
        for error in (*self.errors, *INVITED[self.rule], *EVERYWHERE):
            codes[status_of(error)][error.code] = _first_line(error)
        for status, sentence in self.http_errors.items():
            codes[status]["http"] = sentence
        return {str(status): _describe_problem(status, codes[status]) for status in sorted(codes)}


def _describe_parameter(name: str, place: str, definition: Field) -> dict[str, Any]:
    required = place == "path" or definition.required
    return {"name": name, "in": place, "required": required, **_describe_value(definition)}


def _describe_headers(headers: Mapping[str, Field]) -> dict[str, Any]:
    return {name: _describe_value(definition) for name, definition in headers.items()}


def _describe_value(definition: Field) -> dict[str, Any]:
    schema = dict(describe_field(definition))
    return {"description": schema.pop("description"), "schema": schema}


def _describe_content(content: Mapping[str, JsonBody | Schema]) -> dict[str, Any]:
    return {
        media_type: {"schema": describe_fields(body.fields) if isinstance(body, JsonBody) else body}
        for media_type, body in content.items()
    }


def _describe_problem(status: int, codes: Mapping[str, str]) -> dict[str, Any]:
    headers = {}
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = RETRY_AFTER
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = AUTHENTICATE
    lines = "\n".join(f"- `{code}`: {sentence}" for code, sentence in codes.items())
    own = {"status": {"const": status}, "code": {"enum": list(codes)}}
    schema = {"allOf": [ref("Problem"), {"type": "object", "properties": own}]}
    code = next(iter(codes))
    example = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": codes[code],
        "code": code,
    }
    return {
        "description": f"{HTTPStatus(status).phrase}\n\n{lines}",
        **({"headers": _describe_headers(headers)} if headers else {}),
        "content": {PROBLEM_TYPE: {"schema": schema, "example": example}},
    }


def _first_line(error: type[TandemError]) -> str:
    return (error.__doc__ or "").splitlines()[0]
