"""The wires of a learner's host to the server, for measurements of a change of the network."""

from __future__ import annotations

import time

from tests.integration.webrtc.two_networks import LearnersHost, ip


class Wires:
    """The wires of a learner's host, one at a time, each in another network."""

    def __init__(self, host: LearnersHost) -> None:
        self._host = host
        self._count = 0
        self.change()

    def change(self) -> float:
        """Go to another network; return when that began, in Unix time."""
        began_s = time.time()
        if self._count:
            self._host.pull_out(f"w{self._count}")
            ip(f"link del w{self._count}")
        self._count += 1
        self._host.plug_in(f"w{self._count}", self._network)
        return began_s

    @property
    def learner_address(self) -> str:
        """The learner's address in the present network."""
        return f"{self._network}.2"

    @property
    def _network(self) -> str:
        return f"10.{self._count}.0"
