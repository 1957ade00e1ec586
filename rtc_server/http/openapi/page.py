"""A readable page of an OpenAPI document: plain HTML without a script. Pure.

It contains no inline style either, so that it works under a strict Content-Security-Policy.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from typing import Any

from rtc_server.http.openapi.examples import build_example

Part = Mapping[str, Any]  # of the document
REF = re.compile(r"#/components/schemas/(\w+)")
HEAD = """<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="dark">
  <meta name="theme-color" content="#0c0e14">
  <title>Tandem's HTTP API</title>
  <link rel="icon" href="/static/icon.svg" type="image/svg+xml">
  <link rel="stylesheet" href="/static/css/style.css">
  <link rel="stylesheet" href="/static/css/api.css">
</head>
"""


def render_page(document: Part) -> str:
    """The page of a document that `build_document` made."""
    operations = list(_list_operations(document))
    sections = "".join(
        f'<section class="group" aria-labelledby="{_anchor(tag["name"])}">'
        f'<h2 id="{_anchor(tag["name"])}">{escape(tag["name"])}</h2>'
        f"{_paragraphs(tag['description'])}"
        + "".join(
            _operation(method, path, operation, document)
            for method, path, operation in operations
            if tag["name"] in operation["tags"]
        )
        + "</section>"
        for tag in document["tags"]
    )
    return (
        f'{HEAD}<body class="api"><a class="skip" href="#content">Skip to the routes</a>'
        f"{_introduction(document)}{_navigation(document, operations)}"
        f'<main id="content">{sections}{_schemas(document)}</main>'
        "</body></html>\n"
    )


def _list_operations(document: Part) -> Iterator[tuple[str, str, Part]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def _introduction(document: Part) -> str:
    info = document["info"]
    return (
        f'<header><p class="wordmark"><a href="/">{escape(info["title"])}</a></p>'
        f"<h1>HTTP API</h1>{_paragraphs(info['description'], 'lead')}"
        f'<p class="quiet">Version {escape(info["version"])} · '
        '<a href="/api/openapi.json">OpenAPI 3.1 document</a></p></header>'
    )


def _navigation(document: Part, operations: Iterable[tuple[str, str, Part]]) -> str:
    groups = []
    for tag in document["tags"]:
        links = "".join(
            f'<li><a href="#{operation["operationId"]}">{_method(method)}'
            f"<code>{_breakable(path)}</code></a></li>"
            for method, path, operation in operations
            if tag["name"] in operation["tags"]
        )
        groups.append(
            f'<a class="group-link" href="#{_anchor(tag["name"])}">{escape(tag["name"])}</a>'
            f"<ul>{links}</ul>"
        )
    groups.append('<a class="group-link" href="#schemas">Schemas</a>')
    return f'<nav aria-label="Routes">{"".join(groups)}</nav>'


def _operation(method: str, path: str, operation: Part, document: Part) -> str:
    token = operation.get("security") and (
        '<p class="token">Takes the server’s token, unless the sender is local: '
        "<code>Authorization: Bearer …</code></p>"
    )
    return (
        f'<article id="{operation["operationId"]}"><h3>{_method(method)}'
        f"<code>{_breakable(path)}</code></h3>"
        f'<p class="summary-line">{_inline(operation["summary"])}</p>'
        f"{_paragraphs(operation.get('description', ''))}{token or ''}"
        f"{_parameters(operation['parameters'])}"
        f"{_body(operation.get('requestBody'), document)}"
        f"{_responses(operation['responses'], document)}</article>"
    )


def _parameters(parameters: Iterable[Part]) -> str:
    rows = "".join(
        _row(p["name"], p["schema"], p["description"], p["required"], f"in the {p['in']}")
        for p in parameters
    )
    return f'<h4>Parameters</h4><dl class="fields">{rows}</dl>' if rows else ""


def _body(body: Part | None, document: Part) -> str:
    if body is None:
        return ""
    note = "" if body["required"] else ' <span class="quiet">optional</span>'
    return f"<h4>Body{note}</h4>{_content(body['content'], document)}"


def _responses(responses: Part, document: Part) -> str:
    items = []
    for status, response in responses.items():
        title, _, rest = response["description"].partition("\n\n")
        kind = "success" if status < "300" else "note" if status < "400" else "failure"
        headers = "".join(
            _row(name, header["schema"], header["description"], True, "header")
            for name, header in response.get("headers", {}).items()
        )
        items.append(
            f'<details class="response {kind}"><summary><strong>{status}</strong> '
            f"{_inline(title)}</summary>{_paragraphs(rest)}"
            + (f'<dl class="fields">{headers}</dl>' if headers else "")
            + f"{_content(response.get('content', {}), document)}</details>"
        )
    return f"<h4>Responses</h4>{''.join(items)}"


def _content(content: Part, document: Part) -> str:
    return "".join(
        f'<p class="media-type"><code>{escape(media_type)}</code>{_link(media["schema"])}</p>'
        f"{_fields(media['schema'])}{_example(media, document)}"
        for media_type, media in content.items()
    )


def _link(schema: Part) -> str:
    """A link to the schema where it is one of the components, or a list of one."""
    if "allOf" in schema:
        return _link(schema["allOf"][0])
    name = _type(schema)
    return f" {name}" if "<a " in name else ""


def _example(media: Part, document: Part) -> str:
    example = media.get("example", build_example(media["schema"], document))
    if example is None:
        return ""
    text = (
        example if isinstance(example, str) else json.dumps(example, indent=2, ensure_ascii=False)
    )
    return f'<pre tabindex="0" aria-label="Example">{escape(text)}</pre>'


def _schemas(document: Part) -> str:
    items = "".join(
        f'<article id="schema-{name}"><h3>{name}</h3>{_paragraphs(schema["description"])}'
        f"{_fields(schema)}</article>"
        for name, schema in document["components"]["schemas"].items()
    )
    return (
        '<section class="group" aria-labelledby="schemas"><h2 id="schemas">Schemas</h2>'
        f"<p>The JSON that routes answer with.</p>{items}</section>"
    )


def _fields(schema: Part) -> str:
    required = schema.get("required", ())
    rows = "".join(
        _row(name, field, field.get("description", ""), name in required)
        for name, field in schema.get("properties", {}).items()
    )
    return f'<dl class="fields">{rows}</dl>' if rows else ""


def _row(name: str, schema: Part, description: str, required: bool, place: str = "") -> str:
    inner = next((s for s in _nested(schema) if "properties" in s), {})
    notes = [_type(schema), *_limits(schema), place, "" if required else "optional"]
    return (
        f"<dt><code>{escape(name)}</code> "
        f'<span class="quiet">{" · ".join(note for note in notes if note)}</span></dt>'
        f"<dd>{_paragraphs(description)}{_fields(inner)}</dd>"
    )


def _nested(schema: Part) -> Iterator[Part]:
    """The schema itself, or what is in its lists."""
    yield schema
    for inner in (schema.get("items"), *schema.get("anyOf", ())):
        if inner is not None:
            yield from _nested(inner)


def _type(schema: Part) -> str:
    if match := REF.fullmatch(schema.get("$ref", "")):
        return f'<a href="#schema-{match[1]}">{match[1]}</a>'
    if "anyOf" in schema:
        return " or ".join(map(_type, schema["anyOf"]))
    kinds = schema.get("type", "")
    names = [kinds] if isinstance(kinds, str) else kinds
    if "items" in schema and names[0] == "array":
        inner = _type(schema["items"])
        names = [f"array of {inner}" if inner else "array", *names[1:]]
    return " or ".join(names)


def _limits(schema: Part) -> Iterator[str]:
    if "const" in schema:
        yield f"<code>{escape(json.dumps(schema['const']))}</code>"
    if "enum" in schema:
        yield " ".join(f"<code>{escape(json.dumps(value))}</code>" for value in schema["enum"])
    if "minimum" in schema and "maximum" in schema:
        yield f"{schema['minimum']:g} to {schema['maximum']:g}"
    elif "minimum" in schema:
        yield f"at least {schema['minimum']:g}"
    if "maxLength" in schema:
        yield f"{schema.get('minLength', 0)} to {schema['maxLength']} characters"
    if "pattern" in schema:
        own = schema["pattern"].removeprefix("^(?:").removesuffix(")$")
        yield f"<code>{escape(own)}</code>"
    if "default" in schema:
        yield f"default <code>{escape(json.dumps(schema['default']))}</code>"


def _method(method: str) -> str:
    return f'<span class="method {method.lower()}">{method}</span> '


def _breakable(path: str) -> str:
    return escape(path).replace("/", "/<wbr>")


def _paragraphs(text: str, kind: str = "") -> str:
    """Text as paragraphs, and lines that begin with a hyphen as a list."""
    lines = [line for line in text.splitlines() if line]
    items = "".join(f"<li>{_inline(line[2:])}</li>" for line in lines if line.startswith("- "))
    own = f' class="{kind}"' if kind else ""
    texts = "".join(f"<p{own}>{_inline(line)}</p>" for line in lines if not line.startswith("- "))
    return texts + (f"<ul>{items}</ul>" if items else "")


def _inline(text: str) -> str:
    """Text with `code` in it."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


def _anchor(name: str) -> str:
    return f"group-{re.sub(r'[^a-z]+', '-', name.lower())}"
