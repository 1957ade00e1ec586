from rtc_server.webrtc.limits.flood_detector import (
    FLOOD_CHECKS,
    FLOOD_COUNT,
    FloodDetector,
)

CHECK_S = 0.5


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
