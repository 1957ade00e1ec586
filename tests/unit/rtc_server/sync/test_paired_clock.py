"""Two devices whose clocks are hours apart and drift: the truth is known."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from rtc_server.sync.clock_offset import WINDOW_S, ClockOffset
from rtc_server.sync.paired_clock import PairedCaptureClock

FRAMES_PER_S = 15
HOURS_S = 3600.0


@dataclass
class Device:
    """A clock, and a network with a way up and a way down; `true_s` is on the server's clock."""

    offset: ClockOffset
    ahead_s: float
    ppm: float
    up_s: float = 0.02
    down_s: float = 0.02
    jitter_s: float = 0.0
    rng: random.Random = field(default_factory=lambda: random.Random(1))

    def clock_s(self, true_s: float) -> float:
        return self.ahead_s + true_s * (1 + self.ppm * 1e-6)

    def arrives_s(self, true_s: float) -> float:
        return true_s + self.up_s + self.rng.uniform(0, self.jitter_s)

    def exchange(self, true_s: float) -> None:
        """A ping, its pong, and what the next ping says of it."""
        arrived_s = self.arrives_s(true_s)
        self.offset.on_sent_by_device(self.clock_s(true_s) * 1000, arrived_s)
        back_s = arrived_s + self.down_s + self.rng.uniform(0, self.jitter_s)
        self.offset.on_received_by_device(arrived_s, self.clock_s(back_s) * 1000, back_s)


def make_pair(**network: float) -> tuple[Device, Device, PairedCaptureClock]:
    """A phone, a screen, and the phone's captures on the screen's clock."""
    screen = Device(ClockOffset(), ahead_s=-5 * HOURS_S, ppm=-50, **network)  # type: ignore[arg-type]
    clock = PairedCaptureClock(screen.offset, use_sender_reports=False)
    phone = Device(clock.offset, ahead_s=7 * HOURS_S, ppm=50, **network)  # type: ignore[arg-type]
    return phone, screen, clock


def film(
    phone: Device, screen: Device, clock: PairedCaptureClock, seconds: float
) -> Iterator[float]:
    """The error of each capture, in ms of the screen's clock, from the third second on."""
    for frame in range(round(seconds * FRAMES_PER_S)):
        captured_s = 100 + frame / FRAMES_PER_S
        rtp = round(phone.clock_s(captured_s) * 90_000) % (1 << 32)
        clock.on_media_packet(rtp, phone.arrives_s(captured_s))
        clock.on_client_time(phone.clock_s(captured_s) * 1000, phone.arrives_s(captured_s))
        if frame % FRAMES_PER_S == 0:
            phone.exchange(captured_s)
            screen.exchange(captured_s)
        known_ms = clock.captured_ms(rtp)
        if known_ms is not None and frame > 3 * FRAMES_PER_S:
            yield known_ms - screen.clock_s(captured_s) * 1000


def test_clocks_hours_apart_that_drift_are_brought_together() -> None:
    errors_ms = list(film(*make_pair(), seconds=600))
    assert len(errors_ms) > 5000
    assert max(map(abs, errors_ms)) < 2


def test_jitter_costs_little_because_the_fastest_of_each_way_counts() -> None:
    errors_ms = list(film(*make_pair(jitter_s=0.06), seconds=120))
    assert max(map(abs, errors_ms[FRAMES_PER_S * 10 :])) < 25


def test_on_a_delayed_network_the_clocks_add_some_milliseconds() -> None:
    """50 ± 20 ms each way of both devices: the case of bench/sync/skew.py."""
    errors_ms: list[float] = []
    for seed in range(20):
        phone, screen, clock = make_pair(up_s=0.03, down_s=0.03, jitter_s=0.04)
        phone.rng, screen.rng = random.Random(seed), random.Random(f"{seed} screen")
        errors_ms += map(abs, film(phone, screen, clock, seconds=24))
    errors_ms.sort()
    assert errors_ms[round(0.95 * len(errors_ms))] < 10 and errors_ms[-1] < 20


@pytest.mark.parametrize(("up_s", "down_s"), [(0.08, 0.0), (0.0, 0.08), (0.03, 0.05)])
def test_unequal_ways_are_within_the_error_that_is_told(up_s: float, down_s: float) -> None:
    phone, screen, clock = make_pair()
    phone.up_s, phone.down_s = up_s, down_s
    for error_ms in film(phone, screen, clock, seconds=60):
        assert abs(error_ms) <= clock.error_ms + 0.5
    assert clock.error_ms < 70


def test_the_error_grows_with_the_round_trip() -> None:
    told_ms = []
    for way_s in (0.005, 0.1):
        phone, screen, clock = make_pair()
        phone.up_s = phone.down_s = way_s
        assert list(film(phone, screen, clock, seconds=10))
        told_ms.append(clock.error_ms)
    assert told_ms[1] - told_ms[0] == pytest.approx(95, abs=2)


def test_nothing_is_known_before_both_ways_are() -> None:
    phone, screen, clock = make_pair()
    screen.exchange(100)
    clock.on_media_packet(0, 100.0)
    clock.on_client_time(1000, 100.0)
    assert clock.captured_ms(0) is None
    phone.exchange(100.1)
    assert clock.captured_ms(0) is not None


@pytest.mark.parametrize("jump_s", [-90.0, 90.0])
def test_a_clock_that_jumps_is_known_again_soon(jump_s: float) -> None:
    """A device that slept has a clock that stood still; others are set."""
    device = Device(ClockOffset(), ahead_s=0.0, ppm=0.0)
    for second in range(20):
        device.exchange(second)
    device.ahead_s += jump_s
    device.exchange(20)
    device.exchange(21)
    assert device.offset.estimate is not None
    assert device.offset.estimate.offset_ms == pytest.approx(-jump_s * 1000, abs=5)


@pytest.mark.parametrize("sent_s", [-1e9, 1e9, 10 - WINDOW_S - 1])
def test_a_time_that_is_none_of_ours_is_ignored(sent_s: float) -> None:
    offset = ClockOffset()
    offset.on_sent_by_device(0.0, 10.0)
    offset.on_received_by_device(sent_s, 0.0, 10.0)
    assert offset.estimate is None
