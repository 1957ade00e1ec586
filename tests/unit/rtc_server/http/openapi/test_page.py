"""The readable page shows everything of the document, and needs no script to do so."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from rtc_server.http.openapi.document import OPERATIONS, build_document
from rtc_server.http.openapi.page import render_page
from rtc_server.http.static_files import WEB

DOCUMENT = build_document()
PAGE = render_page(DOCUMENT)
VOID = {"meta", "link", "wbr"}  # elements without an end


class PageReader(HTMLParser):
    """Collects a page's attributes and text, and checks that elements end where they should."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


READER = PageReader(PAGE)


def test_every_route_and_schema_has_its_place() -> None:
    ids = [value for name, value in READER.attributes if name == "id"]
    assert len(set(ids)) == len(ids)
    assert {operation.id for operation in OPERATIONS.values()} <= set(ids)
    assert {f"schema-{name}" for name in DOCUMENT["components"]["schemas"]} <= set(ids)
    for operation in OPERATIONS.values():
        assert operation.summary in READER.text
        for error in operation.errors:
            assert error.code in READER.text


def test_every_link_within_the_page_leads_somewhere() -> None:
    ids = {value for name, value in READER.attributes if name == "id"}
    links = {value for name, value in READER.attributes if name == "href" and value[0] == "#"}
    assert len(links) > len(OPERATIONS)
    assert links <= {f"#{id}" for id in ids}


def test_a_strict_content_security_policy_blocks_nothing_of_it() -> None:
    assert READER.elements & {"script", "style", "iframe", "object", "form", "base"} == set()
    for name, value in READER.attributes:
        assert name != "style" and not name.startswith("on")
        if name in ("href", "src"):
            assert re.match(r"[#/](?!/)", value), value


def test_its_files_exist() -> None:
    for name, value in READER.attributes:
        if name == "href" and value.startswith("/static/"):
            assert (WEB / value.removeprefix("/static/")).is_file()


def test_text_of_the_document_is_no_markup() -> None:
    operation = {
        **DOCUMENT["paths"]["/readyz"]["get"],
        "summary": "<script>alert(1)</script>",
        "description": 'a "quote" & `<b>code</b>`\n- an item',
    }
    page = render_page({**DOCUMENT, "paths": {"/<i>": {"get": operation}}})
    reader = PageReader(page)
    assert reader.elements & {"script", "b", "i"} == set()
    assert "<script>alert(1)</script>" in reader.text and "<b>code</b>" in reader.text
    assert "<li>an item</li>" in page
