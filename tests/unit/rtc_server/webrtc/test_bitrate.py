"""Which bit rate is sent, given the reports of a receiver."""

from itertools import pairwise

from rtc_server.webrtc.bitrate import FIRST_RETRY_S, BitrateSelector


def reports(selector: BitrateSelector, loss: float, from_s: float, to_s: float) -> float | None:
    """Send one report a second; return when the bit rate changed, if it did."""
    before, now_s = selector.changes, from_s
    while now_s < to_s:
        selector.on_loss_report(loss, now_s)
        if selector.changes > before:
            return now_s
        now_s += 1
    return None


def send(selector: BitrateSelector, bit_rate: float, until_s: float) -> None:
    for k in range(30):
        selector.on_frame_sent(round(bit_rate / 8 / 30), until_s - 1 + k / 30)


def test_the_full_bit_rate_is_sent_first() -> None:
    assert not BitrateSelector().low


def test_heavy_loss_lowers_the_bit_rate_and_slight_loss_does_not() -> None:
    selector = BitrateSelector()
    assert reports(selector, 0.05, 0, 60) is None
    assert reports(selector, 0.15, 60, 70) is not None and selector.low


def test_a_single_bad_report_does_not_lower_the_bit_rate() -> None:
    selector = BitrateSelector()
    selector.on_loss_report(0.2, 0.0)
    assert not selector.low


def test_the_bit_rate_rises_again_after_some_time_without_loss() -> None:
    selector = BitrateSelector()
    reports(selector, 0.3, 0, 10)
    at_s = reports(selector, 0.0, 10, 60)
    assert at_s is not None and not selector.low
    assert 10 + FIRST_RETRY_S <= at_s <= 10 + FIRST_RETRY_S + 10


def test_each_failed_attempt_makes_the_next_one_wait_longer() -> None:
    selector = BitrateSelector()
    now_s, waits = 0.0, []
    for _ in range(4):
        now_s = reports(selector, 0.3, now_s, now_s + 10) or now_s
        fell_s = now_s
        now_s = reports(selector, 0.0, now_s + 1, now_s + 300) or now_s
        waits.append(now_s - fell_s)
        now_s += 1
    assert waits[0] < 20
    assert all(after > 1.5 * before for before, after in pairwise(waits))


def test_an_estimate_that_falls_below_what_is_sent_lowers_the_bit_rate() -> None:
    selector = BitrateSelector()
    send(selector, 650_000, until_s=10.0)
    selector.on_bitrate_estimate(900_000, 10.0)
    selector.on_bitrate_estimate(550_000, 10.0)
    assert selector.low


def test_a_low_estimate_that_grows_changes_nothing() -> None:
    """After a still frame it begins low, however good the network is."""
    selector = BitrateSelector()
    send(selector, 650_000, until_s=10.0)
    for estimate in (80_000, 86_000, 93_000, 100_000):
        selector.on_bitrate_estimate(estimate, 10.0)
    assert not selector.low


def test_an_estimate_that_falls_while_little_is_sent_changes_nothing() -> None:
    selector = BitrateSelector()
    send(selector, 50_000, until_s=10.0)
    selector.on_bitrate_estimate(900_000, 10.0)
    selector.on_bitrate_estimate(500_000, 10.0)
    assert not selector.low
