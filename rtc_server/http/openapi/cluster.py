"""The operations of session hosts, and their JSON."""

from __future__ import annotations

from collections.abc import Mapping

from rtc_server import errors
from rtc_server.cluster.errors import ClusterOff, LastHost, UnknownHost
from rtc_server.http.cluster.routes import DRAIN_QUERY
from rtc_server.http.openapi.json_schema import array, nullable, record, ref, value
from rtc_server.http.openapi.operation import LOCAL_OR_TOKEN, Operation, SuccessResponse
from rtc_server.http.requests.fields import text

TAG = "Session hosts"
NAME = text("A host's name.", example="w1")
STATES = ("starting", "ready", "draining", "gone")
HOST = record(
    "A process that runs sessions.",
    {
        "name": value("string", "Its name, which its sessions' ids end with.", "w1"),
        "machine": value("string", "Where it runs.", "dance-2 (10.0.0.2)"),
        "state": value("string", "Whether it takes learners.", "ready", enum=list(STATES)),
        "sessions": value("integer", "Learners there, as of its last report.", 3),
        "cores": nullable(value("number", "Processor time a second, in its last report.", 0.31)),
        "slowest_per_s": nullable(
            value("number", "Scores a second of the learner with the fewest; null: nobody plays.")
        ),
        "report_age_s": nullable(value("number", "How old its last report is.", 0.4)),
        "version": nullable(value("string", "Of the program that it runs.", "0.1.0")),
        "pid": nullable(value("integer", "Its process.", 4711)),
        "udp_port": nullable(value("integer", "The port of all its sessions, if it is one.")),
        "problem": nullable(value("string", "Why it is not well.")),
    },
)
CLUSTER = record(
    "The hosts of this server.",
    {
        "version": value("string", "Of the server's own program.", "0.1.0"),
        "machine": value("string", "Where this front runs.", "dance-1 (10.0.0.1)"),
        "workers": value("integer", "How many hosts take learners, once all are ready.", 2),
        "sessions": value("integer", "Learners in all.", 5),
        "max_sessions": nullable(
            value("integer", "How many there may be; null: as many as the hosts have time for.", 8)
        ),
        "places": value("integer", "How many there may be now.", 8),
        "hosts": array(ref("Host")),
    },
)
FOR_OPERATOR = "For programs of the server's user on its machine, and for who has the token."

OPERATIONS: Mapping[tuple[str, str], Operation] = {
    ("GET", "/api/cluster"): Operation(
        id="getCluster",
        tag=TAG,
        summary="All hosts, with their load",
        description=FOR_OPERATOR,
        responses={
            200: SuccessResponse(
                description="The hosts.", content={"application/json": ref("Cluster")}
            )
        },
        errors=(ClusterOff, *LOCAL_OR_TOKEN),
        needs_token=True,
    ),
    ("POST", "/api/cluster/hosts/{name}/drain"): Operation(
        id="drainHost",
        tag=TAG,
        summary="Let a host end with its last session",
        description=FOR_OPERATOR,
        path={"name": NAME},
        query=DRAIN_QUERY,
        responses={
            202: SuccessResponse(
                description="It takes no more learners, or will not once another is ready.",
                content={"application/json": ref("Host")},
            )
        },
        errors=(ClusterOff, UnknownHost, LastHost, *LOCAL_OR_TOKEN, errors.BadMessage),
        needs_token=True,
    ),
}
