"""Under which names this server answers: a page of another name must not read what it says.

A page of evil.example can have its own name point to this machine (DNS rebinding). Its requests are
then of the same origin for the browser, and only the `Host` header tells them apart.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from ipaddress import ip_address

from rtc_server.config import Config
from rtc_server.errors import WrongHost
from rtc_server.local_addresses import find_host_names

# RFC 9110, 7.2: a name or an address, which has brackets if it is an IPv6 one, and a port.
HOST = re.compile(r"(?:\[(?P<ipv6>[0-9a-f:.]+)\]|(?P<name>[^\[\]:@/?#\\\s]+))(?::\d{0,5})?", re.I)

MAX_LENGTH = 300  # a name has 253 characters at most


def require_known_host(config: Config, headers: Mapping[str, str]) -> None:
    """Check that a request is for a name or an address of this server.

    A request without `Host` passes: every browser sends one.

    :raises WrongHost: it is for another name.
    """
    host = headers.get("Host")
    if host is None or is_known_host(config, host):
        return
    raise WrongHost(
        f"expected a request for {_describe_known(config)}, got one for another name, "
        f"{host[:60]!r}; the operator of this server can add a name with --public-host"
    )


def is_known_host(config: Config, host: str) -> bool:
    """Whether a Host header names this server."""
    name = parse_host(host)
    if name is None:
        return False
    if name in _parse_declared((config.host, *_names(config))) or is_loopback_name(name):
        return True
    # No name leads to an address, so an address is safe wherever others may reach the server.
    return not config.on_loopback and _is_address(name)


def parse_host(host: str) -> str | None:
    """The name or address of a Host header in its usual form; None where it is none.

    Names of other scripts come as `xn--…`: a browser has translated them.
    """
    if len(host) > MAX_LENGTH or not host.isascii():
        return None
    match = HOST.fullmatch(host.strip())
    if match is None:
        return None
    if match["ipv6"]:
        return _usual(match["ipv6"]) if ":" in match["ipv6"] else None
    name = match["name"].removesuffix(".").lower()
    return _usual(name) or name


def is_loopback_name(name: str) -> bool:
    """Whether a name leads to the machine on which it is used."""
    return name == "localhost" or (_is_address(name) and ip_address(name).is_loopback)


def _names(config: Config) -> tuple[str, ...]:
    """The names that the operator declared; in a local network also those of the machine."""
    return (*config.public_hosts, *(find_host_names() if config.lan else ()))


def _describe_known(config: Config) -> str:
    names = ["localhost", *_names(config)]
    return ", ".join(names) if config.on_loopback else f"an IP address, {', '.join(names)}"


@lru_cache(maxsize=32)
def _parse_declared(names: tuple[str, ...]) -> frozenset[str]:
    """Names and addresses of the configuration, as `parse_host` gives them."""
    known = (_usual(name) or _to_ascii(name).lower().removesuffix(".") for name in names)
    return frozenset(name for name in known if name)


def _to_ascii(name: str) -> str:
    try:
        return name.encode("idna").decode()
    except UnicodeError:  # no name in the sense of DNS, but it may be one of this network
        return name


def _is_address(text: str) -> bool:
    return _usual(text) is not None


def _usual(address: str) -> str | None:
    """An address in its usual form; None where it is none."""
    try:
        return str(ip_address(address))
    except ValueError:
        return None
