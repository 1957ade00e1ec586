"""What a server that is ready says of itself to whoever started it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from rtc_server.config import Config
from rtc_server.http.lan.links import LanLink, list_addresses
from rtc_server.http.lan.local_network import LocalNetwork


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """Where the server is reached."""

    url: str  # without a slash at its end
    link: LanLink | None = None  # for the QR code; None: not for phones
    other_addresses: Sequence[str] = ()
    is_in_network: bool = True
    fingerprint: str = ""  # of the server's own authority


def make_announcement(
    config: Config, network: LocalNetwork | None, host: str, port: int
) -> Announcement:
    """Blocking.

    :param network: of a server for devices in the same network, or with a certificate of its own.
    :param host: what the server listens on, as `port`.
    """
    authority = network.authority if network is not None else None
    fingerprint = authority.fingerprint if authority else ""
    if network is None or not config.lan:
        host = f"[{host}]" if ":" in host else host
        has_tls = config.tls_cert or config.has_own_certificate
        url = f"{'https' if has_tls else 'http'}://{host}:{port}"
        return Announcement(url=url, fingerprint=fingerprint)
    first, *others = list_addresses(config, port, network.addresses, network.host_names)
    return Announcement(
        url=first,
        link=LanLink(first, network.invitation.make_fragment(time.time())),
        other_addresses=others,
        is_in_network=bool(network.addresses),
        fingerprint=fingerprint,
    )
