"""The hosts that the command line asks for."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from bench.simulation.costs import Costs
from bench.simulation.places import places_of

FLEET = re.compile(r"(?:(\d{1,5})x|auto:)(\d{1,3}(?:\.\d+)?)")


class BadFleet(ValueError):
    """Hosts that cannot be read."""


@dataclass(frozen=True, slots=True)
class Fleet:
    """A number of equal hosts, or as many as are needed."""

    hosts: int | None  # None: as many as a peak needs
    cores: float

    def count(self, costs: Costs, peak: float) -> int:
        """The number of hosts: for the peak, for three standard deviations more, and one spare."""
        if self.hosts is not None:
            return self.hosts
        most = peak + 3 * math.sqrt(peak)
        return math.ceil(most / places_of(costs, self.cores)) + 1


def parse_fleet(text: str) -> Fleet:
    """Read "8x4" or "auto:4".

    :raises BadFleet: it is neither, or has no hosts or no cores.
    """
    found = FLEET.fullmatch(text)
    hosts = int(found[1]) if found and found[1] else None
    if not found or hosts == 0 or float(found[2]) <= 0:
        raise BadFleet(f"--hosts: expected hosts x cores as 8x4, or auto:4, got {text!r}")
    return Fleet(hosts, float(found[2]))
