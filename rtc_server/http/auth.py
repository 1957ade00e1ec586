"""Who may change lessons and read results over HTTP: decided by configuration, token and origin."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

from rtc_server.config import Config
from rtc_server.errors import TokenNeeded, UploadsOff

# A proxy names its client in these (RFC 7239), and that client is not on this machine.
PROXY_HEADERS = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP")


def require_uploads_allowed(config: Config, headers: Mapping[str, str]) -> None:
    """Check that a request may change lessons.

    :param headers: of the request; names are compared without regard to case.
    :raises UploadsOff: nobody may, or the request comes from a page of another origin.
    :raises TokenNeeded: the request does not carry the server's token.
    """
    closed = why_uploads_closed(config, headers)
    if closed is not None:
        raise UploadsOff(closed)
    if config.token:
        # A page of another origin cannot know the token, and no browser sends it by itself.
        _require_token(config.token, headers.get("Authorization", ""))
    else:
        _require_own_page(headers)


def why_uploads_closed(config: Config, headers: Mapping[str, str]) -> str | None:
    """Why nobody may change lessons by such a request; None where it is allowed."""
    if not config.uploads:
        return "uploads are switched off on this server (uploads = false)"
    if config.token:
        return None
    if is_local(config, headers):
        return None
    if not config.on_loopback:
        return (
            "other machines can reach this server, so it takes lessons only with a token: start "
            "it with TANDEM_TOKEN=…, and enter that token when you add a lesson"
        )
    return (
        "this server is reached under another name than this machine's own, so it takes lessons "
        "only with a token: start it with TANDEM_TOKEN=…, and enter that token when you add a "
        "lesson"
    )


def is_history_open(config: Config, headers: Mapping[str, str]) -> bool:
    """Whether the sender of a request may read and delete results by name; nobody logs in."""
    if config.history_access == "auto":
        return is_local(config, headers)
    return config.history_access == "open"


def is_local(config: Config, headers: Mapping[str, str]) -> bool:
    """Whether a request comes from this machine and, as far as its headers say, not by a proxy."""
    proxied = any(name in headers for name in PROXY_HEADERS)
    return config.on_loopback and not proxied and _is_loopback(headers.get("Host", ""))


def describe_uploads(config: Config, headers: Mapping[str, str]) -> dict[str, object]:
    """The field `uploads` of `GET /api/config`."""
    closed = why_uploads_closed(config, headers)
    return {
        "allowed": closed is None,
        "why_not": closed,
        "why_code": None if closed is None else "no_token" if config.uploads else "off",
        "needs_token": bool(config.token),
        "max_mb": config.upload_max_mb,
        "max_s": config.upload_max_s,
    }


def _require_token(token: str, authorization: str) -> None:
    scheme, _, given = authorization.strip().partition(" ")
    if scheme.lower() != "bearer":
        raise TokenNeeded("expected the server's token: Authorization: Bearer …, got none")
    # Compared in constant time, so that the time of an answer does not betray a correct beginning.
    if not hmac.compare_digest(given.strip().encode(), token.encode()):
        raise TokenNeeded(
            "expected the server's token, got another one; ask the operator of the server"
        )


def _require_own_page(headers: Mapping[str, str]) -> None:
    """Browsers say which page sends a request; programs that are no browser leave this out."""
    site = headers.get("Sec-Fetch-Site", "none")
    origin, host = headers.get("Origin"), headers.get("Host", "")
    if site not in ("same-origin", "none") or (origin and not _is_same_host(origin, host)):
        raise UploadsOff(
            "expected a request from this server's own page, "
            f"got one from {origin or 'another site'}"
        )


def _is_same_host(origin: str, host: str) -> bool:
    return urlsplit(origin).netloc.lower() == host.lower()


def _is_loopback(host: str) -> bool:
    """Whether a Host header names the machine that it was sent from."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return name == "localhost" or ip_address(name).is_loopback
    except ValueError:
        return False
