"""How Ray runs here: on the loopback only, with a token that is made anew for each run.

Ray reads its environment when it is imported, so this has to be called before.
"""

from __future__ import annotations

import os
import secrets

ENVIRONMENT = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_AUTH_MODE": "token",
    # Ray's word for "this machine only": its servers then listen on the loopback address.
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",
    "AUTOSCALER_METRIC_PORT": "0",  # any, so that two servers do not want the same
    "RAY_BACKEND_LOG_LEVEL": "error",
    # Ray's default is 15: then learners' media and poses wait for every other program, and places
    # are counted as if they took nothing, because who is nice makes room.
    "RAY_worker_niceness": "0",
}


def set_ray_environment() -> None:
    """Set what Ray and the processes that it starts read; the token is in no file."""
    os.environ.update(ENVIRONMENT, RAY_AUTH_TOKEN=secrets.token_hex(32))
