"""What a phone reads to install the page: the manifest and its icons."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import Any

import cv2
import numpy as np
import pytest

from rtc_server.http.security_headers import PAGE_POLICY
from rtc_server.http.static_files import WEB
from tools.make_icons import FOLDER, ICONS, draw_icon

MANIFEST: dict[str, Any] = json.loads((WEB / "manifest.webmanifest").read_text("utf-8"))


def links() -> dict[str, str]:
    found: dict[str, str] = {}

    class Links(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            named = dict(attrs)
            if tag == "link":
                found[str(named["rel"])] = str(named["href"])

    Links().feed((WEB / "index.html").read_text("utf-8"))
    return found


def test_the_page_names_the_manifest_and_may_load_it() -> None:
    assert WEB / links()["manifest"].removeprefix("/static/") == WEB / "manifest.webmanifest"
    assert "manifest-src 'self'" in PAGE_POLICY
    assert "worker-src 'self'" in PAGE_POLICY


def test_the_installed_page_turns_with_the_phone() -> None:
    assert (MANIFEST["display"], MANIFEST["orientation"]) == ("standalone", "any")
    assert MANIFEST["start_url"] == MANIFEST["scope"] == MANIFEST["id"] == "/"


def test_each_icon_has_the_size_that_the_manifest_says() -> None:
    for icon in MANIFEST["icons"]:
        path = WEB / icon["src"].removeprefix("/static/")
        assert path.is_file()
        if icon["type"] == "image/png":
            height, width, _ = cv2.imread(str(path), cv2.IMREAD_UNCHANGED).shape
            assert icon["sizes"] == f"{width}x{height}"
    shown = {(icon["sizes"], icon.get("purpose", "any")) for icon in MANIFEST["icons"]}
    assert shown >= {(f"{n}x{n}", of) for n in (192, 512) for of in ("any", "maskable")}
    assert (WEB / links()["apple-touch-icon"].removeprefix("/static/")).is_file()


@pytest.mark.parametrize("name", ICONS)
def test_the_icons_are_those_of_the_drawing(name: str) -> None:
    """`python tools/make_icons.py` draws them anew."""
    kept = cv2.imread(str(FOLDER / f"{name}.png"), cv2.IMREAD_UNCHANGED)
    drawn = draw_icon(*ICONS[name])
    assert kept.shape == drawn.shape
    assert np.abs(kept.astype(int) - drawn).mean() < 1


@pytest.mark.parametrize("name", [name for name, (_, fills, _) in ICONS.items() if fills])
def test_a_system_can_cut_its_own_shape_out_of_an_icon(name: str) -> None:
    icon = cv2.imread(str(FOLDER / f"{name}.png"), cv2.IMREAD_UNCHANGED).astype(int)
    assert icon[..., 3].min() == 255
    if name.startswith("maskable"):
        side = len(icon)
        y, x = np.mgrid[:side, :side] - (side - 1) / 2
        outside = np.hypot(x, y) > 0.4 * side
        assert np.abs(icon[outside] - icon[0, 0]).max() < 3
