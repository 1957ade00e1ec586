"""A connection can be silent, and a learner can be inactive."""

from rtc_server.session.liveness import SILENCE_S, Liveness


def test_any_packet_shows_that_the_connection_is_up() -> None:
    liveness = Liveness(0.0, timeout_s=8.0)
    for second in range(10):
        liveness.update_packets(second, float(second))
    assert not liveness.is_silent(9.0 + SILENCE_S - 0.1)
    liveness.update_packets(9, 9.0 + SILENCE_S)  # none since
    assert liveness.is_silent(9.0 + SILENCE_S)
    liveness.update_packets(10, 20.0)
    assert not liveness.is_silent(20.0)


def test_packets_alone_do_not_keep_a_place() -> None:
    liveness = Liveness(0.0, timeout_s=8.0)
    for second in range(9):
        liveness.update_packets(second, float(second))
    assert liveness.has_vanished(8.0)
    liveness.on_activity(8.0)
    assert not liveness.has_vanished(15.9)
    assert liveness.has_vanished(16.0)
