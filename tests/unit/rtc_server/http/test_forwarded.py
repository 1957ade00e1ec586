"""Whose request it is: only declared proxies are believed, and only from the right."""

import pytest
from multidict import CIMultiDict

from rtc_server.http.forwarded import client_key, find_client_address, is_trusted

PROXY = "127.0.0.1"
TRUSTED = (PROXY, "10.0.0.0/8", "fd00::/8")
XFF = "X-Forwarded-For"


def find(peer: str | None, *headers: tuple[str, str], trusted: tuple[str, ...] = TRUSTED) -> str:
    return find_client_address(peer, CIMultiDict(headers), trusted)


@pytest.mark.parametrize("name", [XFF, "X-Real-IP", "Forwarded"])
@pytest.mark.parametrize("trusted", [(), ("10.0.0.0/8",)])
def test_who_is_no_declared_proxy_names_nobody(name: str, trusted: tuple[str, ...]) -> None:
    value = "for=192.0.2.7" if name == "Forwarded" else "192.0.2.7"
    assert find(PROXY, (name, value), trusted=trusted) == PROXY
    assert find("198.51.100.1", (name, value)) == "198.51.100.1"


@pytest.mark.parametrize(
    ("name", "value", "address"),
    [
        (XFF, "192.0.2.7", "192.0.2.7"),
        (XFF, "127.0.0.1, 192.0.2.7", "192.0.2.7"),  # the first entry is the visitor's own
        (XFF, "192.0.2.7, 10.1.2.3,10.1.2.4", "192.0.2.7"),
        (XFF, "10.9.9.9, 10.1.2.3", "10.9.9.9"),  # the client is itself in a trusted network
        (XFF, "192.0.2.7:4711", "192.0.2.7"),
        (XFF, "2001:db8::1", "2001:db8::1"),
        (XFF, "::ffff:192.0.2.7", "192.0.2.7"),
        ("x-real-ip", "192.0.2.7", "192.0.2.7"),
        ("Forwarded", 'for="[2001:db8::1]:4711";proto=https', "2001:db8::1"),
        ("Forwarded", "for=10.0.0.1, For=192.0.2.7;by=10.0.0.2", "192.0.2.7"),
    ],
)
def test_a_declared_proxy_names_its_client(name: str, value: str, address: str) -> None:
    assert find(PROXY, (name, value)) == address
    assert find("::ffff:127.0.0.1", (name, value)) == address


def test_several_headers_of_a_name_are_one_list() -> None:
    assert find(PROXY, (XFF, "192.0.2.66"), (XFF, "192.0.2.7")) == "192.0.2.7"


@pytest.mark.parametrize(
    "value", ["", "unknown", "_hidden", "192.0.2.7, unknown", "1.2.3", "::1::", "a" * 8000]
)
def test_what_cannot_be_read_is_the_proxy(value: str) -> None:
    assert find(PROXY, (XFF, value)) == PROXY
    assert find(PROXY, ("Forwarded", f"for={value}")) == PROXY


@pytest.mark.parametrize("forged", [("Forwarded", "for=127.0.0.9"), ("X-Real-IP", "198.51.100.9")])
def test_headers_that_disagree_are_not_believed(forged: tuple[str, str]) -> None:
    assert find(PROXY, (XFF, "192.0.2.7"), forged) == PROXY
    assert find(PROXY, (XFF, "192.0.2.7"), ("X-Real-IP", "192.0.2.7")) == "192.0.2.7"


def test_a_connection_without_an_address_is_unknown() -> None:
    assert find(None, (XFF, "192.0.2.7")) == "unknown"


def test_ipv6_clients_are_counted_by_network() -> None:
    assert client_key("2001:db8:1:2:3:4:5:6") == client_key("2001:db8:1:2::9")
    assert client_key("2001:db8:1:2::9") == "2001:db8:1:2::/64"
    assert client_key("192.0.2.7") == "192.0.2.7"
    assert client_key("unknown") == "unknown"


def test_a_network_is_trusted_as_a_whole() -> None:
    assert is_trusted("10.255.0.1", TRUSTED) and is_trusted("fd12::1", TRUSTED)
    assert not is_trusted("11.0.0.1", TRUSTED) and not is_trusted("unknown", TRUSTED)
