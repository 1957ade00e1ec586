"""How many learners fit: the estimate, what corrects it, and when nobody else is admitted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rtc_server.session.places.capacity import (
    BEHIND_AFTER_S,
    BEHIND_SHARE,
    CAUTIOUS_S,
    ESTIMATE_WEIGHT,
    HEADROOM,
    MIN_SHARE,
    PACKETS_CORES,
    PYTHON_CORES,
    RECOVERED_SHARE,
    WINDOW_S,
    Capacity,
    CostEstimate,
    Reading,
)

FPS = 5.0
ESTIMATE = CostEstimate(cores=2.0, look_s=0.012, python_s=0.001, pose_fps=FPS)
LEARNER_CORES = FPS * 0.012 + PACKETS_CORES
MANY = 1000
SLOW_S = 1.01 * BEHIND_SHARE / FPS
QUICK_S = 0.99 * RECOVERED_SHARE * BEHIND_SHARE / FPS


class Server:
    """A server whose readings a test makes, one a second."""

    def __init__(self, estimate: CostEstimate = ESTIMATE, most: int = MANY) -> None:
        self.capacity = Capacity(estimate, most)
        self.reading = Reading(now_s=100.0, cpu_s=7.0, learners=0, delay_s=0.0)

    def run(
        self,
        seconds: float,
        learners: int,
        *,
        each: float = 0.0,
        delay_s: float = 0.0,
        others: float = 0.0,
    ) -> Capacity:
        """Serve so many learners, who take `each` processors; other processes take `others`."""
        for _ in range(round(seconds)):
            last = self.reading
            self.reading = Reading(
                last.now_s + 1,
                last.cpu_s + each * learners,
                learners,
                delay_s,
                last.others_s + others,
            )
            self.capacity.update(self.reading)
        return self.capacity


def test_the_estimate_shares_the_processors_out_and_leaves_some_free() -> None:
    assert ESTIMATE.learner_cores == pytest.approx(LEARNER_CORES)
    assert ESTIMATE.count_places() == int(2 * (1 - HEADROOM) / LEARNER_CORES)
    assert 2 * replace(ESTIMATE, cores=1.0).count_places() == ESTIMATE.count_places()


def test_one_learner_always_fits() -> None:
    assert replace(ESTIMATE, cores=0.1, look_s=0.5).count_places() == 1
    assert Server().run(20, 1, each=50.0).places == 1
    assert Server().run(20, 1, each=0.1, others=4.0).places == 1


def test_many_processors_do_not_help_beyond_what_one_interpreter_does() -> None:
    few = int(PYTHON_CORES / (FPS * 0.001 + PACKETS_CORES))
    assert replace(ESTIMATE, cores=64.0).count_places() == few
    assert replace(ESTIMATE, cores=1024.0).count_places() == few


def test_more_processes_use_more_processors() -> None:
    many = replace(ESTIMATE, cores=64.0)
    one = many.count_process_places()
    assert many.count_places(processes=3) == 3 * one
    assert many.count_places(processes=1000) == int(64 * (1 - HEADROOM) / LEARNER_CORES)
    assert ESTIMATE.count_places(processes=3) == ESTIMATE.count_places()  # they share the machine


def test_other_limits_hold() -> None:
    assert Server(most=3).capacity.places == 3


def test_the_estimate_says_what_it_was_made_of() -> None:
    sentence = str(ESTIMATE)
    assert f"room for {ESTIMATE.count_places()} learners" in sentence
    for figure in ("12.0 ms", "5 looks a second", "2 processors", "20% stay free"):
        assert figure in sentence


def test_learners_who_cost_more_leave_fewer_places() -> None:
    server = Server()
    learners = 10
    capacity = server.run(20, learners, each=2 * LEARNER_CORES)
    assert capacity.measured_cores == pytest.approx(2 * LEARNER_CORES)
    times = (ESTIMATE_WEIGHT + 2 * learners) / (ESTIMATE_WEIGHT + learners)
    assert capacity.learner_cores == pytest.approx(times * LEARNER_CORES)
    assert capacity.places == ESTIMATE.count_places(times) < ESTIMATE.count_places()


def test_learners_who_cost_less_leave_more_places_within_reason() -> None:
    assert Server().run(20, 10, each=0.7 * LEARNER_CORES).places > ESTIMATE.count_places()
    idle = Server().run(20, 1000, each=0.0)
    assert idle.places == ESTIMATE.count_places(MIN_SHARE)


def test_a_learner_who_has_just_come_says_nothing_yet() -> None:
    capacity = Server().run(2, 1, each=1.0)  # connecting takes a lot
    assert capacity.measured_cores is None and capacity.places == ESTIMATE.count_places()


def test_only_the_last_seconds_count() -> None:
    server = Server()
    server.run(60, 10, each=2 * LEARNER_CORES)
    server.run(WINDOW_S + 1, 10, each=LEARNER_CORES)
    assert server.capacity.places == ESTIMATE.count_places()
    server.run(WINDOW_S + 1, 10, each=3 * LEARNER_CORES)
    server.run(WINDOW_S + 1, 0)
    assert server.capacity.places == ESTIMATE.count_places()


def test_what_other_processes_take_is_not_there() -> None:
    assert Server().run(20, 0, others=1.0).places == ESTIMATE.count_places(others_cores=1.0)
    assert ESTIMATE.count_places(others_cores=1.0) == replace(ESTIMATE, cores=1.0).count_places()


def test_while_learners_wait_nobody_else_comes() -> None:
    server = Server()
    assert server.run(BEHIND_AFTER_S, 6, delay_s=SLOW_S).ceiling is None
    assert server.run(1, 6, delay_s=SLOW_S).ceiling == 6
    assert server.run(1, 5, delay_s=SLOW_S).ceiling == 5  # who leaves is not replaced, either
    assert server.run(1, 0, delay_s=SLOW_S).ceiling == 1


@pytest.mark.parametrize(
    ("pose_fps", "look_s", "delay_s"),
    [(5.0, 0.012, 0.12), (30.0, 0.012, 0.024), (30.0, 0.020, 1 / 30), (5.0, 1.0, 0.2)],
)
def test_a_look_itself_is_no_delay(pose_fps: float, look_s: float, delay_s: float) -> None:
    estimate = replace(ESTIMATE, pose_fps=pose_fps, look_s=look_s)
    assert estimate.behind_delay_s == pytest.approx(delay_s)


def test_learners_who_connect_together_are_slow_for_a_moment() -> None:
    server = Server()
    for _ in range(20):
        server.run(BEHIND_AFTER_S - 1, 6, delay_s=SLOW_S)
        assert server.run(1, 6, delay_s=QUICK_S).ceiling is None


def test_after_that_there_are_no_more_than_there_were_then_for_a_while() -> None:
    server = Server()
    server.run(BEHIND_AFTER_S + 1, 6, delay_s=SLOW_S)
    server.run(2 * CAUTIOUS_S, 6, delay_s=(SLOW_S + QUICK_S) / 2)
    assert server.capacity.ceiling == 6  # not recovered yet
    server.run(CAUTIOUS_S - 1, 4, delay_s=QUICK_S)
    assert server.capacity.ceiling == 6  # two of them may come
    server.run(2, 4, delay_s=QUICK_S)
    assert server.capacity.ceiling is None
