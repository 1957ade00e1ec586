"""Who sends too slowly is cut off; who pauses on a bad network is not."""

from itertools import count

from rtc_server.uploads.least_rate import FIRST_CREDIT_S, LEAST_RATE, ReceptionCredit


def seconds_until_cut(waited_s: float, received: int, most_s: float = 100_000.0) -> float | None:
    """When a sender is cut off that sends so many bytes each time; None: not at all."""
    credit = ReceptionCredit()
    for k in count():
        if k * waited_s >= most_s:
            return None
        if credit.left_s < waited_s:
            return k * waited_s + credit.left_s
        credit.spend(waited_s, received)
    return None


def test_a_byte_now_and_then_is_cut_off_soon() -> None:
    for waited_s in (0.001, 1.0, 12.0, 19.0):
        cut_s = seconds_until_cut(waited_s, 1)
        assert cut_s is not None and cut_s < FIRST_CREDIT_S * 1.1


def test_less_than_the_least_rate_is_cut_off_and_more_is_not() -> None:
    assert seconds_until_cut(1.0, LEAST_RATE * 9 // 10) is not None
    assert seconds_until_cut(1.0, LEAST_RATE) is None


def test_a_sender_may_pause_as_on_a_train() -> None:
    """40 s at 100 kB/s, then half a minute in a tunnel; again and again."""
    credit = ReceptionCredit()
    for _ in range(100):
        for _ in range(40):
            credit.spend(1.0, 100_000)
        assert credit.left_s > 29
        credit.spend(29.0, 1400)


def test_much_at_the_beginning_buys_no_hours() -> None:
    credit = ReceptionCredit()
    credit.spend(1.0, 400_000_000)
    assert credit.left_s == 30
