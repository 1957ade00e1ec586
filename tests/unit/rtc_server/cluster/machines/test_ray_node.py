"""How Ray starts on a machine: fixed ports, one address, and nothing that is not used."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from rtc_server.cluster.machines.ray_node import build_command
from rtc_server.cluster.machines.settings import ClusterSettings
from rtc_server.cluster.ray_environment import set_ray_environment

LEADER = ClusterSettings("10.0.0.1", 6379, "10.0.0.1", "t" * 32)


def flags(command: list[str]) -> dict[str, str]:
    words = iter(command[command.index("start") + 1 :])
    found: dict[str, str] = {}
    for word in words:
        alone = word in ("--block", "--head", "--no-monitor", "--disable-usage-stats")
        found[word] = "" if alone else next(words)
    return found


def test_the_machine_that_leads_starts_the_head_without_dashboard() -> None:
    found = flags(build_command(LEADER, "folder"))
    assert found.keys() >= {"--head", "--disable-usage-stats", "--no-monitor"}
    assert (found["--port"], found["--node-ip-address"]) == ("6379", "10.0.0.1")
    assert found["--include-dashboard"] == "false"
    assert "--address" not in found


def test_another_machine_joins_with_an_address_of_its_own() -> None:
    found = flags(build_command(replace(LEADER, own_address="10.0.0.2"), "folder"))
    assert (found["--address"], found["--node-ip-address"]) == ("10.0.0.1:6379", "10.0.0.2")
    assert found.keys().isdisjoint({"--head", "--port", "--include-dashboard"})


def test_every_port_follows_from_that_of_the_cluster() -> None:
    found = flags(build_command(LEADER, "folder"))
    ports = {name: int(value) for name, value in found.items() if name.endswith("port")}
    assert len(ports) == len(set(ports.values())) == 9
    assert set(ports.values()) <= set(range(6379, 6379 + 120))


def test_the_secret_is_on_no_command_line() -> None:
    assert not any(LEADER.token in word for word in build_command(LEADER, "folder"))


@pytest.mark.parametrize("has_others", [False, True])
def test_only_a_machine_that_is_alone_keeps_ray_on_the_loopback(
    monkeypatch: pytest.MonkeyPatch, has_others: bool
) -> None:
    environment: dict[str, str] = {}
    monkeypatch.setattr(os, "environ", environment)
    set_ray_environment(LEADER.token if has_others else "", has_others=has_others)
    assert ("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER" in environment) is not has_others
    assert (environment["RAY_AUTH_TOKEN"] == LEADER.token) is has_others
    assert environment["RAY_AUTH_MODE"] == "token" and len(environment["RAY_AUTH_TOKEN"]) >= 32
