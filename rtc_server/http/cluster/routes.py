"""HTTP routes of session hosts, for the operator: how they are, and to drain one."""

from __future__ import annotations

from aiohttp import web

from rtc_server.cluster.directory import ClusterDirectory
from rtc_server.cluster.errors import ClusterOff
from rtc_server.http import audit_log
from rtc_server.http.access import require_operator
from rtc_server.http.app_keys import CLUSTER
from rtc_server.http.requests.fields import Query, choice

DRAIN_QUERY = Query(
    {
        "replace": choice(
            "Whether to start another host first, and to drain this one once that is ready.",
            ("false", "true"),
            required=False,
            default="false",
        )
    }
)

routes = web.RouteTableDef()


@routes.get("/api/cluster")
async def get_cluster(request: web.Request) -> web.Response:
    """All hosts, with their load."""
    await require_operator(request)
    return web.json_response(_find_cluster(request).describe())


@routes.post("/api/cluster/hosts/{name}/drain")
async def drain_host(request: web.Request) -> web.Response:
    """Place nobody on a host any more; it ends with its last session."""
    await require_operator(request)
    query = DRAIN_QUERY.parse(request.query)
    cluster, name = _find_cluster(request), request.match_info["name"]
    host = await cluster.pool.request_drain(name, is_replaced=query["replace"] == "true")
    audit_log.record(request, "drained", host=host.name)
    return web.json_response(cluster.pool.describe(host), status=202)


def _find_cluster(request: web.Request) -> ClusterDirectory:
    """
    :raises ClusterOff: the sessions run in this process.
    """
    if CLUSTER not in request.app:
        raise ClusterOff("expected a server with session hosts (--workers), this one has none")
    return request.app[CLUSTER]
