"""How many learners a front's hosts may have: counted for each machine, whose processors all hosts
on it share. Pure; time is passed in."""

from __future__ import annotations

from rtc_server.cluster.reports import HostCost
from rtc_server.session.places.capacity import Capacity, Reading


class MachinePlaces:
    """The places of one machine, from what its hosts report."""

    def __init__(self, first: HostCost, most: int) -> None:
        """
        :param first: any host's first report; an estimate of another host differs by noise only.
        :param most: how many places there may be for other reasons.
        """
        self.capacity = Capacity(first.estimate, most)
        self._hosts: dict[str, HostCost] = {}
        self._cpu_s = self._others_s = 0.0

    def __len__(self) -> int:
        """The number of its hosts."""
        return len(self._hosts)

    @property
    def limit(self) -> int:
        """How many learners there may be now."""
        places, ceiling = self.capacity.places, self.capacity.ceiling
        return places if ceiling is None else min(places, ceiling)

    def update(self, host: str, cost: HostCost, now_s: float) -> None:
        """Take what a host reports."""
        last = self._hosts.get(host)
        self._hosts[host] = cost
        if last is not None:
            plain_s = cost.plain_s - last.plain_s
            # Each host sees all processes but itself. So the mean of what all of them see, with
            # themselves, is the whole machine; and the hosts are no others.
            seen_s = cost.others_s - last.others_s + plain_s
            self._cpu_s += cost.cpu_s - last.cpu_s
            self._others_s += seen_s / len(self._hosts) - plain_s + cost.side_s - last.side_s
        self.capacity.update(
            Reading(
                now_s,
                self._cpu_s,
                learners=sum(each.learners for each in self._hosts.values()),
                delay_s=max(each.delay_s for each in self._hosts.values()),
                others_s=self._others_s,
                processes=len(self._hosts),
            )
        )

    def remove(self, host: str) -> None:
        """A host has ended."""
        self._hosts.pop(host, None)


class ClusterPlaces:
    """The places of all machines."""

    def __init__(self, most: int) -> None:
        """:param most: how many there may be for other reasons."""
        self._most = most
        self._machines: dict[str, MachinePlaces] = {}

    @property
    def is_counted(self) -> bool:
        """Whether any host has said what a learner costs it."""
        return bool(self._machines)

    @property
    def dearest(self) -> Capacity:
        """The capacity of the machine on which a learner costs most."""
        all_of_them = (machine.capacity for machine in self._machines.values())
        return max(all_of_them, key=lambda capacity: capacity.learner_cores)

    @property
    def places(self) -> int:
        """How many learners fit on all machines."""
        places = sum(machine.capacity.places for machine in self._machines.values())
        return min(self._most, places)

    @property
    def ceiling(self) -> int | None:
        """How many of them, as machines were seen to fall behind; None if none was."""
        machines = self._machines.values()
        if all(machine.capacity.ceiling is None for machine in machines):
            return None
        return sum(machine.limit for machine in machines)

    def update(self, machine: str, host: str, cost: HostCost, now_s: float) -> None:
        """Take what a host on that machine reports."""
        if machine not in self._machines:
            self._machines[machine] = MachinePlaces(cost, self._most)
        self._machines[machine].update(host, cost, now_s)

    def remove(self, machine: str, host: str) -> None:
        """A host has ended."""
        if (found := self._machines.get(machine)) is not None:
            found.remove(host)
            if not len(found):
                del self._machines[machine]

    def has_room(
        self,
        machine: str,
        here: float,
        there: float,
        *,
        resumes: bool = False,
        cost: float = 1.0,
    ) -> bool:
        """Whether a host takes one more session.

        :param here: the learners of that host.
        :param there: those of all hosts of its machine.
        :param cost: how many learners' places the session takes; alone it fits anywhere.
        :param resumes: they had a place before, so that they may come while it is behind.
        """
        if (found := self._machines.get(machine)) is None:
            return True
        limit = found.capacity.places if resumes else found.limit
        process_limit = found.capacity.process_places
        return _fits(here, cost, process_limit) and _fits(there, cost, limit)


def _fits(used: float, cost: float, limit: int) -> bool:
    return not used or used + cost <= limit + 1e-9
