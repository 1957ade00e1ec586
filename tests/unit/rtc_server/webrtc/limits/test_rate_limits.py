from rtc_server.webrtc.limits.rate_limits import (
    FLOOD_CHECKS,
    FLOOD_COUNT,
    Allowance,
    FloodDetector,
    RateLimit,
)

CHECK_S = 0.5


def test_a_bucket_gives_its_burst_and_then_its_rate() -> None:
    bucket = Allowance(RateLimit(10, 20), now_s=100.0)
    assert sum(bucket.take(100.0) for _ in range(50)) == 20
    assert sum(bucket.take(101.0) for _ in range(50)) == 10
    assert sum(bucket.take(1000.0) for _ in range(50)) == 20  # it overflows


def test_a_clock_that_goes_back_takes_nothing() -> None:
    bucket = Allowance(RateLimit(10, 1), now_s=100.0)
    assert bucket.take(100.0)
    assert not bucket.take(50.0)
    assert bucket.take(50.2)


def test_what_is_refused_again_and_again_is_a_flood() -> None:
    flood = FloodDetector()
    seen = [flood.update(refused=k + 1, now_s=k * CHECK_S) for k in range(12)]
    assert seen.index(True) == FLOOD_CHECKS - 1


def test_a_flood_may_pause_now_and_then() -> None:
    flood = FloodDetector()
    assert any(flood.update(refused=k // 4, now_s=k * CHECK_S) for k in range(40))


def test_bursts_with_long_pauses_between_them_are_none() -> None:
    flood = FloodDetector()
    assert not any(flood.update(refused=k // 10 * 1000, now_s=k * CHECK_S) for k in range(400))


def test_very_much_is_a_flood_at_once() -> None:
    assert not FloodDetector().update(FLOOD_COUNT - 1, 1.0)
    assert FloodDetector().update(FLOOD_COUNT, 1.0)


def test_nothing_refused_is_no_flood() -> None:
    flood = FloodDetector()
    assert not any(flood.update(0, k * CHECK_S) for k in range(100))
