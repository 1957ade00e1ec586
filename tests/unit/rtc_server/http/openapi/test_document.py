"""The OpenAPI document describes every route and nothing else, in valid schemas with examples."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
from aiohttp import web

from rtc_server import errors
from rtc_server.http.errors import STATUS, status_of
from rtc_server.http.openapi.document import OPERATIONS, build_document
from rtc_server.http.openapi.examples import build_example
from rtc_server.http.openapi.json_schema import of_type
from rtc_server.http.openapi.operation import EVERYWHERE, INVITED
from rtc_server.http.routes import add_routes
from rtc_server.protocol.server_messages import StateMessage
from tests.unit.rtc_server.sample_results import make_result

DOCUMENT = build_document()
COMPONENTS: dict[str, Any] = DOCUMENT["components"]["schemas"]


def served_routes() -> set[tuple[str, str]]:
    app = web.Application()
    add_routes(app)
    return {
        (route.method, route.resource.canonical)
        for route in app.router.routes()
        if route.resource is not None and not route.resource.canonical.startswith("/static/")
    }


def test_every_route_is_described_and_every_described_route_exists() -> None:
    served = {(method, path) for method, path in served_routes() if method != "HEAD"}
    described = {
        (method.upper(), path) for path, methods in DOCUMENT["paths"].items() for method in methods
    }
    assert described == served == set(OPERATIONS)


def test_a_path_names_its_parameters() -> None:
    for path, methods in DOCUMENT["paths"].items():
        for operation in methods.values():
            named = {f"{{{p['name']}}}" for p in operation["parameters"] if p["in"] == "path"}
            assert named == {part for part in path.split("/") if part.startswith("{")}


def test_where_an_empty_value_is_like_none_the_document_says_so() -> None:
    upload = DOCUMENT["paths"]["/api/lessons"]["post"]["parameters"]
    assert [p["name"] for p in upload if p.get("allowEmptyValue")] == [p["name"] for p in upload]
    history = DOCUMENT["paths"]["/api/history"]["get"]["parameters"]
    assert not any(p.get("allowEmptyValue") for p in history)


def test_operations_have_ids_of_their_own() -> None:
    ids = [operation.id for operation in OPERATIONS.values()]
    assert len(set(ids)) == len(ids)


def test_addresses_are_relative_so_that_they_hold_behind_a_proxy() -> None:
    assert [server["url"] for server in DOCUMENT["servers"]] == ["/"]


def test_every_error_that_a_request_causes_is_described() -> None:
    described = {
        error
        for operation in OPERATIONS.values()
        for error in (*operation.errors, *INVITED[operation.rule])
    }
    caused = {error for error, status in STATUS.items() if status != 500}
    assert caused <= described | {*EVERYWHERE}
    assert {error for error in described if status_of(error) == 500} == {errors.BrokenLesson}


def schemas_in(part: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every schema of a part of the document, and where it is."""
    if isinstance(part, dict):
        for key, inner in part.items():
            if key == "schema":
                yield f"{path}/schema", inner
            yield from schemas_in(inner, f"{path}/{key}")
    elif isinstance(part, list):
        for k, inner in enumerate(part):
            yield from schemas_in(inner, f"{path}/{k}")


SCHEMAS = dict(schemas_in(DOCUMENT["paths"])) | {f"/{n}": s for n, s in COMPONENTS.items()}


def validator(schema: dict[str, Any]) -> Any:
    return jsonschema_rs.Draft202012Validator({**schema, "components": DOCUMENT["components"]})


@pytest.mark.parametrize("place", SCHEMAS)
def test_a_schema_is_valid_and_so_is_its_example(place: str) -> None:
    schema = SCHEMAS[place]
    jsonschema_rs.meta.validate(schema)
    example = build_example(schema, DOCUMENT)
    if example is not None:
        validator(schema).validate(example)


def test_json_has_examples() -> None:
    for operation in OPERATIONS.values():
        for response in operation.responses.values():
            schema = response.content.get("application/json")
            if schema and operation.id != "getDescription":
                assert build_example(schema, DOCUMENT) is not None, operation.id


def test_every_other_response_is_a_problem_with_an_example() -> None:
    for (method, path), operation in OPERATIONS.items():
        responses = DOCUMENT["paths"][path][method.lower()]["responses"]
        for status in set(responses) - set(map(str, operation.responses)):
            media = responses[status]["content"]["application/problem+json"]
            validator(media["schema"]).validate(media["example"])


def test_results_are_as_described() -> None:
    now, then = make_result(2), make_result(1)
    validator(COMPONENTS["Report"]).validate(now.to_report(then))
    validator(COMPONENTS["Report"]).validate(now.to_report(None))
    validator(COMPONENTS["Line"]).validate(now.to_list_item())
    export = {"learner": "Ann", "results": [json.loads(json.dumps(now.to_export()))]}
    validator(COMPONENTS["Export"]).validate(export)


@pytest.mark.parametrize(
    ("field", "value", "is_valid"),
    [
        ("state", "ready", True),
        ("state", "away", False),
        ("countdown_s", 3, True),
        ("countdown_s", None, False),
        ("reason", "connection", True),
        ("loop", [4.0, 8.5], True),
        ("loop", None, True),
        ("loop", 4.0, False),
    ],
)
def test_the_schema_of_a_message_is_its_type(field: str, value: Any, is_valid: bool) -> None:
    message = {"type": "state", "state": "ready", "lesson_s": 0.0, "rate": 1.0, "loop": None}
    schema = of_type(StateMessage)
    jsonschema_rs.meta.validate(schema)
    assert set(schema["required"]) == set(message)
    assert jsonschema_rs.is_valid(schema, message | {field: value}) == is_valid


def test_a_type_without_a_schema_is_refused() -> None:
    with pytest.raises(TypeError, match="expected a type with a JSON Schema"):
        of_type(set[int])
