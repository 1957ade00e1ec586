"""Capture times of a simulated client with two clocks, over any network: the truth is known."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from rtc_server.sync.capture_clock import ARRIVALS_S, LATEST_MS, CaptureClock
from rtc_server.sync.sender_reports import MIN_AGREEING, NTP_UNIX_S, WINDOW_S

TRANSIT_S = 0.040
UNIX_S = 1_790_000_000.0
RTP_WRAP = 1 << 32


def steady() -> float:
    return TRANSIT_S


@dataclass
class Client:
    """A webcam with 15 frames a second: a report every second, a ping every two seconds, and
    a playhead every other frame. Times are on its own clock.
    """

    clock: CaptureClock
    transit_s: Callable[[], float] = steady  # of a packet
    encoding_s: Callable[[], float] = lambda: 0.0  # to encode a frame and send it
    report_delay_s: Callable[[], float] = lambda: 0.0  # what the sender adds to its reports
    server_s: float = -700.0  # the server's clock − the client's
    server_ppm: float = 0.0  # by how much it is faster
    rtp_ppm: float = 0.0
    first_rtp: int = RTP_WRAP - 90_000  # wraps after a second
    wall_s: float = UNIX_S  # the wall clock − the client's
    browser_wall_s: float | None = None  # the wall clock of its reports, if that is another one
    sends_wall_clock: bool = True
    reports: bool = True
    errors_ms: list[float] = field(default_factory=list)
    sources: list[str | None] = field(default_factory=list)
    _frame: int = 15_000  # since the client's clock was 0

    def rtp(self, captured_s: float) -> int:
        ticks = round((captured_s - 1000) * (1 + self.rtp_ppm * 1e-6) * 90_000)
        return (self.first_rtp + ticks) % RTP_WRAP

    def arrives(self, sent_s: float) -> float:
        came_s = sent_s + self.transit_s()
        return self.server_s + 1000 + (came_s - 1000) * (1 + self.server_ppm * 1e-6)

    def run(self, seconds: float) -> None:
        """Send for so long, and record the error of each estimated capture."""
        for _ in range(round(seconds * 15)):
            captured_s = self._frame / 15
            rtp = self.rtp(captured_s)
            self.clock.on_media_packet(rtp, self.arrives(captured_s + self.encoding_s()))
            if self._frame % 30 == 7:
                wall_ms = (captured_s + self.wall_s) * 1000 if self.sends_wall_clock else None
                came_s = self.arrives(captured_s)
                self.clock.on_ping(captured_s * 1000, came_s, 2000 * TRANSIT_S, wall_ms)
            elif self._frame % 2:
                self.clock.on_client_time(captured_s * 1000, self.arrives(captured_s))
            if self._frame % 15 == 3 and self.reports:
                wall_s = self.wall_s if self.browser_wall_s is None else self.browser_wall_s
                unix_s = captured_s + wall_s + self.report_delay_s()
                ntp = round((unix_s + NTP_UNIX_S) * (1 << 32)) % (1 << 64)
                self.clock.on_sender_report(ntp, rtp, self.arrives(captured_s))
            estimated_ms = self.clock.captured_ms(rtp)
            if estimated_ms is not None:
                self.errors_ms.append(estimated_ms - captured_s * 1000)
                self.sources.append(self.clock.source)
            self._frame += 1

    def worst_ms(self) -> float:
        return max(map(abs, self.errors_ms))


def random_transit(seed: int, max_s: float) -> Callable[[], float]:
    rng = random.Random(seed)
    return lambda: TRANSIT_S + rng.uniform(0, max_s)


def random_delay(seed: int, min_s: float, max_s: float) -> Callable[[], float]:
    rng = random.Random(seed)
    return lambda: rng.uniform(min_s, max_s)


def test_by_arrivals_the_uplinks_delay_cancels_on_the_clients_clock() -> None:
    client = Client(CaptureClock(), reports=False)
    client.run(20)
    assert client.worst_ms() < 0.1 and set(client.sources) == {"arrivals"}
    rtp = client.rtp(1020.0)
    assert client.clock.captured_s(rtp) == pytest.approx(1020.0 - 700.0, abs=0.001)


def test_without_media_or_pings_the_capture_time_is_unknown() -> None:
    clock = CaptureClock()
    assert clock.captured_s(0) is None and clock.source is None
    clock.on_media_packet(0, 1.0)
    assert clock.captured_ms(0) is None and clock.captured_s(0) == pytest.approx(1.0)
    assert clock.source == "arrivals"


def test_reports_contain_no_delay_of_the_network_or_the_encoder() -> None:
    client = Client(
        CaptureClock(), transit_s=random_transit(1, 0.02), encoding_s=random_delay(2, 0.004, 0.03)
    )
    client.run(30)  # until some pings were not delayed
    client.errors_ms.clear(), client.sources.clear()
    client.run(60)
    assert set(client.sources) == {"reports"}
    assert client.worst_ms() < 0.1
    arrivals = Client(
        CaptureClock(False),
        transit_s=random_transit(1, 0.02),
        encoding_s=random_delay(2, 0.004, 0.03),
    )
    arrivals.run(90)
    assert set(arrivals.sources) == {"arrivals"} and arrivals.worst_ms() > 5


def test_the_earliest_report_counts_for_a_sender_that_reports_after_sending() -> None:
    """As aiortc does: its reports contain the encoder's time."""
    encoding_s = random_delay(3, 0.001, 0.030)
    client = Client(CaptureClock(), encoding_s=encoding_s, report_delay_s=encoding_s)
    client.run(60)
    assert client.worst_ms() < 10
    assert client.sources.count("reports") > len(client.sources) / 2


