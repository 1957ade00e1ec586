"""Which addresses learners open, and what the QR code's link carries."""

from __future__ import annotations

import pytest

from rtc_server.config import Config
from rtc_server.http.lan.links import LanLink, list_addresses

LOCAL = ("192.168.1.5", "fd00::5")
NAMES = ("laptop.local", "laptop")


@pytest.mark.parametrize(
    ("host", "addresses"),
    [
        ("", ["192.168.1.5:8080", "[fd00::5]:8080", "laptop.local:8080"]),
        ("0.0.0.0", ["192.168.1.5:8080", "laptop.local:8080"]),
        ("::", ["[fd00::5]:8080", "laptop.local:8080"]),
        ("10.0.0.4", ["10.0.0.4:8080", "laptop.local:8080"]),
    ],
)
def test_the_addresses_are_those_on_which_the_server_listens(
    host: str, addresses: list[str]
) -> None:
    config = Config(lan=True, host=host)
    assert list_addresses(config, 8080, LOCAL, NAMES) == [f"https://{one}" for one in addresses]


def test_with_a_certificate_of_the_operators_its_names_are_the_addresses() -> None:
    files = {"tls_cert": "cert.pem", "tls_key": "key.pem"}
    config = Config(lan=True, host="", public_hosts=("dance.example",), **files)
    assert list_addresses(config, 443, LOCAL, NAMES) == ["https://dance.example"]


def test_without_a_network_there_is_this_machine() -> None:
    assert list_addresses(Config(lan=True, host=""), 8080, (), ()) == ["https://localhost:8080"]


def test_a_link_without_a_fragment_has_no_hash() -> None:
    assert LanLink("https://laptop.local", "invite=x").url == "https://laptop.local/#invite=x"
    assert LanLink("https://laptop.local").url == "https://laptop.local/"
