"""Whose request it is: the address at the other end of the connection, or what a proxy says of it.

A proxy is believed only if the operator declared its address (`trusted_proxies`), because everybody
else can write the same headers.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from multidict import MultiMapping

Network = IPv4Network | IPv6Network

UNKNOWN = "unknown"  # a connection without an address
IPV6_PREFIX = 64  # one subscriber has at least this many bits to choose addresses from


def find_client_address(
    peer: str | None, headers: MultiMapping[str], trusted: tuple[str, ...]
) -> str:
    """The address of the client: that of the connection, unless a trusted proxy names another.

    Each proxy appends the address that it sees, so the last entries are the ones to believe: they
    are read from the right, and trusted proxies are skipped. Where X-Forwarded-For, Forwarded and
    X-Real-IP disagree, one of them came from the client, and the proxy's own address stands.

    :param peer: address at the other end of the TCP connection; None: it has none.
    :param trusted: addresses and networks of the declared proxies.
    """
    address = normalize_address(peer or "") or UNKNOWN
    if not is_trusted(address, trusted):
        return address
    named = {
        _last_untrusted(hops, trusted)
        for hops in (
            [_forwarded_for(part) for part in _parts(headers, "Forwarded")],
            list(_parts(headers, "X-Forwarded-For")),
            list(_parts(headers, "X-Real-IP")),
        )
        if hops
    }
    return named.pop() or address if len(named) == 1 else address


def is_trusted(address: str, trusted: tuple[str, ...]) -> bool:
    """Whether an address is that of a declared proxy."""
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    return any(ip in network for network in parse_networks(trusted))


def client_key(address: str) -> str:
    """What to count a client by: its IPv4 address, or the /64 network of its IPv6 address."""
    try:
        ip = ip_address(address)
    except ValueError:
        return address
    if isinstance(ip, IPv6Address):
        return str(ip_network((int(ip), IPV6_PREFIX), strict=False))
    return address


def normalize_address(text: str) -> str | None:
    """An address as it is compared: without port, brackets and zone; None where it is none.

    `::ffff:192.0.2.7` is 192.0.2.7: a socket that takes both families writes IPv4 like that.
    """
    text = text.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        ip = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = ip.ipv4_mapped if isinstance(ip, IPv6Address) else None
    return str(mapped or ip)


@lru_cache(maxsize=32)
def parse_networks(names: tuple[str, ...]) -> tuple[Network, ...]:
    """
    :raises ValueError: a name is neither an address nor a network.
    """
    return tuple(ip_network(name, strict=False) for name in names)


def _parts(headers: MultiMapping[str], name: str) -> Iterator[str]:
    """The entries of all headers of a name, in the order in which the proxies added them."""
    for value in headers.getall(name, []):
        yield from (part.strip() for part in value.split(","))


def _forwarded_for(entry: str) -> str:
    """The `for` of an entry of the header Forwarded (RFC 7239, 4); empty where there is none."""
    for pair in entry.split(";"):
        key, _, value = pair.partition("=")
        if key.strip().lower() == "for":
            return value.strip()
    return ""


def _last_untrusted(hops: list[str], trusted: tuple[str, ...]) -> str | None:
    """The last hop that is no trusted proxy, or the first one; None: it is not readable."""
    address = None
    for hop in reversed(hops):
        address = normalize_address(hop)
        if address is None or not is_trusted(address, trusted):
            break
    return address
