"""What `serve --cluster HOST:PORT` has to know: who leads, and what the machines share."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from rtc_server.config import CLUSTER_ADDRESS, MIN_SECRET_LENGTH, Config
from rtc_server.errors import BadConfig

HOW_TO_MAKE_A_TOKEN = (
    "make one with `openssl rand -hex 32`, and give it to each machine as TANDEM_CLUSTER_TOKEN or "
    "in the file of cluster_token_file"
)


@dataclass(frozen=True, slots=True)
class ClusterSettings:
    """Checked and complete: what starts Ray on this machine."""

    leader: str  # an IP address
    port: int  # of Ray's head there
    own_address: str  # of this machine, as the others reach it
    token: str

    @property
    def leads(self) -> bool:
        """Whether this is the machine that the others join."""
        return self.own_address == self.leader


def check_cluster_config(config: Config) -> None:
    """Check what does not depend on the network.

    :raises BadConfig: a setting is missing that all machines have to share.
    """
    if not config.workers:
        raise BadConfig("cluster: expected workers of 1 or more, the session hosts of this machine")
    if _is_alone(config):
        return
    if not read_cluster_token(config):
        raise BadConfig(
            "cluster_token: expected the secret that all machines share, because others can reach "
            f"{config.cluster}; {HOW_TO_MAKE_A_TOKEN}"
        )
    from rtc_server.history.database_url import parse_database_url  # slow to import

    if config.history and parse_database_url(config.history).path is not None:
        raise BadConfig(
            "history: expected a database that all machines share, as "
            "postgresql://USER:PASSWORD@HOST/DATABASE, or an empty text to keep no results, got "
            "the path of a file, which only this machine has"
        )
    if config.access == "invite" and not (config.secret or config.jwks):
        raise BadConfig(
            "secret: expected the same on all machines (TANDEM_SECRET), so that an invitation is "
            "good on each of them, got none"
        )


def read_cluster_token(config: Config) -> str:
    """The secret that the machines share; empty: there is none.

    :raises BadConfig: it is too short, or its file cannot be read.
    """
    token = config.cluster_token
    if config.cluster_token_file:
        try:
            token = Path(config.cluster_token_file).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise BadConfig(f"cluster_token_file: expected a text file: {error}") from error
    if token and len(token) < MIN_SECRET_LENGTH:
        raise BadConfig(
            f"cluster_token: expected at least {MIN_SECRET_LENGTH} characters that cannot be "
            f"guessed, got {len(token)}; {HOW_TO_MAKE_A_TOKEN}"
        )
    return token


def find_cluster_settings(config: Config) -> ClusterSettings:
    """Look who leads, and how the others reach this machine; asks the resolver.

    :raises BadConfig: the address has no host, or cannot be reached from here.
    """
    host, port = _split(config)
    try:
        leader = socket.getaddrinfo(host, None, socket.AF_INET, socket.SOCK_DGRAM)[0][4][0]
        own_address = _find_address_towards(str(leader), port)
    except OSError as error:
        raise BadConfig(
            f"cluster: expected a machine that can be reached at {host}: {error}"
        ) from error
    return ClusterSettings(str(leader), port, own_address, read_cluster_token(config))


def _find_address_towards(leader: str, port: int) -> str:
    """The address with which this machine sends to the leader: the leader's own, if it is that.

    :raises OSError: there is no way to it.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect((leader, port))  # sends nothing
        return str(probe.getsockname()[0])


def _split(config: Config) -> tuple[str, int]:
    found = CLUSTER_ADDRESS.fullmatch(config.cluster)
    assert found is not None  # `Config` has checked it
    return found[1], int(found[2])


def _is_alone(config: Config) -> bool:
    """Whether no other machine can reach the cluster's address."""
    host, _ = _split(config)
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
