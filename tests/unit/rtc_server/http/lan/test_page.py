"""The page with the QR code: complete in both languages, and without a secret of its own."""

from __future__ import annotations

import re
from dataclasses import fields, replace

import pytest

from rtc_server.http.lan.links import LanLink
from rtc_server.http.lan.page import LanPage, find_device, render_page
from rtc_server.http.lan.page_languages import LANGUAGES, pick_language
from rtc_server.http.lan.words import DEVICES
from rtc_server.http.static_files import WEB
from tests.unit.rtc_server.http.openapi.test_page import PageReader

ADDRESS = "https://192.168.1.5:8080"
PAGE = LanPage(
    link=LanLink(ADDRESS),
    addresses=(ADDRESS, "https://laptop.local:8080"),
    is_in_network=True,
    authority_name="Tandem on <laptop>",
    fingerprint="AB:CD",
    is_trusted=True,
)
ANDROID = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/126.0 Safari/537.36"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1"
DEBIAN = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_has_everything(language: str) -> None:
    reader = PageReader(render_page(PAGE, language, None))
    words = LANGUAGES[language]
    for text in (words.title, words.scan, words.warning_title, words.install_title, ADDRESS):
        assert text in reader.text
    for device in words.devices:
        assert device.title in reader.text
    assert reader.attributes.count(("href", "/ca.crt")) == 1
    assert "http://192.168.1.5:8080/lan" in reader.text
    assert "Tandem on <laptop>" in reader.text and "AB:CD" in reader.text
    assert not {"{", "}", "`"} & set(reader.text)


def test_both_languages_say_the_same_number_of_things() -> None:
    english, korean = (LANGUAGES[language] for language in ("en", "ko"))
    for field in fields(english):
        ours, theirs = getattr(english, field.name), getattr(korean, field.name)
        assert len(ours) and len(theirs)
        if not isinstance(ours, str):
            assert len(ours) == len(theirs), field.name
        assert set(re.findall(r"{\w+}", str(ours))) == set(re.findall(r"{\w+}", str(theirs)))
    assert len(english.devices) == len(korean.devices) == len(DEVICES)
    for ours, theirs in zip(english.devices, korean.devices, strict=True):
        assert len(ours.steps) == len(theirs.steps) and bool(ours.note) == bool(theirs.note)


def test_it_obeys_the_content_security_policy() -> None:
    reader = PageReader(render_page(PAGE, "en", 0))
    assert "style" not in reader.elements | {name for name, _ in reader.attributes}
    assert not [name for name, _ in reader.attributes if name.startswith("on")]
    loaded = [value for name, value in reader.attributes if value.startswith("/static/")]
    assert len(loaded) == 4
    assert all((WEB / path.removeprefix("/static/")).is_file() for path in loaded)


def test_over_http_it_has_no_script() -> None:
    assert (
        "script"
        not in PageReader(render_page(replace(PAGE, is_trusted=False), "en", None)).elements
    )


def test_with_a_certificate_of_the_operators_there_is_nothing_to_install() -> None:
    html = render_page(replace(PAGE, authority_name=None), "en", None)
    assert "/ca.crt" not in html and "warn you" not in html
    assert LANGUAGES["en"].certificate_known in html


def test_without_a_network_it_says_what_to_do() -> None:
    html = render_page(replace(PAGE, is_in_network=False), "en", None)
    assert LANGUAGES["en"].no_network in html
    assert LANGUAGES["en"].no_network not in render_page(PAGE, "en", None)


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [(ANDROID, "Android"), (IPHONE, "iPhone|iPad"), (DEBIAN, "Linux|X11"), ("curl/8", None)],
)
def test_the_steps_of_the_device_that_asks_are_shown(user_agent: str, name: str | None) -> None:
    device = find_device(user_agent)
    assert (DEVICES[device] if device is not None else None) == name
    opened = re.findall(r"<details open><summary>(.*?)<", render_page(PAGE, "en", device))
    assert opened == ([LANGUAGES["en"].devices[device].title] if device is not None else [])


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        *(("ko-KR,ko;q=0.9,en;q=0.8", "ko"), ("de, ko;q=0.5", "ko"), ("en-US", "en")),
        *(("", "en"), ("fr", "en"), (",;,=", "en"), ("KO", "ko")),
    ],
)
def test_the_language_is_the_browsers(accepted: str, language: str) -> None:
    assert pick_language(accepted) == language
