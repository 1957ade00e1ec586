"""The unit of systemd starts the server with flags that it has, and lets it do what it must."""

from __future__ import annotations

import re
from collections import defaultdict

from rtc_server.cli import _create_parser
from rtc_server.uploads.sandbox.landlock import ADD_RULE, CREATE_RULESET, RESTRICT_SELF
from tests.paths import ROOT

UNIT = (ROOT / "deploy" / "tandem.service").read_text("utf-8")


def directives() -> dict[str, list[str]]:
    """The values of each directive, in order."""
    found: dict[str, list[str]] = defaultdict(list)
    for line in UNIT.replace("\\\n", " ").splitlines():
        if match := re.fullmatch(r"(\w+)=(.*)", line):
            found[match[1]].append(" ".join(match[2].split()))
    return found


def test_the_server_has_the_flags_of_the_unit() -> None:
    (command,) = directives()["ExecStart"]
    python, script, *words = command.split()
    assert (python, script) == ("/opt/tandem/.venv/bin/python", "run.py")
    args = _create_parser("serve").parse_args(words)
    assert str(args.config) == "${CREDENTIALS_DIRECTORY}/tandem.toml"
    assert args.lessons.is_relative_to("/var/lib/" + directives()["StateDirectory"][0])
    assert directives()["LoadCredential"] == ["tandem.toml:/etc/tandem/tandem.toml"]


def test_uploads_keep_their_sandbox_under_the_units_filter() -> None:
    """Landlock, seccomp and capset come after the list that takes privileged calls away."""
    assert (CREATE_RULESET, ADD_RULE, RESTRICT_SELF) == (444, 445, 446)
    *_, last = directives()["SystemCallFilter"]
    wanted = {"landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self"}
    assert wanted | {"seccomp", "capset"} == set(last.split())


def test_the_addresses_of_the_machine_can_be_listed() -> None:
    assert directives()["RestrictAddressFamilies"] == ["AF_INET AF_INET6 AF_UNIX AF_NETLINK"]


def test_openvino_may_write_machine_code() -> None:
    assert "MemoryDenyWriteExecute" not in directives()
