"""JSON Schema (draft 2020-12) of what the server answers: of values, records and TypedDicts. Pure.

https://json-schema.org/draft/2020-12/json-schema-validation
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import NoneType, UnionType
from typing import (
    Any,
    Literal,
    NotRequired,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from rtc_server.http.requests.fields import Field, Schema

NUMBERS_AND_TEXTS: Mapping[type, str] = {
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    NoneType: "null",
}


def value(kind: str, description: str, example: Any = None, **keywords: Any) -> Schema:
    """A value of that type.

    :param keywords: of JSON Schema, such as `minimum`.
    """
    examples = {} if example is None else {"examples": [example]}
    return {"type": kind, "description": description, **keywords, **examples}


def array(items: Schema, description: str = "", **keywords: Any) -> Schema:
    """A list of such values."""
    described = {"description": description} if description else {}
    return {"type": "array", **described, "items": items, **keywords}


def record(
    description: str, properties: Mapping[str, Schema], optional: Collection[str] = ()
) -> Schema:
    """An object with these properties, which are all there except the optional ones."""
    required = [name for name in properties if name not in optional]
    return {
        "type": "object",
        **({"description": description} if description else {}),
        "properties": dict(properties),
        **({"required": required} if required else {}),
    }


def nullable(schema: Schema) -> Schema:
    """The same, or null."""
    if isinstance(schema.get("type"), str):
        enum = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
        return {**schema, "type": [schema["type"], "null"], **enum}
    return {"anyOf": [schema, {"type": "null"}]}


def ref(name: str) -> Schema:
    """A schema of the document's components."""
    return {"$ref": f"#/components/schemas/{name}"}


def describe_field(field: Field) -> Schema:
    """A field that clients send, with its description."""
    default = {} if field.default is None else {"default": field.default}
    examples = {} if field.example is None else {"examples": [field.example]}
    return {**field.schema, "description": field.description, **default, **examples}


def describe_fields(fields: Mapping[str, Field], description: str = "") -> Schema:
    """A JSON object with these fields."""
    return record(
        description,
        {name: describe_field(field) for name, field in fields.items()},
        [name for name, field in fields.items() if not field.required],
    )


def of_type(kind: Any) -> Schema:
    """The schema of a type that `protocol` uses for its messages.

    :raises TypeError: a type that has no schema here.
    """
    if kind in NUMBERS_AND_TEXTS:
        return {"type": NUMBERS_AND_TEXTS[kind]}
    if is_typeddict(kind):
        return _of_typed_dict(kind)
    parts = get_args(kind)
    origin = get_origin(kind)
    if origin is Literal:
        return {"type": "string", **({"enum": list(parts)} if parts[1:] else {"const": parts[0]})}
    if origin in (Union, UnionType):
        return _of_union([of_type(part) for part in parts if part is not NoneType], parts)
    if origin is NotRequired:
        return of_type(parts[0])
    if origin is dict:
        return {"type": "object", "additionalProperties": of_type(parts[1])}
    if origin is list or (origin is tuple and parts[1] is ...):
        return array(of_type(parts[0]))
    if origin is tuple:
        count = len(parts)
        items = [of_type(part) for part in parts]
        return {"type": "array", "prefixItems": items, "minItems": count, "maxItems": count}
    raise TypeError(f"expected a type with a JSON Schema, got {kind}")


def _of_union(schemas: list[Schema], parts: tuple[Any, ...]) -> Schema:
    schema = schemas[0] if len(schemas) == 1 else {"anyOf": schemas}
    return nullable(schema) if NoneType in parts else schema


def _of_typed_dict(kind: Any) -> Schema:
    hints = get_type_hints(kind, include_extras=True)
    # A NotRequired in a string, as all annotations are here, is not in __optional_keys__.
    absent = {name for name, hint in hints.items() if get_origin(hint) is NotRequired}
    properties = {name: of_type(hint) for name, hint in hints.items()}
    return record(kind.__doc__ or "", properties, absent | kind.__optional_keys__)