@pytest.mark.parametrize("lacking", ["agreement", "wall clock", "reports"])
def test_arrivals_count_without_wall_clock_reports_or_agreement(lacking: str) -> None:
    client = Client(CaptureClock())
    if lacking == "wall clock":
        client.sends_wall_clock = False
    elif lacking == "agreement":
        client.report_delay_s = random_delay(4, 0.0, 5.0)
    client.run(MIN_AGREEING - 0.5 if lacking == "reports" else 30)
    assert set(client.sources) == {"arrivals"} and client.worst_ms() < 0.1


@pytest.mark.parametrize("off_s", [-86_400.0, -0.02, 0.02, 5.0])
def test_reports_are_not_trusted_if_the_clocks_of_browser_and_page_disagree(off_s: float) -> None:
    client = Client(CaptureClock(), browser_wall_s=UNIX_S + off_s)
    client.run(30)
    assert set(client.sources) == {"arrivals"} and client.worst_ms() < 0.1


def test_reports_are_not_trusted_with_a_very_slow_encoder() -> None:
    slow_s = LATEST_MS / 1000 + 0.01
    client = Client(CaptureClock(), encoding_s=lambda: slow_s)
    client.run(30)
    assert set(client.sources) == {"arrivals"}


@pytest.mark.parametrize("step_s", [3600.0, -3600.0, 0.5, 0.02, -0.02])
def test_setting_the_wall_clock_causes_no_error(step_s: float) -> None:
    client = Client(CaptureClock())
    client.run(10)
    client.wall_s += step_s
    client.run(20)
    assert client.worst_ms() < 0.1 and client.sources[-1] == "reports"


def test_when_reports_stop_arrivals_take_over() -> None:
    client = Client(CaptureClock())
    client.run(10)
    assert client.clock.source == "reports"
    client.reports = False
    client.run(WINDOW_S + 1)
    assert client.clock.source == "arrivals" and client.worst_ms() < 0.1


@pytest.mark.parametrize("use_reports", [True, False])
@pytest.mark.parametrize("server_ppm", [-100, 100])
@pytest.mark.parametrize("rtp_ppm", [-100, 100])
def test_drifting_clocks_cause_no_more_error_than_their_drift_within_the_window(
    use_reports: bool, server_ppm: float, rtp_ppm: float
) -> None:
    client = Client(CaptureClock(use_reports), server_ppm=server_ppm, rtp_ppm=rtp_ppm)
    client.run(900)
    assert client.worst_ms() < (1.5 if use_reports else 6)


@pytest.mark.parametrize("shift_ms", [-400, -68, 68, 400])
def test_a_shift_of_the_rtp_time_is_followed_within_seconds(shift_ms: int) -> None:
    """Chromium shifts it after it has held back a timestamp that lay in the future."""
    client = Client(CaptureClock(), transit_s=random_transit(5, 0.04), reports=False)
    client.run(12)
    client.first_rtp += 90 * shift_ms
    client.run(ARRIVALS_S + 0.1)
    client.errors_ms.clear()
    client.run(20)
    assert client.worst_ms() < 10


def test_a_queue_in_the_network_causes_little_error() -> None:
    client = Client(CaptureClock(), reports=False)
    client.run(12)
    client.errors_ms.clear()
    filling = [k / 100 for k in range(31)]
    for queue_s in (*filling, *[0.3] * 100, *reversed(filling), *[0.0] * 100):
        client.transit_s = lambda queue_s=queue_s: TRANSIT_S + queue_s
        client.run(1 / 15)
    assert client.worst_ms() < 11


def test_a_reset_of_the_rtp_time_is_followed_at_once() -> None:
    client = Client(CaptureClock())
    client.run(10)
    client.first_rtp -= 90_000 * 3000
    client.run(20)
    assert client.worst_ms() < 0.1 and client.sources[-1] == "reports"


def test_a_frame_from_before_the_wrap_is_placed_after_it() -> None:
    client = Client(CaptureClock())
    client.run(3)
    before = client.rtp(1000.9)
    assert before > client.rtp(1001.1)
    assert client.clock.captured_ms(before) == pytest.approx(1_000_900, abs=0.1)


def test_incomplete_reports_and_reports_before_the_first_frame_are_ignored() -> None:
    clock = CaptureClock()
    clock.on_sender_report(1 << 63, 0, 1.0)
    for k in range(5):
        clock.on_media_packet(k * 90_000, 2.0 + k)
        clock.on_ping(k * 1000, 2.0 + k, None, UNIX_S * 1000 + k * 1000)
        clock.on_sender_report(0, k * 90_000, 2.0 + k)  # aiortc's, before its first packet
    assert clock.source == "arrivals"
