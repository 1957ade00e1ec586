"""`python -m rtc_server.cluster.machines.ray_command start …`: Ray's own command.

It ends with the server that started it, whatever ends that (Linux), and Ray's processes with it.
Ray's head offers a port for programs from outside (Ray Client) wherever the package grpc is
installed, and no flag says not to; so it does not find that package.
"""

from __future__ import annotations

import ctypes
import os
import runpy
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    parent = os.getppid()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # it died before
        return
    sys.modules["grpc"] = None  # type: ignore[assignment]
    runpy.run_module("ray.scripts.scripts", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
