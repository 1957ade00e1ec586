"""Which of a machine's addresses and names are told to other devices, and in which order."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from rtc_server.local_addresses import (
    derive_host_names,
    find_routed_addresses,
    list_local_addresses,
    order_addresses,
)

LAPTOP = (
    ("lo", ["127.0.0.1", "::1"]),
    ("eth0", ["10.0.0.4", "169.254.7.7", "fe80::1"]),
    ("docker0", ["172.17.0.1"]),
    ("br-0123456789ab", ["172.18.0.1"]),
    ("wlan0", ["fd00::5", "2001:db8::5", "192.168.1.5"]),
    ("wg0", ["10.9.0.2"]),
)


def test_the_routed_address_comes_first_and_ipv4_before_ipv6() -> None:
    assert order_addresses(LAPTOP, ["192.168.1.5", "2001:db8::5"]) == [
        *("192.168.1.5", "10.0.0.4", "169.254.7.7", "2001:db8::5", "fd00::5", "10.9.0.2")
    ]


def test_a_vpn_does_not_come_first_though_it_has_the_default_route() -> None:
    assert order_addresses(LAPTOP, ["10.9.0.2"])[0] == "10.0.0.4"
    assert order_addresses(LAPTOP, ["10.9.0.2"])[-1] == "10.9.0.2"


def test_a_bridge_with_the_default_route_is_the_machines_own() -> None:
    assert order_addresses(LAPTOP, ["172.18.0.1"])[0] == "172.18.0.1"


def test_a_machine_without_a_network_has_none() -> None:
    assert order_addresses(LAPTOP[:1], []) == []


def test_the_addresses_of_this_machine_are_addresses() -> None:
    addresses = list_local_addresses()
    assert len(set(addresses)) == len(addresses)
    for address in addresses:
        assert not ip_address(address).is_loopback
    for address in find_routed_addresses():
        assert ip_address(address)


@pytest.mark.parametrize(
    ("own", "names"),
    [
        ("laptop", ("laptop.local", "laptop")),
        ("Laptop.local", ("laptop.local", "laptop")),
        ("laptop.example.com.", ("laptop.local", "laptop.example.com", "laptop")),
        *(("localhost", ()), ("localhost.localdomain", ()), ("", ()), ("my laptop", ())),
        *(("*.example", ()), ("büro", ()), ("a..b", ()), ("-a", ())),
    ],
)
def test_the_names_of_a_host(own: str, names: tuple[str, ...]) -> None:
    assert derive_host_names(own) == names
