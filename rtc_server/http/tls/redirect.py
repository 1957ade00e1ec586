"""Sends whoever speaks HTTP on the port of HTTPS there."""

from __future__ import annotations

from aiohttp import web

from rtc_server.config import Config
from rtc_server.errors import WrongHost
from rtc_server.http.errors import problem
from rtc_server.http.host_names import require_known_host
from rtc_server.http.security_headers import secure_response


def create_redirect_app(config: Config) -> web.Application:
    """An application that answers every request with the same address under https."""

    async def redirect(request: web.Request) -> web.StreamResponse:
        try:
            require_known_host(config, request.headers)
        except WrongHost as error:  # else a link to this server could lead anywhere
            return problem(403, error.code, str(error))
        if "Host" not in request.headers:
            return problem(400, "http", "expected a request with Host, to answer with its https")
        raise web.HTTPPermanentRedirect(f"https://{request.host}{request.path_qs}")

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", redirect)
    app.on_response_prepare.append(secure_response)
    return app
