"""What Ray reads of the environment, on one machine and on several."""

from __future__ import annotations

import os

import pytest

from rtc_server.cluster.ray_environment import ALONE, SEVERAL, set_ray_environment


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    made: dict[str, str] = {}
    monkeypatch.setattr(os, "environ", made)
    return made


def test_one_machine_is_alone_and_has_a_token_of_its_own(environment: dict[str, str]) -> None:
    set_ray_environment()
    token = environment["RAY_AUTH_TOKEN"]
    set_ray_environment()
    assert token != environment["RAY_AUTH_TOKEN"]
    assert environment.items() >= ALONE.items()


def test_several_machines_are_not_alone_whatever_was_set_before(
    environment: dict[str, str],
) -> None:
    set_ray_environment()
    set_ray_environment("shared", has_others=True)
    assert environment["RAY_AUTH_TOKEN"] == "shared"
    assert environment.items() >= SEVERAL.items()
    assert not environment.keys() & ALONE.keys()
