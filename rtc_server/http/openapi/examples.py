"""Composes an example of a schema from the examples of its parts. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rtc_server.http.requests.fields import Schema


def build_example(schema: Schema, document: Mapping[str, Any]) -> Any:
    """An example, or None where nothing in the schema says how one looks.

    :param document: whose components the schema refers to.
    """
    if "examples" in schema:
        return schema["examples"][0]
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return build_example(document["components"]["schemas"][name], document)
    for word in ("const", "default"):
        if word in schema:
            return schema[word]
    if "enum" in schema:
        return schema["enum"][0]
    if "properties" in schema:
        return {name: build_example(own, document) for name, own in schema["properties"].items()}
    if "items" in schema:
        item = build_example(schema["items"], document)
        return None if item is None else [item]
    return build_example(schema["anyOf"][0], document) if "anyOf" in schema else None
