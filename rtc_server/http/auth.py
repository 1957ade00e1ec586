"""Says who may change lessons and see results over HTTP: by settings, token and origin."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

from rtc_server.config import Config
from rtc_server.errors import TokenNeeded, UploadsOff

# A proxy tells with these for whom it asks (RFC 7239): whoever that is, they are not on loopback.
PROXIED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP")


def expect_allowed(config: Config, headers: Mapping[str, str]) -> None:
    """See that a request may change lessons.

    :param headers: of the request, their names in any case.
    :raises UploadsOff: nobody may, or not a page of another origin.
    :raises TokenNeeded: who asks does not show the token.
    """
    closed = why_closed(config, headers)
    if closed is not None:
        raise UploadsOff(closed)
    if config.token:
        # Another origin's page cannot know the token, and no browser sends it of its own accord.
        _expect_token(config.token, headers.get("Authorization", ""))
    else:
        _expect_own_page(headers)


def why_closed(config: Config, headers: Mapping[str, str]) -> str | None:
    """Why nobody may change lessons this way; None where it is open."""
    if not config.uploads:
        return "this server is set to take none (uploads = false)"
    if config.token:
        return None
    if is_local(config, headers):
        return None
    if not config.on_loopback:
        return (
            "other machines reach this server, so it takes lessons only with a token: it is "
            "started with TANDEM_TOKEN=…, and who adds lessons says it"
        )
    return (
        "this server is reached by another name than this machine's own, so it takes lessons "
        "only with a token: it is started with TANDEM_TOKEN=…, and who adds lessons says it"
    )


def history_is_open(config: Config, headers: Mapping[str, str]) -> bool:
    """Whether whoever asks may read and delete results by name; there are no accounts."""
    if config.history_access == "auto":
        return is_local(config, headers)
    return config.history_access == "open"


def is_local(config: Config, headers: Mapping[str, str]) -> bool:
    """Whether a request comes from this machine, as far as can be told, and not by a proxy."""
    proxied = any(name in headers for name in PROXIED)
    return config.on_loopback and not proxied and _is_loopback(headers.get("Host", ""))


def describe(config: Config, headers: Mapping[str, str]) -> dict[str, object]:
    """What `GET /api/config` says of it."""
    closed = why_closed(config, headers)
    return {
        "allowed": closed is None,
        "why_not": closed,
        "why_code": None if closed is None else "no_token" if config.uploads else "off",
        "needs_token": bool(config.token),
        "max_mb": config.upload_max_mb,
        "max_s": config.upload_max_s,
    }


def _expect_token(token: str, authorization: str) -> None:
    scheme, _, shown = authorization.strip().partition(" ")
    if scheme.lower() != "bearer":
        raise TokenNeeded("expected the server's token: Authorization: Bearer …, got none")
    # In constant time, so that answers do not tell how much of a guess is right.
    if not hmac.compare_digest(shown.strip().encode(), token.encode()):
        raise TokenNeeded("expected the server's token, got another one; ask who runs the server")


def _expect_own_page(headers: Mapping[str, str]) -> None:
    """Browsers say whose page asks; programs that are none say nothing of it."""
    site = headers.get("Sec-Fetch-Site", "none")
    origin, host = headers.get("Origin"), headers.get("Host", "")
    if site not in ("same-origin", "none") or (origin and not _is_of(origin, host)):
        raise UploadsOff(
            f"expected a request of this server's own page, got one of {origin or 'another site'}"
        )


def _is_of(origin: str, host: str) -> bool:
    return urlsplit(origin).netloc.lower() == host.lower()


def _is_loopback(host: str) -> bool:
    """Whether a Host header names this machine to itself."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return name == "localhost" or ip_address(name).is_loopback
    except ValueError:
        return False
