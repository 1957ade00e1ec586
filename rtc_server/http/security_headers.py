"""What browsers may do with responses: run only the page's own scripts, and guess nothing."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType

from aiohttp import web

POLICY = "Content-Security-Policy"
# https://www.w3.org/TR/CSP3/. The page has no inline script or style. `blob:` is a video that is
# looked at before it is uploaded.
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "media-src 'self' blob:; connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
# The service worker may fetch the page's files, and nothing else.
WORKER_POLICY = (
    "default-src 'none'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
DATA_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
# What somebody uploaded, if a browser shows it as a page after all: no origin, no scripts.
UPLOAD_POLICY = f"{DATA_POLICY}; sandbox"
EVERYWHERE: Mapping[str, str] = MappingProxyType(
    {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-Frame-Options": "DENY",  # for browsers that do not know frame-ancestors
    }
)
PAGE: Mapping[str, str] = MappingProxyType(
    {
        POLICY: PAGE_POLICY,
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(self), microphone=(self), geolocation=(), "
        "display-capture=(), midi=(), payment=(), usb=(), serial=(), hid=()",
    }
)


async def secure_response(_: web.BaseRequest, response: web.StreamResponse) -> None:
    """Called for every response before it is sent; what its handler has set stays."""
    set_security_headers(response)


def set_security_headers(response: web.StreamResponse) -> None:
    """Give a response the headers that fit its content."""
    response.headers["Server"] = "Tandem"  # and of which version nobody needs to know
    of_kind = PAGE if response.content_type == "text/html" else {POLICY: DATA_POLICY}
    if response.status == HTTPStatus.NOT_MODIFIED:
        of_kind = {}  # it has no type, and its headers replace the stored ones (RFC 9111, 3.2)
    for name, value in {**EVERYWHERE, **of_kind}.items():
        response.headers.setdefault(name, value)
