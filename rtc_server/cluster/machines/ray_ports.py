"""The ports of Ray on each machine of a cluster: fixed, so that a firewall can let them through."""

from __future__ import annotations

from dataclasses import dataclass

MAX_PROCESSES = 100  # of Ray on one machine: the front, and its session hosts


@dataclass(frozen=True, slots=True)
class RayPorts:
    """All follow from the port in the cluster's address, and are the same on each machine."""

    head: int  # only on the machine that leads

    @property
    def node_manager(self) -> int:
        return self.head + 1

    @property
    def object_manager(self) -> int:
        return self.head + 2

    @property
    def workers(self) -> tuple[int, int]:
        """The first and the last port of the front and of the hosts."""
        return self.head + 10, self.head + 10 + MAX_PROCESSES - 1

    def build_flags(self) -> list[str]:
        """As `ray start` takes them; those of its agents, which nobody else asks, too."""
        first, last = self.workers
        flags = {
            "--node-manager-port": self.node_manager,
            "--object-manager-port": self.object_manager,
            "--runtime-env-agent-port": self.head + 3,
            "--dashboard-agent-listen-port": self.head + 4,
            "--dashboard-agent-grpc-port": self.head + 5,
            "--metrics-export-port": self.head + 6,
            "--min-worker-port": first,
            "--max-worker-port": last,
        }
        return [text for flag, port in flags.items() for text in (flag, str(port))]
