"""What operators may set: the UDP ports."""

from __future__ import annotations

from typing import Any

import pytest

from rtc_server.config import Config
from rtc_server.errors import BadConfig


@pytest.mark.parametrize("port", [0, 80, 443, 1024, 65535])
def test_ports_that_browsers_send_to(port: int) -> None:
    assert Config(udp_port=port).udp_port == port


@pytest.mark.parametrize("port", [-1, 1, 53, 1023, 65536])
def test_other_ports_are_refused(port: int) -> None:
    with pytest.raises(BadConfig, match="udp_port: expected 1024 to 65535, 443 or 80"):
        Config(udp_port=port)


@pytest.mark.parametrize("text", ["50000-50999", "1024-65535", "5000-5000"])
def test_a_range_of_ports(text: str) -> None:
    ports = Config(udp_ports=text).udp_port_range
    assert ports is not None and f"{ports[0]}-{ports[-1]}" == text


@pytest.mark.parametrize(
    "text", ["5000", "5001-5000", "1023-2000", "5000-65536", "a-b", "5000 - 6000", "5000-6000-7000"]
)
def test_what_is_no_range_is_refused(text: str) -> None:
    with pytest.raises(BadConfig, match="udp_ports: expected a first and a last port, from 1024"):
        Config(udp_ports=text)


def test_one_port_and_a_range_contradict_each_other() -> None:
    settings: dict[str, Any] = {"udp_port": 5000, "udp_ports": "5000-6000"}
    with pytest.raises(BadConfig, match="expected either udp_port or udp_ports, got both"):
        Config(**settings)
