"""The addresses and names under which other devices of the local network reach this machine."""

from __future__ import annotations

import re
import socket
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from functools import cache
from ipaddress import IPv6Address, ip_address

import ifaddr

# Adapters behind which there are only containers and virtual machines of this machine.
BRIDGE = re.compile(
    r"(docker|podman|cni|lxcbr|lxdbr|virbr|veth|vnet|vboxnet|vmnet|flannel|awdl|llw)\w*"
    r"|br-[0-9a-f]{12}|bridge1\d\d|.*(Hyper-V|VirtualBox|VMware|WSL).*",
    re.I,
)
# Those of a VPN: whoever is in the same room has no address in it.
TUNNEL = re.compile(
    r"(tun|tap|utun|wg|ppp|tailscale|zt|ipsec)\w*|.*(TAP-|Wintun|WireGuard).*", re.I
)
# Addresses that nobody has (RFC 5737, RFC 3849), and to which nothing is sent: connecting a UDP
# socket only asks for the route, and so for the own address.
ELSEWHERE = ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"))
HOST_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


def list_local_addresses() -> list[str]:
    """This machine's addresses in its networks, the one that a phone most likely reaches first."""
    adapters = (
        (adapter.nice_name, [ip.ip if isinstance(ip.ip, str) else ip.ip[0] for ip in adapter.ips])
        for adapter in ifaddr.get_adapters()
    )
    return order_addresses(adapters, find_routed_addresses())


def order_addresses(
    adapters: Iterable[tuple[str, Sequence[str]]], routed: Collection[str]
) -> list[str]:
    """Sort addresses by how likely a device in the same room reaches them.

    Loopback, IPv6 link-local addresses (which mean nothing without an adapter), and those of
    containers' bridges are left out.

    :param adapters: name and addresses of each.
    :param routed: the addresses from which the machine reaches the internet.
    """
    ranked = []
    for name, addresses in adapters:
        for text in addresses:
            address = ip_address(text)
            is_routed = text in routed
            if address.is_loopback or (BRIDGE.fullmatch(name) and not is_routed):
                continue
            if isinstance(address, IPv6Address) and address.is_link_local:
                continue
            is_tunnel = TUNNEL.fullmatch(name) is not None
            rank = (is_tunnel, address.version, address.is_link_local, not is_routed)
            ranked.append((rank, text))
    ranked.sort(key=lambda pair: pair[0])  # stable: else in the order of the adapters
    return list(dict.fromkeys(text for _, text in ranked))


def find_routed_addresses() -> list[str]:
    """The addresses from which packets to the internet would leave."""
    found = []
    for family, elsewhere in ELSEWHERE:
        with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((elsewhere, 9))
            found.append(str(probe.getsockname()[0]))
    return found


@cache
def find_host_names() -> tuple[str, ...]:
    """The names of this machine: as it calls itself, and by multicast DNS (`NAME.local`)."""
    return derive_host_names(socket.gethostname())


def derive_host_names(own: str) -> tuple[str, ...]:
    """The names that follow from a host name; none from `localhost` and from what is no name."""
    own = own.lower().rstrip(".")
    labels = own.split(".")
    if labels[0] == "localhost" or not all(map(HOST_LABEL.fullmatch, labels)):
        return ()
    return tuple(dict.fromkeys((f"{labels[0]}.local", own, labels[0])))
