"""What several machines share is asked for before anything starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from rtc_server.cluster.machines.settings import (
    check_cluster_config,
    find_cluster_settings,
    read_cluster_token,
)
from rtc_server.config import Config
from rtc_server.errors import BadConfig

TOKEN = "a secret of more than thirty-two characters"
SHARED = {"cluster": "10.0.0.1:6379", "cluster_token": TOKEN, "workers": 2, "history": ""}


def configured(**settings: object) -> Config:
    return Config(**(SHARED | settings))  # type: ignore[arg-type]


def test_what_all_machines_share_is_enough() -> None:
    check_cluster_config(configured())
    check_cluster_config(configured(history="postgresql://db.example/tandem"))
    check_cluster_config(configured(access="invite", secret="s" * 32))


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"workers": 0}, "expected workers of 1 or more"),
        ({"cluster_token": ""}, r"others can reach 10.0.0.1:6379; make one with `openssl rand"),
        ({"cluster_token": "short"}, "at least 32 characters"),
        ({"history": "results.sqlite3"}, "a database that all machines share"),
        ({"access": "invite"}, "the same on all machines"),
        ({"cluster_token_file": "/nowhere/token"}, "cluster_token_file: expected a text file"),
    ],
)
def test_what_is_missing_is_said_in_one_sentence(
    settings: dict[str, object], sentence: str
) -> None:
    with pytest.raises(BadConfig, match=sentence):
        check_cluster_config(configured(**settings))


def test_on_the_loopback_nothing_has_to_be_shared() -> None:
    check_cluster_config(Config(cluster="127.0.0.1:6379", workers=1))


def test_the_secret_may_be_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\n")
    assert read_cluster_token(configured(cluster_token="", cluster_token_file=str(file))) == TOKEN


def test_the_machine_that_owns_the_address_leads() -> None:
    settings = find_cluster_settings(configured(cluster="127.0.0.1:6379"))
    assert settings.leads and (settings.leader, settings.port) == ("127.0.0.1", 6379)


@pytest.mark.parametrize("address", ["10.0.0.1", "10.0.0.1:80", "10.0.0.1:65500", "a b:6379"])
def test_an_address_needs_a_port_with_room_for_those_of_ray(address: str) -> None:
    with pytest.raises(BadConfig, match=r"as 10\.0\.0\.1:6379, the port from 1024 to 65335"):
        Config(cluster=address)
