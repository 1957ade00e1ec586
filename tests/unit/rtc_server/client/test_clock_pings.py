"""The pings of a headless learner."""

from rtc_server.client.clock_pings import FIRST_PINGS, ClockPings


def test_the_least_round_trip_is_sent_without_the_servers_own_time() -> None:
    times = iter([1.0, 1.0, 1.060, 2.0, 2.0, 2.050, 3.0, 3.0])
    pings = ClockPings(lambda: next(times))
    assert "rtt_ms" not in pings.next_ping()
    pings.on_pong({"t0_ms": 1000.0, "t1_ms": 7.0, "t2_ms": 17.0})
    assert pings.next_ping()["rtt_ms"] == 50
    pings.on_pong({"t0_ms": 2000.0, "t1_ms": 7.0, "t2_ms": 37.0})
    ping = pings.next_ping()
    assert (ping["type"], ping["t0_ms"], ping["rtt_ms"]) == ("ping", 3000.0, 20)


def test_the_first_pings_follow_each_other_quickly() -> None:
    pings = ClockPings(lambda: 0.0)
    intervals = []
    for _ in range(FIRST_PINGS + 1):
        pings.next_ping()
        intervals.append(pings.interval_s)
    assert intervals == [0.05] * (FIRST_PINGS - 1) + [2.0, 2.0]
