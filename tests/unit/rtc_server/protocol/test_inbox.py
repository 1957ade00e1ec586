from collections import Counter

from rtc_server.protocol.inbox import (
    COMMAND_LIMIT,
    MESSAGE_LIMIT,
    Inbox,
)

SIZE = 8


class Filled:
    """An inbox with a clock that the test sets, and what was dropped by reason."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.dropped = Counter[str]()
        self.inbox = Inbox(SIZE, lambda: self.now_s, self.count)

    def count(self, reason: str) -> None:
        self.dropped[reason] += 1


def test_messages_come_out_in_their_order() -> None:
    inbox = Filled().inbox
    inbox.put("one")
    inbox.put(b"two")
    assert (inbox.pop(), inbox.pop(), inbox.pop()) == ("one", b"two", None)


def test_the_newest_of_a_burst_wait() -> None:
    filled = Filled()
    for k in range(SIZE + 3):
        filled.inbox.put(str(k))
    assert filled.inbox.pop() == "3"
    assert filled.inbox.lost == 3 and filled.dropped == {"queue": 3}
    assert filled.inbox.refused == 0


def test_a_flood_is_refused_and_counted() -> None:
    filled = Filled()
    for k in range(10_000):
        filled.now_s = k / 1000
        filled.inbox.put("again")
        filled.inbox.pop()
    admitted = 10_000 - filled.inbox.refused
    assert abs(admitted - (MESSAGE_LIMIT.burst + 10 * MESSAGE_LIMIT.per_s)) <= 2
    assert filled.dropped == {"rate": filled.inbox.refused}


def test_what_a_page_sends_while_a_key_repeats_is_all_taken() -> None:
    filled = Filled()
    for k in range(60 * 33):
        filled.now_s = k / 33
        for message in ("seek", "playhead"):
            filled.inbox.put(message)
            filled.inbox.pop()
        assert filled.inbox.admit_command()
    assert not filled.dropped


def test_commands_have_a_limit_of_their_own() -> None:
    filled = Filled()
    admitted = sum(filled.inbox.admit_command() for _ in range(1000))
    assert admitted == COMMAND_LIMIT.burst
    assert filled.dropped == {"command_rate": filled.inbox.refused}
