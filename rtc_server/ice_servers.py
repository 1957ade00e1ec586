"""The STUN and TURN servers that clients are told to use, with credentials that expire."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rtc_server.errors import BadConfig

# RFC 7064 and 7065; a host is a name, an IPv4 address, or an IPv6 address in brackets.
HOST_PORT = r"(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?"
STUN_URL = re.compile(rf"stuns?:{HOST_PORT}")
TURN_URL = re.compile(rf"turns?:{HOST_PORT}(?:\?transport=(?:udp|tcp))?")
# A relay asks for valid credentials again whenever a learner's place there is prolonged, so they
# must outlast a lesson of four hours.
LIFETIME_S = 6 * 3600
MAX_SERVERS = 16
SERVER_FIELDS = ("urls", "username", "credential", "credentialType")


@dataclass(frozen=True, slots=True)
class IceServer:
    """One RTCIceServer (W3C WebRTC, 4.2.4)."""

    urls: tuple[str, ...]
    username: str | None = None
    credential: str | None = field(default=None, repr=False)

    @property
    def relay_urls(self) -> tuple[str, ...]:
        """Those of its URLs that name a TURN server."""
        return tuple(url for url in self.urls if TURN_URL.fullmatch(url))

    def describe(self) -> dict[str, object]:
        """What a browser's RTCPeerConnection takes."""
        urls = self.urls[0] if len(self.urls) == 1 else list(self.urls)
        described: dict[str, object] = {"urls": urls}
        if self.username is not None:
            described |= {"username": self.username, "credential": self.credential}
        return described


@dataclass(frozen=True, slots=True)
class IceServers:
    """All servers that clients are told to use."""

    fixed: tuple[IceServer, ...] = ()
    turn_urls: tuple[str, ...] = ()
    turn_secret: str = field(default="", repr=False)

    def issue(self, now_s: float) -> list[IceServer]:
        """The servers for one client, with new credentials.

        :param now_s: seconds since 1970, since the relay compares their end with its own clock.
        """
        if not self.turn_urls:
            return [*self.fixed]
        return [*self.fixed, issue_credentials(self.turn_urls, self.turn_secret, now_s)]


def issue_credentials(urls: Sequence[str], secret: str, now_s: float) -> IceServer:
    """Credentials for one client that a relay accepts which has the same secret.

    This is the form of coturn's `use-auth-secret` (draft-uberti-behave-turn-rest-00): the user name
    is the time of the end and a random name, the password its HMAC-SHA1.
    """
    username = f"{int(now_s) + LIFETIME_S}:{secrets.token_hex(8)}"
    digest = hmac.new(secret.encode(), username.encode(), hashlib.sha1).digest()
    return IceServer(tuple(urls), username, base64.b64encode(digest).decode())


def read_ice_servers(path: Path) -> tuple[IceServer, ...]:
    """Read a JSON file with a list of RTCIceServers, as `new RTCPeerConnection` takes them.

    :raises BadConfig: the file cannot be read, or an entry is not one that browsers take.
    """
    try:
        entries = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise BadConfig(f"{path}: expected a JSON file: {error.strerror}") from error
    except ValueError as error:
        raise BadConfig(f"{path}: expected JSON: {error}") from error
    if not isinstance(entries, list) or len(entries) > MAX_SERVERS:
        raise BadConfig(f"{path}: expected a list of at most {MAX_SERVERS} ICE servers")
    return tuple(
        parse_ice_server(entry, f"{path}, entry {k}") for k, entry in enumerate(entries, 1)
    )


def parse_ice_server(entry: Any, where: str) -> IceServer:
    """Read one RTCIceServer.

    :raises BadConfig: browsers do not take it; the sentence begins with `where`.
    """
    if not isinstance(entry, dict) or not entry.keys() <= {*SERVER_FIELDS}:
        raise BadConfig(f"{where}: expected an object with some of {', '.join(SERVER_FIELDS)}")
    urls = [entry["urls"]] if isinstance(entry.get("urls"), str) else entry.get("urls")
    if not isinstance(urls, list) or not urls:
        raise BadConfig(f'{where}: expected "urls", a URL or a list of them')
    for url in urls:
        if not isinstance(url, str) or not (STUN_URL.fullmatch(url) or TURN_URL.fullmatch(url)):
            raise BadConfig(
                f"{where}: expected URLs as stun:HOST:PORT or turn:HOST:PORT, got {url!r:.80}"
            )
    username, credential = entry.get("username"), entry.get("credential")
    if entry.get("credentialType", "password") != "password":
        raise BadConfig(f'{where}: expected the "credentialType" "password", which browsers know')
    if any(url.startswith("turn") for url in urls):
        if not (isinstance(username, str) and isinstance(credential, str) and username):
            raise BadConfig(f'{where}: expected "username" and "credential" for a TURN server')
        return IceServer(tuple(urls), username, credential)
    return IceServer(tuple(urls))
