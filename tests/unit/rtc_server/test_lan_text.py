"""What `serve --lan` prints."""

from __future__ import annotations

import io

from rtc_server.commands.lan_text import describe_lan
from rtc_server.http.lan.announcement import Announcement
from rtc_server.http.lan.links import LanLink

URL = "https://192.168.1.5:8080"
READY = Announcement(
    url=URL, link=LanLink(URL), other_addresses=("https://laptop.local:8080",), fingerprint="AB:CD"
)


def out(encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding=encoding)


def test_it_shows_the_code_and_says_what_to_do() -> None:
    text = describe_lan(READY, out("utf-8"))
    assert text.count("█") > 100 and "\x1b" not in text  # this is no terminal
    assert f"Scan this with a phone in the same Wi-Fi, or open {URL}/" in text
    assert "http://192.168.1.5:8080/lan says how, and shows this code, too" in text
    assert "AB:CD" in text and "https://laptop.local:8080" in text


def test_where_the_code_cannot_be_shown_the_address_is() -> None:
    text = describe_lan(READY, out("ascii"))
    assert text.isascii() and f"Open {URL}/ with a phone" in text


def test_with_a_certificate_of_the_operators_there_is_no_warning() -> None:
    text = describe_lan(Announcement(url=URL, link=LanLink(URL)), out("utf-8"))
    assert "certificate" not in text and "Other" not in text


def test_without_a_network_it_says_so() -> None:
    alone = Announcement(url=URL, link=LanLink(URL), is_in_network=False)
    assert describe_lan(alone, out("utf-8")).startswith("This computer is in no network: connect")
