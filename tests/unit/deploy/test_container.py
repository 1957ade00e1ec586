"""The image, the Compose file and the lock files of the image fit each other and the server."""

from __future__ import annotations

import re
from dataclasses import fields
from typing import Any

import pytest
import yaml

from rtc_server.cli import COMMANDS
from rtc_server.config import Config
from setup.container_dependencies import container_dependencies
from tests.paths import ROOT
from tools.image_root import read_instructions

DEPLOY = ROOT / "deploy"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILE = list(read_instructions(DEPLOY / "Dockerfile"))
SETTINGS = {f"TANDEM_{setting.name.upper()}" for setting in fields(Config) if setting.init}
ENGINES = ("all", "openvino", "cluster")
PINNED = re.compile(r"^([a-z0-9-]+)==(\S+)(?: ;.*)? \\$", re.MULTILINE)


def pinned(lock: str) -> dict[str, set[str]]:
    """The versions of each package in a lock file."""
    found: dict[str, set[str]] = {}
    for name, version in PINNED.findall((ROOT / "requirements" / lock).read_text("utf-8")):
        found.setdefault(name, set()).add(version)
    return found


def test_each_setting_of_the_compose_file_is_one_of_the_servers() -> None:
    given = set(SERVICES["tandem"]["environment"])
    assert given - SETTINGS <= {"TANDEM_UDP_PORT", "TANDEM_ACCESS"}  # with --udp-port and --access


def test_what_the_compose_file_asks_for_is_in_the_example() -> None:
    """A variable with a default may be left out; it is explained there, too."""
    text = (DEPLOY / "compose.yaml").read_text("utf-8")
    example = (DEPLOY / ".env.example").read_text("utf-8")
    wanted = set(re.findall(r"\$\{(\w+)", text))
    set_there = set(re.findall(r"^(\w+)=", example, re.MULTILINE))
    optional = set(re.findall(r"^#(\w+)=", example, re.MULTILINE))
    assert wanted == set_there | optional
    assert optional == set(re.findall(r"\$\{(\w+):-", text))


def test_no_secret_has_a_value_in_the_example() -> None:
    example = (DEPLOY / ".env.example").read_text("utf-8")
    for name in ("TANDEM_TOKEN", "TANDEM_TURN_SECRET", "POSTGRES_PASSWORD"):
        assert f"\n{name}=\n" in example


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_names_what_exists_and_gives_up_its_rights(name: str) -> None:
    service = SERVICES[name]
    assert re.fullmatch(r"[\w/]+:\d[\w.]*", service["image"]), "expected an image with a version"
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service.get("read_only") or name == "coturn"
    for volume in service.get("volumes", ()):
        source = volume.split(":")[0]
        assert (
            (DEPLOY / source).exists() if source.startswith(".") else source in COMPOSE["volumes"]
        )
    for config in service.get("configs", ()):
        assert config["source"] in COMPOSE["configs"]
    for other, wanted in service.get("depends_on", {}).items():
        assert wanted["condition"] == "service_healthy"
        assert "healthcheck" in SERVICES[other] or "build" in SERVICES[other]


def test_the_server_believes_the_proxy_and_nobody_else() -> None:
    addresses = {
        name: service["networks"]["default"]["ipv4_address"]
        for name, service in SERVICES.items()
        if "networks" in service
    }
    assert SERVICES["tandem"]["environment"]["TANDEM_TRUSTED_PROXIES"] == addresses["caddy"]
    relay = COMPOSE["configs"]["turnserver"]["content"]
    assert f"allowed-peer-ip={addresses['tandem']}\n" in relay


def test_the_video_has_the_same_port_inside_and_outside() -> None:
    port = SERVICES["tandem"]["environment"]["TANDEM_UDP_PORT"]
    assert SERVICES["tandem"]["ports"] == [f"{port}:{port}/udp"]
    assert f"{port}/udp" in dict(DOCKERFILE)["EXPOSE"]


def test_the_relay_differs_from_the_shipped_one_only_where_it_must() -> None:
    """Both files close the same doors."""
    options = re.compile(r"^([a-z0-9_-]+)(?:=(.*))?$", re.MULTILINE)
    shipped = options.findall((DEPLOY / "turnserver.conf").read_text("utf-8"))
    composed = options.findall(COMPOSE["configs"]["turnserver"]["content"])
    of_the_host = {"realm", "static-auth-secret", "external-ip", "allowed-peer-ip"}
    without_tls = {"no-tlsv1", "no-tlsv1_1"}
    missing = {one for one in shipped if one not in composed and one[0] not in of_the_host}
    assert {name for name, _ in missing} == without_tls


def test_the_image_runs_as_somebody_else_than_root() -> None:
    last = dict(DOCKERFILE[-12:])
    assert last["USER"] == "tandem"
    assert last["STOPSIGNAL"] == "SIGTERM"
    assert last["ENTRYPOINT"] == '["python", "run.py"]'
    assert last["CMD"] == '["serve"]'
    command = re.search(r'"run.py", "(\w+)"', last["HEALTHCHECK"])
    assert command and command[1] in COMMANDS


def test_the_settings_of_the_image_are_the_servers() -> None:
    given = set(re.findall(r"\b(TANDEM_\w+)=", " ".join(text for _, text in DOCKERFILE)))
    assert given
    assert given <= SETTINGS


@pytest.mark.parametrize("engines", ENGINES)
def test_everything_that_is_copied_exists(engines: str) -> None:
    for name, text in DOCKERFILE:
        if name == "COPY" and not text.startswith("--from="):
            *sources, _ = text.replace("${ENGINES}", engines).split()
            assert [source for source in sources if not (ROOT / source).exists()] == []


@pytest.mark.parametrize("engines", ENGINES)
def test_the_image_has_the_versions_that_are_tested(engines: str) -> None:
    """`make lock` pins them; only OpenCV is another package, of the same version."""
    run, image = pinned("cluster.txt"), pinned(f"container-{engines}.txt")
    assert image.pop("opencv-python-headless") == run.pop("opencv-python")
    assert {name: versions for name, versions in image.items() if not versions <= run[name]} == {}
    for dependency in container_dependencies(engines):
        name = re.split(r"[\[<>=;]", dependency)[0].lower()
        assert name in image or name == "opencv-python-headless", name
    assert ("tensorflow" in image) == (engines == "all")
    assert ("ray" in image) == (engines == "cluster")
    assert "openvino" in image
