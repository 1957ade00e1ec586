"""What the operator reads when the server cannot listen."""

from __future__ import annotations

import errno
import os
import socket

import pytest

from rtc_server.errors import BadConfig
from rtc_server.http.connections.listen_errors import (
    describe_listen_error,
    explaining_listen_errors,
)

OWN = ("192.168.1.5",)


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (errno.EADDRINUSE, "port: expected a free one, got 443, on which another program listens"),
        (errno.EACCES, "port: expected one on which this user may listen, got 443; take one from"),
        (
            errno.EADDRNOTAVAIL,
            "host: expected an address of this machine, got 203.0.113.7; it has 192.168.1.5, 127",
        ),
        (
            errno.EINVAL,
            "host, port: expected an address to listen on, got 203.0.113.7 port 443:",
        ),
    ],
)
def test_each_reason_has_its_sentence(number: int, sentence: str) -> None:
    error = OSError(number, os.strerror(number))
    assert describe_listen_error(error, "203.0.113.7", 443, OWN).startswith(sentence)


def test_a_name_that_nobody_has_is_said() -> None:
    error = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    assert describe_listen_error(error, "nowhere", 443, OWN) == (
        "host: expected an address or a name of this machine, got 'nowhere': "
        "Name or service not known"
    )


def test_other_errors_pass() -> None:
    with pytest.raises(KeyError), explaining_listen_errors("", 0):
        raise KeyError
    with pytest.raises(BadConfig, match="expected a free one"), explaining_listen_errors("", 1):
        raise OSError(errno.EADDRINUSE, "taken")
