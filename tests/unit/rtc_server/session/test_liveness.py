"""Two silences: of the connection, and of the learner."""

from rtc_server.session.liveness import AWAY_S, Liveness


def test_any_packet_says_that_the_connection_is_up() -> None:
    life = Liveness(0.0, vanished_after_s=8.0)
    for second in range(10):
        life.received(second, float(second))
    assert not life.away(9.0 + AWAY_S - 0.1)
    life.received(9, 9.0 + AWAY_S)  # none since
    assert life.away(9.0 + AWAY_S)
    life.received(10, 20.0)
    assert not life.away(20.0)


def test_packets_alone_do_not_keep_a_place() -> None:
    life = Liveness(0.0, vanished_after_s=8.0)
    for second in range(9):
        life.received(second, float(second))
    assert life.vanished(8.0)
    life.takes_part(8.0)
    assert not life.vanished(15.9)
    assert life.vanished(16.0)
