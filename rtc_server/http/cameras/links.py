"""The link that a phone opens to become the camera."""

from __future__ import annotations

from aiohttp import web

from rtc_server.http.app_keys import CONFIG, LOCAL_NETWORK
from rtc_server.http.host_names import is_loopback_name, parse_host
from rtc_server.http.invitations import own_url
from rtc_server.http.lan.links import list_addresses

PATH = "/camera"


def make_camera_link(request: web.Request, secret: str) -> str:
    """A link to this server, with the secret behind #, where browsers send it to nobody.

    :param request: the screen's. What it calls this server, a phone may, too, unless that is
        "this machine": then the machine's address in the network, where phones are expected.
    """
    return f"{_find_base(request)}{PATH}#pair={secret}"


def _find_base(request: web.Request) -> str:
    config, network = request.app[CONFIG], request.app.get(LOCAL_NETWORK)
    host = parse_host(request.headers.get("Host", ""))
    is_here = host is not None and is_loopback_name(host)
    if network is None or not config.lan or not is_here or request.transport is None:
        return own_url(request)
    port = request.transport.get_extra_info("sockname")[1]
    return list_addresses(config, port, network.addresses, network.host_names)[0]
