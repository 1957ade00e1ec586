"""How many connections may be open, how long they may wait, and which has to go first."""

from __future__ import annotations

from rtc_server.http.connections.connection_limits import (
    HEAD_S,
    KEEP_ALIVE_S,
    MAX_CONNECTIONS,
    MAX_SESSIONS,
    MIN_READ_RATE,
    PROXY_KEEP_ALIVE_S,
    STALL_S,
    STALLED_S,
    ConnectionLimits,
    OpenConnection,
    limit_connections,
    limit_sessions,
)


class FakeConnection:
    def __init__(self, limits: ConnectionLimits, key: str = "192.0.2.1", *, proxy: bool = False):
        self.limits, self.cuts, self.read = limits, list[str](), 0
        self.entry = OpenConnection(self, key, is_proxy=proxy)

    def cut(self, reason: str) -> None:
        self.cuts.append(reason)
        self.limits.release(self.entry)

    def count_bytes_read(self) -> int | None:
        return self.read

    def admit(self, now_s: float = 0.0) -> str | None:
        return self.limits.admit(self.entry, now_s)

    def serve(self, now_s: float) -> None:
        """A whole request and its response."""
        self.limits.handle(self.entry, now_s)
        self.limits.answer(self.entry, now_s)
        self.limits.finish(self.entry, now_s)


def test_a_request_must_be_complete_in_time_however_it_trickles() -> None:
    limits = ConnectionLimits()
    silent, trickling = FakeConnection(limits), FakeConnection(limits)
    silent.admit(0)
    trickling.admit(0)
    for now_s in range(1, int(HEAD_S)):
        limits.hear(trickling.entry, now_s)
        limits.sweep(now_s)
    assert silent.cuts == trickling.cuts == []
    limits.sweep(HEAD_S)
    assert silent.cuts == ["idle"]
    limits.sweep(1 + HEAD_S)
    assert trickling.cuts == ["head"] and len(limits) == 0


def test_a_connection_is_kept_for_a_while_and_a_proxys_for_longer() -> None:
    limits = ConnectionLimits()
    browser, proxy = FakeConnection(limits), FakeConnection(limits, proxy=True)
    for connection in (browser, proxy):
        connection.admit(0)
        connection.serve(100)
    limits.sweep(100 + KEEP_ALIVE_S - 0.1)
    assert browser.cuts == []
    limits.sweep(100 + KEEP_ALIVE_S)
    assert (browser.cuts, proxy.cuts) == (["idle"], [])
    limits.sweep(100 + PROXY_KEEP_ALIVE_S)
    assert proxy.cuts == ["idle"]


def test_the_server_may_take_its_time() -> None:
    limits = ConnectionLimits()
    connection = FakeConnection(limits)
    connection.admit(0)
    limits.handle(connection.entry, 1)
    limits.sweep(10_000)
    assert connection.cuts == []


def test_who_does_not_read_the_response_is_cut() -> None:
    limits = ConnectionLimits()
    deaf, trickling, slow = (FakeConnection(limits) for _ in range(3))
    for connection in (deaf, trickling, slow):
        connection.admit(0)
        limits.handle(connection.entry, 0)
        limits.answer(connection.entry, 0)
    for now_s in range(1, 10 * int(STALL_S)):
        trickling.read += MIN_READ_RATE // 2
        slow.read += MIN_READ_RATE * 2
        limits.sweep(now_s)
        if now_s == STALL_S - 1:
            assert deaf.cuts == trickling.cuts == []
    assert (deaf.cuts, trickling.cuts, slow.cuts) == (["reader"], ["reader"], [])


def test_a_full_address_loses_the_oldest_that_never_sent_a_request() -> None:
    limits = ConnectionLimits(most_per_address=3)
    served, first, second, new = (FakeConnection(limits) for _ in range(4))
    served.admit(0)
    served.serve(0)
    first.admit(1)
    second.admit(2)
    assert new.admit(60) is None
    assert (served.cuts, first.cuts, second.cuts) == ([], ["crowded"], [])


def test_a_full_address_loses_who_does_not_read_and_then_who_asks_no_more() -> None:
    limits = ConnectionLimits(most_per_address=2)
    deaf, served = FakeConnection(limits), FakeConnection(limits)
    for connection in (deaf, served):
        connection.admit(0)
        connection.serve(0)
    limits.handle(deaf.entry, 0)
    limits.answer(deaf.entry, 0)
    busy, other = FakeConnection(limits), FakeConnection(limits)
    assert busy.admit(STALLED_S) is None and deaf.cuts == ["crowded"]
    limits.handle(busy.entry, STALLED_S)
    assert other.admit(STALLED_S) is None and served.cuts == ["crowded"]


def test_connections_that_are_served_stay_and_the_new_one_is_refused() -> None:
    limits = ConnectionLimits(most_per_address=1)
    busy, new, elsewhere = (FakeConnection(limits, key) for key in ("a", "a", "b"))
    busy.admit(0)
    limits.handle(busy.entry, 0)
    assert new.admit(99) == "address" and busy.cuts == []
    assert elsewhere.admit(99) is None


def test_a_proxy_may_have_more_than_one_address() -> None:
    limits = ConnectionLimits(most_per_address=1)
    connections = [FakeConnection(limits, proxy=True) for _ in range(9)]
    assert [connection.admit(0) for connection in connections] == [None] * 9


def test_a_full_server_takes_from_who_has_most() -> None:
    limits = ConnectionLimits(most=4)
    honest = FakeConnection(limits, "honest")
    honest.admit(0)
    hoard = [FakeConnection(limits, "hoard") for _ in range(3)]
    for connection in hoard:
        connection.admit(1)
    assert FakeConnection(limits, "new").admit(2) is None
    assert honest.cuts == [] and [c.cuts for c in hoard] == [["crowded"], [], []]
    assert len(limits) == 4


def test_a_server_that_is_full_of_work_refuses() -> None:
    limits = ConnectionLimits(most=2)
    for key in ("a", "b"):
        busy = FakeConnection(limits, key)
        busy.admit(0)
        limits.handle(busy.entry, 0)
    assert FakeConnection(limits, "c").admit(99) == "total"


def test_connections_leave_descriptors_for_the_rest() -> None:
    for descriptors, sessions in ((1024, 8), (1024, 40), (4096, 100)):
        assert 2 * limit_connections(descriptors, sessions) + 16 * sessions < descriptors
    assert limit_connections(1 << 20, 8) == MAX_CONNECTIONS


def test_sessions_leave_descriptors_for_connections() -> None:
    for descriptors in (1024, 4096, 65536):
        sessions = limit_sessions(descriptors)
        assert limit_connections(descriptors, sessions) >= min(MAX_CONNECTIONS, descriptors // 5)
    assert limit_sessions(1 << 20) == MAX_SESSIONS
    assert limit_sessions(64) == 1
