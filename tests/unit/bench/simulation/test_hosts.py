"""What the front knows of its hosts, and how long each had which load."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest
import simpy

from bench.simulation.hosts import Hosts
from tests.unit.bench.simulation.made_up_costs import COSTS


def hosts_of(count: int) -> tuple[simpy.Environment, Hosts]:
    env = simpy.Environment()
    return env, Hosts(env, COSTS, count, cores=1)  # 4 places each


def learner_of(env: simpy.Environment) -> simpy.Process:
    def stay() -> Generator[simpy.Event, Any, None]:
        yield env.timeout(1e9)

    return env.process(stay())


def test_newcomers_go_where_the_least_share_is_taken() -> None:
    env, hosts = hosts_of(3)
    placed = []
    for _ in range(12):
        host = hosts.find()
        assert host is not None
        hosts.enter(host, learner_of(env))
        placed.append(host.number)
    assert placed == [0, 1, 2] * 4
    assert hosts.find() is None


def test_a_host_that_drains_gets_nobody_until_it_has_restarted() -> None:
    _, hosts = hosts_of(2)
    first, second = hosts.all
    hosts.set_draining(first, True)
    assert hosts.find() is second
    assert hosts.places() == second.places
    hosts.set_draining(first, False)
    assert hosts.find() is first


def test_the_front_goes_by_the_last_load_of_a_host_that_died_until_it_is_stale() -> None:
    env, hosts = hosts_of(2)
    first, second = hosts.all
    learners = [learner_of(env) for _ in range(3)]
    hosts.enter(first, learners[0])
    for learner in learners[1:]:
        hosts.enter(second, learner)
    assert hosts.kill(first) == [learners[0]]
    assert hosts.present == 2
    assert hosts.find() is first  # dead, and still the one with less
    hosts.on_stale(first)
    assert hosts.find() is second
    hosts.revive(first)
    assert hosts.find() is first


def test_a_full_host_that_died_is_not_taken_for_an_empty_one() -> None:
    env, hosts = hosts_of(2)
    first, second = hosts.all
    for _ in range(first.places):
        hosts.enter(first, learner_of(env))
    hosts.kill(first)
    assert hosts.find() is second


def test_time_is_counted_by_hour_and_load() -> None:
    env, hosts = hosts_of(1)
    [host] = hosts.all
    learner = learner_of(env)
    env.run(until=3000)
    hosts.enter(host, learner)
    env.run(until=4000)
    hosts.set_slowdown(host, 1.25)
    env.run(until=4500)
    hosts.leave(host, learner)
    env.run(until=9000)
    hosts.finish()
    assert dict(hosts.occupancy) == {(0, 1, 1.0): 600, (1, 1, 1.0): 400, (1, 1, 1.25): 500}


def test_a_host_that_is_empty_says_so_to_who_waits_for_it() -> None:
    env, hosts = hosts_of(1)
    [host] = hosts.all
    learner = learner_of(env)
    hosts.enter(host, learner)
    host.on_empty = emptied = env.event()
    assert not emptied.triggered
    hosts.leave(host, learner)
    assert emptied.triggered


@pytest.mark.parametrize("slowdown", [1.0, 1.25])
def test_a_host_that_is_disturbed_has_fewer_places(slowdown: float) -> None:
    _, hosts = hosts_of(1)
    hosts.set_slowdown(hosts.all[0], slowdown)
    assert hosts.places() == int(4 / slowdown)
