"""What whoever speaks HTTP on the port of HTTPS gets: mostly the same address under https."""

from __future__ import annotations

from aiohttp import web

from rtc_server.config import Config
from rtc_server.errors import TandemError
from rtc_server.http import static_files
from rtc_server.http.app_keys import CONFIG, LOCAL_NETWORK
from rtc_server.http.errors import Handler, problem, status_of
from rtc_server.http.host_names import require_known_host
from rtc_server.http.lan import routes as lan
from rtc_server.http.lan.local_network import LocalNetwork
from rtc_server.http.security_headers import secure_response

# What the page with the QR code consists of.
STYLES = "/static/{name:css/style\\.css|css/lan\\.css|icon\\.svg}"


def create_redirect_app(config: Config, network: LocalNetwork | None = None) -> web.Application:
    """An application that answers requests with the same address under https.

    :param network: what a device asks for before it trusts the server is answered over HTTP.
    """
    app = web.Application(middlewares=[_problem_middleware])
    app[CONFIG] = config
    if network is not None:
        app[LOCAL_NETWORK] = network
        app.add_routes(lan.routes)
        app.router.add_get(STYLES, static_files.get_static_file)
    app.router.add_route("*", "/{path:.*}", _redirect)
    app.on_response_prepare.extend([secure_response, _leave_out_isolation])
    return app


@web.middleware
async def _problem_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        # Else a link to this server could lead anywhere.
        require_known_host(request.app[CONFIG], request.headers)
        return await handler(request)
    except TandemError as error:
        return problem(status_of(type(error)), error.code, str(error))


async def _leave_out_isolation(_: web.Request, response: web.StreamResponse) -> None:
    """Browsers report this header as an error where it comes over HTTP."""
    response.headers.popall("Cross-Origin-Opener-Policy", None)


async def _redirect(request: web.Request) -> web.StreamResponse:
    if "Host" not in request.headers:
        return problem(400, "http", "expected a request with Host, to answer with its https")
    raise web.HTTPPermanentRedirect(f"https://{request.host}{request.path_qs}")
