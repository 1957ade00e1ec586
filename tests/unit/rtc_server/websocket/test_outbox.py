"""What is sent first, and what is left out, when the client takes less than there is."""

from __future__ import annotations

from rtc_server.websocket.close_codes import CLOSINGS
from rtc_server.websocket.outbox import MAX_CONTROL, Outbox, Signal


class Clock:
    now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


async def take(outbox: Outbox) -> object:
    item = await outbox.next()
    outbox.done(item)
    return item


async def test_control_messages_come_first_in_order_then_the_newest_of_the_rest() -> None:
    outbox = Outbox(Clock())
    assert outbox.put_picture(b"old") and not outbox.put_picture(b"new")
    assert outbox.put_score("old score") and not outbox.put_score("new score")
    outbox.put_ping()
    assert outbox.put_control("one") and outbox.put_control("two")
    assert [await take(outbox) for _ in range(5)] == [
        *("one", "two"),
        Signal.PING,
        *("new score", b"new"),
    ]


async def test_after_the_closing_comes_nothing() -> None:
    outbox = Outbox(Clock())
    outbox.put_score("a late score")
    outbox.put_control("summary")
    outbox.close(CLOSINGS["finished"])
    outbox.close(CLOSINGS["failed"])
    assert not outbox.put_control("too late")
    assert [await take(outbox) for _ in range(2)] == ["summary", CLOSINGS["finished"]]


async def test_too_many_control_messages_are_not_taken() -> None:
    outbox = Outbox(Clock())
    assert all(outbox.put_control(str(n)) for n in range(MAX_CONTROL))
    assert not outbox.put_control("one more")


async def test_a_message_waits_until_it_is_sent() -> None:
    clock = Clock()
    outbox = Outbox(clock)
    assert outbox.waits_since_s is None
    outbox.put_control("one")
    clock.now_s = 103.0
    item = await outbox.next()
    assert outbox.waits_since_s == 100.0  # it is being sent
    outbox.done(item)
    assert outbox.waits_since_s is None
