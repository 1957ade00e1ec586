"""How Ray runs here: with a token, without statistics, and alone on the loopback only.

Ray reads its environment when it is imported, so this has to be called before.
"""

from __future__ import annotations

import os
import secrets

ENVIRONMENT = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_AUTH_MODE": "token",
    "AUTOSCALER_METRIC_PORT": "0",  # any, so that two servers do not want the same
    "RAY_BACKEND_LOG_LEVEL": "error",
    # Ray's default is 15: then learners' media and poses wait for every other program, and places
    # are counted as if they took nothing, because who is nice makes room.
    "RAY_worker_niceness": "0",
}
# Ray's word for "this machine only": its servers then listen on the loopback address.
ALONE = {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}
# A machine goes on without the one that leads; by itself Ray would end all of its processes after
# a minute.
SEVERAL = {"RAY_gcs_rpc_server_reconnect_timeout_s": str(7 * 24 * 3600)}


def set_ray_environment(token: str = "", *, has_others: bool = False) -> None:
    """Set what Ray and the processes that it starts read; the token is in no file.

    :param token: what all machines share; empty: one is made, for this machine alone.
    :param has_others: whether other machines may join, or be joined.
    """
    more = SEVERAL if has_others else ALONE
    if has_others:
        for name in ALONE:  # a program that ran a server of one machine may have started this one
            os.environ.pop(name, None)
    os.environ.update({**ENVIRONMENT, **more, "RAY_AUTH_TOKEN": token or secrets.token_hex(32)})
