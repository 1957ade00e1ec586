"""How devices of the local network reach this server: its addresses, and its own certificate."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import UTC, datetime

from rtc_server import config
from rtc_server.config import Config
from rtc_server.errors import BadConfig
from rtc_server.http.lan.shared_invitation import SharedInvitation
from rtc_server.http.tls.authority import Authority
from rtc_server.http.tls.own_certificate import OwnCertificate
from rtc_server.local_addresses import find_host_names, list_local_addresses

logger = logging.getLogger(__name__)

CHECK_S = 60.0  # between two looks at the addresses and at the certificate's end


class LocalNetwork:
    """The addresses, as they were at the last look, and the certificate for them."""

    def __init__(self, config: Config) -> None:
        """Look at the network for the first time; blocks for some milliseconds.

        :raises BadConfig: the server's own certificate cannot be made, read or written.
        """
        self.addresses: list[str] = []
        self.host_names = find_host_names()
        self.own: OwnCertificate | None = None
        self.invitation = SharedInvitation(config)
        self._public_hosts = config.public_hosts
        now = datetime.now(UTC)
        if config.has_own_certificate:
            self.own = OwnCertificate(config.tls_folder, self.host_names, now)
        self.refresh(now)

    @property
    def authority(self) -> Authority | None:
        """Who signed the server's own certificate; None where the operator's is used."""
        return self.own.authority if self.own else None

    def refresh(self, now: datetime) -> None:
        """Look at the network, and renew the certificate where that is needed.

        :raises BadConfig: it cannot be renewed.
        """
        self.addresses = list_local_addresses()
        if self.own is None:
            return
        names = [*self.addresses, *self.host_names, *self._public_hosts]
        covered = [name for name in names if self.own.authority.covers(name)]
        if self.own.renew(covered, now):
            logger.info("a certificate was made for %s", ", ".join(covered) or "this machine")

    async def keep_fresh(self) -> None:
        """Refresh every minute, until cancelled; what is wrong is logged."""
        while True:
            await asyncio.sleep(CHECK_S)
            try:
                await asyncio.to_thread(self.refresh, datetime.now(UTC))
            except (BadConfig, OSError) as error:
                logger.warning("the server's own certificate was not renewed: %s", error)


def choose_reachable(host: str, addresses: Sequence[str]) -> list[str]:
    """Those addresses at which a server that listens on `host` is reached."""
    match host:
        case config.EVERY_ADDRESS:
            return list(addresses)
        case "0.0.0.0":
            return [address for address in addresses if ":" not in address]
        case "::":
            return [address for address in addresses if ":" in address]
    return [host]
