"""The manifest for KubeRay fits the server, its image and the ports that Ray takes."""

from __future__ import annotations

import re
from dataclasses import fields
from typing import Any

import pytest
import yaml

from rtc_server.cluster.machines.ray_ports import RayPorts
from rtc_server.cluster.machines.settings import check_cluster_config
from rtc_server.config import Config
from rtc_server.config_sources import load_config
from tests.paths import ROOT

TEXT = (ROOT / "deploy" / "kuberay.yaml").read_text("utf-8")
DOCUMENTS: dict[str, dict[str, Any]] = {each["kind"]: each for each in yaml.safe_load_all(TEXT)}
SPEC = DOCUMENTS["RayCluster"]["spec"]
GROUPS = [SPEC["headGroupSpec"], *SPEC["workerGroupSpecs"]]
SETTINGS = {f"TANDEM_{setting.name.upper()}" for setting in fields(Config) if setting.init}
SECRETS = set(re.findall(r"--from-literal=(TANDEM_\w+)=", TEXT))
(CONTAINER,) = GROUPS[0]["template"]["spec"]["containers"]
ENVIRONMENT: dict[str, str] = {each["name"]: each.get("value", "") for each in CONTAINER["env"]}


def test_every_machine_runs_the_same() -> None:
    assert all(group["template"] == GROUPS[0]["template"] for group in GROUPS)
    annotations = DOCUMENTS["RayCluster"]["metadata"]["annotations"]
    assert annotations == {"ray.io/overwrite-container-cmd": "true"}  # Tandem starts Ray
    assert SPEC["enableInTreeAutoscaling"] is False


def test_its_settings_are_the_servers_and_enough_for_a_cluster() -> None:
    given = {name for name in ENVIRONMENT if name.startswith("TANDEM_")} | SECRETS
    assert given <= SETTINGS
    secret = "s" * 64
    environment = {name: value for name, value in ENVIRONMENT.items() if name in SETTINGS}
    environment |= dict.fromkeys(SECRETS, secret)
    environment["TANDEM_HISTORY"] = "postgresql://db.example/tandem"
    environment["TANDEM_CLUSTER"] = "10.0.0.1:6379"
    check_cluster_config(load_config({}, environment))


def test_no_secret_is_in_the_file() -> None:
    assert {
        *("TANDEM_CLUSTER_TOKEN", "TANDEM_TOKEN", "TANDEM_SECRET", "TANDEM_HISTORY"),
    } == SECRETS
    assert SECRETS.isdisjoint(ENVIRONMENT)
    assert CONTAINER["envFrom"] == [{"secretRef": {"name": "tandem"}}]


def test_the_versions_are_those_that_are_pinned() -> None:
    lock = (ROOT / "requirements" / "container-cluster.txt").read_text("utf-8")
    assert f"\nray=={SPEC['rayVersion']} " in lock


def test_the_pod_gives_up_its_rights() -> None:
    pod = GROUPS[0]["template"]["spec"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert CONTAINER["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert {each["name"] for each in CONTAINER["volumeMounts"]} == {
        each["name"] for each in pod["volumes"]
    }


def test_ports_are_those_of_the_server_and_of_ray() -> None:
    (head,) = re.findall(r":(\d+)\"'?$", CONTAINER["args"][0]) or [""]
    policy = DOCUMENTS["NetworkPolicy"]["spec"]["ingress"]
    learners, machines = ({port["port"]: port for port in each["ports"]} for each in policy)
    ray = RayPorts(int(head))
    assert (ray.head, ray.workers[1]) == (int(head), machines[ray.head]["endPort"])
    udp, workers = int(ENVIRONMENT["TANDEM_UDP_PORT"]), int(ENVIRONMENT["TANDEM_WORKERS"])
    assert learners[udp] == {"port": udp, "endPort": udp + 2 * workers - 1, "protocol": "UDP"}
    assert set(learners) == {Config().port, udp}
    assert "from" not in policy[0] and "from" in policy[1]


@pytest.mark.parametrize("kind", ["Service", "NetworkPolicy"])
def test_what_selects_pods_selects_those(kind: str) -> None:
    spec = DOCUMENTS[kind]["spec"]
    labels = spec.get("selector") or spec["podSelector"]["matchLabels"]
    assert labels == GROUPS[0]["template"]["metadata"]["labels"]
