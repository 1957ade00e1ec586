"""The next learner goes to the host with the least load, and to none that drains or is silent."""

from __future__ import annotations

from dataclasses import dataclass, field

from rtc_server.cluster.placement import STALE_S, HostState, sort_by_load
from rtc_server.cluster.reports import HostLoad

NOW_S = 100.0


@dataclass
class Host:
    name: str
    cores: float = 0.0
    sessions: int = 0
    state: HostState = "ready"
    reported_s: float = NOW_S
    placed: int = 0
    load: HostLoad | None = field(init=False)

    def __post_init__(self) -> None:
        self.load = HostLoad(self.cores, self.sessions, None)


def order(*hosts: Host) -> list[str]:
    return [host.name for host in sort_by_load(hosts, NOW_S)]


def test_the_host_with_the_least_load_comes_first() -> None:
    assert order(Host("a", cores=0.9), Host("b", cores=0.2), Host("c", cores=0.5)) == [*"bca"]


def test_of_hosts_that_are_alike_the_one_with_fewer_learners_comes_first() -> None:
    assert order(Host("a", cores=0.31, sessions=3), Host("b", cores=0.33, sessions=2)) == [*"ba"]


def test_learners_count_before_a_report_knows_of_them() -> None:
    assert order(Host("a", cores=0.1, placed=3), Host("b", cores=0.3)) == [*"ba"]


def test_a_host_that_drains_starts_or_has_ended_gets_nobody() -> None:
    states: list[HostState] = ["draining", "starting", "gone"]
    assert order(*(Host(state, state=state) for state in states), Host("a")) == ["a"]


def test_a_host_without_a_fresh_report_gets_nobody() -> None:
    late = Host("late", reported_s=NOW_S - STALE_S)
    assert order(late, Host("a", reported_s=NOW_S - STALE_S + 0.1)) == ["a"]
