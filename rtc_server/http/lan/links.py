"""The addresses that learners open, and the link that a phone scans. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rtc_server.config import Config
from rtc_server.http.lan.local_network import choose_reachable

HTTPS_PORT = 443


@dataclass(frozen=True, slots=True)
class LanLink:
    """What the QR code shows: an address, and what lets whoever scans it in."""

    address: str
    fragment: str = ""  # browsers send it to nobody; empty: nothing is needed

    @property
    def url(self) -> str:
        """The whole link; a secret, if it has a fragment."""
        return f"{self.address}/#{self.fragment}" if self.fragment else f"{self.address}/"


def list_addresses(
    config: Config, port: int, local: Sequence[str], host_names: Sequence[str]
) -> list[str]:
    """The addresses under which the page is reached, as URLs; the best one first, at least one.

    :param local: addresses of this machine in its networks, the best one first.
    :param host_names: its names there, the best one first.
    """
    if config.tls_cert and config.public_hosts:  # the names of that certificate
        hosts = list(config.public_hosts)
    else:
        hosts = [*choose_reachable(config.host, local), *host_names[:1]]
    return [make_address(host, port) for host in hosts or ["localhost"]]


def make_address(host: str, port: int) -> str:
    """A URL without a path; the usual port is left out."""
    host = f"[{host}]" if ":" in host else host
    return f"https://{host}" if port == HTTPS_PORT else f"https://{host}:{port}"
