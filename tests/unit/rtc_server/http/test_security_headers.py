"""What browsers may do with responses."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from aiohttp import web

from rtc_server.http.security_headers import (
    PAGE_POLICY,
    POLICY,
    UPLOAD_POLICY,
    set_security_headers,
)
from rtc_server.http.static_files import NAME, WEB


def headers_of(content_type: str, **given: str) -> dict[str, str]:
    response = web.Response(content_type=content_type, headers=given)
    set_security_headers(response)
    return dict(response.headers)


def test_the_page_runs_only_its_own_scripts_and_nobody_frames_it() -> None:
    headers = headers_of("text/html")
    assert headers[POLICY] == PAGE_POLICY
    directives = dict(part.strip().split(" ", 1) for part in PAGE_POLICY.split(";"))
    assert directives["default-src"] == directives["frame-ancestors"] == "'none'"
    assert directives["script-src"] == directives["style-src"] == "'self'"
    assert "unsafe" not in PAGE_POLICY and "*" not in PAGE_POLICY
    assert "camera=(self)" in headers["Permissions-Policy"]
    assert "microphone=(self)" in headers["Permissions-Policy"]


@pytest.mark.parametrize("content_type", ["application/json", "image/svg+xml", "video/mp4"])
def test_everything_else_runs_nothing(content_type: str) -> None:
    headers = headers_of(content_type)
    assert headers[POLICY].startswith("default-src 'none'")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_a_page_that_a_browser_has_already_keeps_its_policy() -> None:
    response = web.Response(status=304)
    set_security_headers(response)
    assert POLICY not in response.headers


def test_a_handler_may_be_stricter() -> None:
    assert headers_of("video/mp4", **{POLICY: UPLOAD_POLICY})[POLICY].endswith("sandbox")


def test_the_page_has_no_inline_script_or_style() -> None:
    found: list[str] = []

    class Inline(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            names = {name for name, _ in attrs}
            if tag == "style" or (tag == "script" and "src" not in names):
                found.append(tag)
            found.extend(n for n in names if n == "style" or n.startswith("on"))

    Inline().feed((WEB / "index.html").read_text("utf-8"))
    assert found == []
    for path in (WEB / "js").rglob("*.js"):
        assert not re.search(r"\beval\(|new Function|innerHTML", path.read_text("utf-8")), path


def test_every_file_of_the_page_can_be_asked_for() -> None:
    names = [path.relative_to(WEB).as_posix() for path in WEB.rglob("*") if path.is_file()]
    assert [name for name in names if not NAME.fullmatch(name)] == []


@pytest.mark.parametrize(
    "name", ["../run.py", "js/../../run.py", "", "/", "a" * 300, "a\0b", ".git"]
)
def test_nothing_else_is_a_name(name: str) -> None:
    assert not NAME.fullmatch(name)
