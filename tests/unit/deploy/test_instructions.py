"""What docs/deploy.md tells a stranger to type exists: commands, flags, targets, settings."""

from __future__ import annotations

import re
import shlex
import tomllib
from dataclasses import fields

import pytest
import yaml

from rtc_server.cli import COMMANDS, _create_parser
from rtc_server.config import Config
from tests.paths import ROOT

TEXT = (ROOT / "docs" / "deploy.md").read_text("utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", TEXT, re.DOTALL)
COMMAND_LINES = [
    line.split(" #")[0].strip()
    for language, block in BLOCKS
    if language == "sh"
    for line in block.replace("\\\n", " ").splitlines()
] + re.findall(r"`([^`\n]+)`", TEXT)
MAKE = re.compile(r"(^|sudo |=\S+ )make \S")
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
TARGETS = set(" ".join(re.findall(r"^([a-z -]+):", MAKEFILE, re.MULTILINE)).split())


@pytest.mark.parametrize("line", [line for line in COMMAND_LINES if "run.py " in line])
def test_a_command_of_the_program_exists(line: str) -> None:
    words = shlex.split(line.split("run.py ")[1])
    if "--help" in words:
        assert words[0] in COMMANDS
        return
    _create_parser(words[0]).parse_args(words)


@pytest.mark.parametrize("line", [line for line in COMMAND_LINES if MAKE.search(line)])
def test_a_make_target_exists_and_its_flags_are_the_servers(line: str) -> None:
    words = shlex.split(re.split(r"\bmake ", line)[1].split(" && ")[0])
    assert {word for word in words if "=" not in word} <= TARGETS
    for word in words:
        if word.startswith("ARGS="):
            flags = shlex.split(word.removeprefix("ARGS="))
            _create_parser("serve").parse_args(["serve", *flags])


def test_the_settings_of_the_service_exist() -> None:
    settings = {setting.name for setting in fields(Config)}
    (block,) = re.findall(r"<<SETTINGS\n(.*?)SETTINGS\n", TEXT, re.DOTALL)
    more = [text for language, text in BLOCKS if language == "toml"]
    for text in (block.replace("$(openssl rand -hex 24)", "x"), *more):
        found = tomllib.loads(text)
        assert found
        assert set(found) <= settings


def test_flags_in_the_tables_exist(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        _create_parser("serve").parse_args(["serve", "--help"])
    named = set(re.findall(r"`(--[a-z-]+)`", TEXT))
    assert named
    assert named <= set(re.findall(r"--[a-z-]+", capsys.readouterr().out))


def test_the_scrape_configuration_is_yaml_with_the_job_of_the_alerts() -> None:
    (text,) = [text for language, text in BLOCKS if language == "yaml"]
    (job,) = yaml.safe_load(text)["scrape_configs"]
    assert f'job="{job["job_name"]}"' in (ROOT / "deploy" / "prometheus-alerts.yml").read_text(
        "utf-8"
    )


def test_the_number_of_alerts_is_right() -> None:
    alerts = yaml.safe_load((ROOT / "deploy" / "prometheus-alerts.yml").read_text("utf-8"))
    assert f"has {sum(len(group['rules']) for group in alerts['groups'])} alerts" in TEXT


def test_the_ports_are_those_of_the_compose_file() -> None:
    compose = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text("utf-8"))
    relay = dict(re.findall(r"^([\w-]+)=(\d+)$", compose["configs"]["turnserver"]["content"], re.M))
    table = TEXT[TEXT.index("| port | for |") :].partition("\n\n")[0]
    assert f"UDP {relay['min-port']} to {relay['max-port']}" in table
    assert relay["listening-port"] in table
    for service in ("caddy", "tandem"):
        for published in compose["services"][service]["ports"]:
            assert published.split(":")[0] in table
