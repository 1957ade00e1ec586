"""What a request carries to show who sends it: a header, or the cookie of this server's page. Pure.

A browser sends the cookie by itself, also for images and videos, and whatever page asks for it.
Therefore it counts only in requests of this server's own page, while nobody can make a browser send
the header.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from urllib.parse import urlsplit

from rtc_server.config import Config
from rtc_server.invitations.errors import CrossSite

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
COOKIE = "tandem"
HOST_PREFIX = "__Host-"  # only a response over HTTPS can set such a cookie (RFC 6265bis, 4.1.3.2)


def read_bearer(headers: Mapping[str, str]) -> str | None:
    """The token in `Authorization: Bearer …` (RFC 6750, 2.1); None without such a header."""
    scheme, _, given = headers.get("Authorization", "").strip().partition(" ")
    return given.strip() if scheme.lower() == "bearer" else None


def is_operator_token(config: Config, token: str) -> bool:
    """Whether it is the operator's token, compared in constant time."""
    # With "surrogatepass", whatever a header or JSON may hold has an encoding.
    return hmac.compare_digest(token.encode(errors="surrogatepass"), config.operator_token.encode())


def is_signed(token: str) -> bool:
    """Whether a token has the form of a JWT (RFC 7515, 7.1), and not of an operator's token."""
    return token.count(".") == 2


def cookie_names(host: str) -> tuple[str, str]:
    """The names of the cookie over HTTPS and over HTTP.

    Cookies do not tell ports apart, so their names do: one server does not displace another's.
    """
    port = host.rpartition(":")[2]
    name = f"{COOKIE}-{port}" if port.isascii() and port.isdigit() else COOKIE
    return HOST_PREFIX + name, name


def read_cookie(cookies: Mapping[str, str], host: str) -> str | None:
    """The token in the cookie; the one that came over HTTPS, if there are two."""
    return next((cookies[name] for name in cookie_names(host) if cookies.get(name)), None)


def require_cookie_of_own_page(method: str, headers: Mapping[str, str]) -> None:
    """Check that no page of another site sent a request that counts on a cookie.

    :raises CrossSite: one did, or a request that changes something does not say which page it is.
    """
    site, origin = headers.get("Sec-Fetch-Site"), headers.get("Origin")
    host = headers.get("Host", "")
    is_own = (
        site in (None, "same-origin", "none")
        and (origin is None or is_same_host(origin, host))
        and (method in SAFE_METHODS or site == "same-origin" or origin is not None)
    )
    if not is_own:
        raise CrossSite(
            "expected a request from this server's own page, "
            f"got one from {(origin or 'another site')[:60]!r}; programs send Authorization: Bearer"
        )


def is_same_host(origin: str, host: str) -> bool:
    """Whether an `Origin` header names the host of a `Host` header."""
    try:
        return urlsplit(origin).netloc.lower() == host.lower()
    except ValueError:  # as http://[
        return False
