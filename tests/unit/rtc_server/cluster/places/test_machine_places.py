"""The hosts of a machine share its processors, so their learners are counted together."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rtc_server.cluster.places.machine_places import ClusterPlaces, MachinePlaces
from rtc_server.cluster.reports import HostCost
from rtc_server.session.places.capacity import BEHIND_AFTER_S, CostEstimate

ESTIMATE = CostEstimate(cores=2.0, look_s=0.0125, python_s=0.002, pose_fps=5.0)
EACH = ESTIMATE.learner_cores
NICE_SHARE = 0.6  # of a host's processor time: its pose workers make room for others
MANY = 1000
# Hosts report one after the other, so that one may be ahead of the others by a second of WINDOW_S.
ABOUT = 0.06


def about(places: int) -> object:
    return pytest.approx(places, abs=1)


class Machine:
    """Hosts that report once a second, and what they and other programs take."""

    def __init__(self, hosts: int, estimate: CostEstimate = ESTIMATE) -> None:
        self.now_s = 0.0
        self.costs = {
            f"w{k}": HostCost(estimate, 3.0, 1.0, 7.0, learners=0, delay_s=0.0)
            for k in range(hosts)
        }
        self.places = MachinePlaces(self.costs["w0"], MANY)
        self.report()

    def report(self) -> None:
        for name, cost in self.costs.items():
            self.places.update(name, cost, self.now_s)

    def run(
        self,
        seconds: int,
        learners: int,
        *,
        each: float = EACH,
        others: float = 0.0,
        side: float = 0.0,
    ) -> MachinePlaces:
        """Serve so many learners on each host, which does something else beside them."""
        used_s = learners * each
        plain_s = used_s * (1 - NICE_SHARE)
        beside_s = others + plain_s * (len(self.costs) - 1)  # what is nice is not seen
        for _ in range(seconds):
            self.now_s += 1
            self.costs = {
                name: replace(
                    cost,
                    cpu_s=cost.cpu_s + used_s,
                    plain_s=cost.plain_s + plain_s,
                    others_s=cost.others_s + beside_s,
                    learners=learners,
                    side_s=cost.side_s + side,
                )
                for name, cost in self.costs.items()
            }
            self.report()
        return self.places


@pytest.mark.parametrize("hosts", [1, 2, 8])
def test_the_places_of_a_machine_do_not_multiply_with_its_hosts(hosts: int) -> None:
    machine = Machine(hosts)
    assert machine.places.limit == ESTIMATE.count_places()
    assert machine.run(20, learners=2).limit == about(ESTIMATE.count_places())


def test_of_many_processors_each_host_uses_its_own_interpreter() -> None:
    estimate = replace(ESTIMATE, cores=32.0)
    one = estimate.count_process_places()
    assert Machine(1, estimate).places.limit == one < 24
    assert Machine(4, estimate).places.limit == 4 * one
    by_cores = int(32 * 0.8 / EACH)
    assert Machine(64, estimate).places.limit == by_cores < 64 * one


def test_hosts_are_no_others_to_each_other_and_other_programs_are() -> None:
    assert Machine(3).run(20, learners=3).limit == about(ESTIMATE.count_places())
    disturbed = Machine(3).run(20, learners=3, others=1.0)
    assert disturbed.limit == about(ESTIMATE.count_places(others_cores=1.0))


def test_what_hosts_do_beside_learners_is_as_of_other_programs() -> None:
    places = Machine(2).run(20, learners=3, side=0.25)
    assert places.capacity.measured_cores == pytest.approx(EACH, rel=ABOUT)
    assert places.limit == about(ESTIMATE.count_places(others_cores=0.5))


def test_learners_who_cost_more_leave_fewer_places_on_the_machine() -> None:
    places = Machine(2).run(20, learners=5, each=2 * EACH)
    assert places.capacity.measured_cores == pytest.approx(2 * EACH, rel=ABOUT)
    assert places.limit < ESTIMATE.count_places()


def test_where_learners_of_one_host_wait_nobody_comes_to_the_machine() -> None:
    machine = Machine(2)
    machine.run(5, learners=3)
    machine.costs["w1"] = replace(machine.costs["w1"], delay_s=0.2)
    assert machine.run(round(BEHIND_AFTER_S) + 1, learners=3).limit == 6


def test_a_host_that_ends_takes_its_processor_time_along() -> None:
    machine = Machine(2)
    machine.run(20, learners=3)
    del machine.costs["w1"]
    machine.places.remove("w1")
    assert machine.run(20, learners=3).limit == about(ESTIMATE.count_places())
    machine.costs["w2"] = HostCost(ESTIMATE, 900.0, 900.0, 900.0, learners=3, delay_s=0.0)
    assert machine.run(20, learners=3).limit == about(ESTIMATE.count_places())


def test_a_cluster_has_the_places_of_all_machines() -> None:
    cluster = ClusterPlaces(MANY)
    assert not cluster.is_counted and cluster.has_room("", 500, 500)
    small = HostCost(replace(ESTIMATE, cores=1.0), 0.0, 0.0, 0.0, learners=0, delay_s=0.0)
    large = replace(small, estimate=ESTIMATE)
    for name, cost in {"a": large, "b": small}.items():
        cluster.update(name, f"w{name}", cost, 1.0)
    few, many = small.estimate.count_places(), ESTIMATE.count_places()
    assert cluster.places == few + many and cluster.ceiling is None
    assert cluster.has_room("b", few - 1, few - 1) and not cluster.has_room("b", few - 1, few)
    assert cluster.has_room("a", 0, many - 1)
    cluster.remove("b", "wb")
    assert cluster.places == many
    assert ClusterPlaces(3).places == 0


def test_one_host_takes_no_more_than_its_interpreter_serves() -> None:
    cluster = ClusterPlaces(MANY)
    cost = HostCost(replace(ESTIMATE, cores=64.0), 0.0, 0.0, 0.0, learners=0, delay_s=0.0)
    for host in ("w1", "w2"):
        cluster.update("", host, cost, 1.0)
    one = cost.estimate.count_process_places()
    assert cluster.places == 2 * one
    assert cluster.has_room("", one - 1, one) and not cluster.has_room("", one, one)


def test_a_machine_that_is_behind_takes_only_who_comes_back() -> None:
    cluster = ClusterPlaces(MANY)
    cost = HostCost(ESTIMATE, 0.0, 0.0, 0.0, learners=2, delay_s=0.2)
    for second in range(round(BEHIND_AFTER_S) + 2):
        cluster.update("", "w1", cost, float(second))
    assert cluster.ceiling == 2 < cluster.places
    assert not cluster.has_room("", 2, 2) and cluster.has_room("", 2, 2, resumes=True)
