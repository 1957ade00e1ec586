"""Why the server cannot listen where it should, and what to do about it."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rtc_server.errors import BadConfig
from rtc_server.local_addresses import list_local_addresses


@contextmanager
def explaining_listen_errors(host: str, port: int) -> Iterator[None]:
    """Turn a failure to listen into a sentence for the operator.

    :raises BadConfig: the block failed to listen there.
    """
    try:
        yield
    except OSError as error:
        raise BadConfig(describe_listen_error(error, host, port, list_local_addresses())) from error


def describe_listen_error(
    error: OSError, host: str, port: int, own_addresses: Sequence[str]
) -> str:
    """The sentence.

    :param own_addresses: of this machine, besides the loopback's.
    """
    if isinstance(error, socket.gaierror):
        return (
            f"host: expected an address or a name of this machine, got {host!r:.80}: "
            f"{error.strerror}"
        )
    match error.errno:
        case errno.EADDRINUSE:
            return (
                f"port: expected a free one, got {port}, on which another program listens already; "
                "stop that program, or take another port with --port (0 is any free one)"
            )
        case errno.EACCES | errno.EPERM:
            return (
                f"port: expected one on which this user may listen, got {port}; take one from "
                "1024 on with --port, or allow it (Linux: sudo sysctl "
                f"net.ipv4.ip_unprivileged_port_start={port})"
            )
        case errno.EADDRNOTAVAIL:
            return (
                f"host: expected an address of this machine, got {host}; it has "
                f"{', '.join((*own_addresses, '127.0.0.1'))}, and 0.0.0.0 means all of them (if "
                f"only its router has that one: --host 0.0.0.0 --public-address {host})"
            )
    # asyncio puts a sentence of its own into strerror, which names host and port already.
    reason = os.strerror(error.errno) if error.errno else str(error)
    return f"host, port: expected an address to listen on, got {host} port {port}: {reason}"
