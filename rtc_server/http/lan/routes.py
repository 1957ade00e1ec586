"""HTTP routes for devices of the local network: the page with the QR code, the certificate.

They are also answered over plain HTTP (`tls.redirect`), because a device asks for them before it
trusts the server. The certificate is no secret, and over HTTP the page shows none.
"""

from __future__ import annotations

import asyncio
import time

from aiohttp import web

from rtc_server.config import Config
from rtc_server.errors import LanOff, NoAuthority
from rtc_server.http import auth
from rtc_server.http.access import find_caller
from rtc_server.http.app_keys import CONFIG, LOCAL_NETWORK
from rtc_server.http.lan.links import LanLink, list_addresses
from rtc_server.http.lan.local_network import LocalNetwork
from rtc_server.http.lan.page import LanPage, find_device, render_page
from rtc_server.http.lan.page_languages import LANGUAGES, pick_language
from rtc_server.http.requests.fields import Query, choice, optional

LAN, CA = "/lan", "/ca.crt"
QUERY = Query(
    {
        "lang": optional(
            choice("The language of the page.", tuple(LANGUAGES), example="ko"),
            "By default the first of the browser's (Accept-Language) that there is.",
        )
    }
)

routes = web.RouteTableDef()


@routes.get(LAN)
async def get_lan_page(request: web.Request) -> web.Response:
    chosen = QUERY.parse(request.query)["lang"]
    config, network = request.app[CONFIG], request.app.get(LOCAL_NETWORK)
    if network is None or not config.lan:
        raise LanOff("expected a server for phones in the same network, started with --lan")
    language = chosen or pick_language(request.headers.get("Accept-Language", ""))
    fragment = ""
    if await _is_operator(request):
        fragment = await asyncio.to_thread(network.invitation.make_fragment, time.time())
    page = _describe_page(request, config, network, fragment)
    device = find_device(request.headers.get("User-Agent", ""))
    html = await asyncio.to_thread(render_page, page, language, device)
    # It may show a secret, and addresses change.
    return web.Response(text=html, content_type="text/html", headers={"Cache-Control": "no-store"})


@routes.get(CA)
async def get_authority(request: web.Request) -> web.Response:
    network = request.app.get(LOCAL_NETWORK)
    authority = network.authority if network else None
    if authority is None:
        raise NoAuthority(
            "expected a server with a certificate of its own (--lan, or --tls self-signed); this "
            "one has none, or its operator's"
        )
    # Safari and Firefox offer to install what is of this type, and is no attachment.
    return web.Response(
        body=authority.pem,
        content_type="application/x-x509-ca-cert",
        headers={"Cache-Control": "no-cache"},
    )


def _describe_page(
    request: web.Request, config: Config, network: LocalNetwork, fragment: str
) -> LanPage:
    assert request.transport is not None
    port = request.transport.get_extra_info("sockname")[1]
    addresses = list_addresses(config, port, network.addresses, network.host_names)
    authority = network.authority
    return LanPage(
        link=LanLink(addresses[0], fragment),
        addresses=addresses,
        is_in_network=bool(network.addresses),
        authority_name=authority.name if authority else None,
        fingerprint=authority.fingerprint if authority else "",
        is_trusted=request.secure,
    )


async def _is_operator(request: web.Request) -> bool:
    """Whether the operator asks, over a connection that nobody else reads."""
    if not request.secure:
        return False
    return auth.describe_access(request.app[CONFIG], await find_caller(request)) != "none"
