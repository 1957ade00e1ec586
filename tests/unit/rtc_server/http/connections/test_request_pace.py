"""A client that asks too often waits; others do not."""

from __future__ import annotations

from rtc_server.http.connections.request_pace import (
    BURST,
    MAX_CLIENTS,
    MAX_DELAY_S,
    RATE,
    RequestPace,
)


def test_a_burst_is_served_at_once_and_then_so_many_a_second() -> None:
    pace = RequestPace()
    assert max(pace.take_turn("a", 100.0) or 0.0 for _ in range(int(BURST))) < 1e-6
    waits = [pace.take_turn("a", 100.0) for _ in range(5)]
    assert [round(wait * RATE) for wait in waits if wait is not None] == [1, 2, 3, 4, 5]
    assert pace.take_turn("b", 100.0) == 0.0


def test_a_client_with_too_many_requests_waiting_is_refused_until_they_are_served() -> None:
    pace = RequestPace()
    waits = [pace.take_turn("a", 0.0) for _ in range(int(BURST + 2 * MAX_DELAY_S * RATE))]
    assert waits[-1] is None and max(filter(None, waits)) <= MAX_DELAY_S
    assert pace.take_turn("a", 1.0) is not None


def test_a_client_that_pauses_has_a_burst_again() -> None:
    pace = RequestPace()
    for _ in range(int(BURST)):
        pace.take_turn("a", 0.0)
    waits = [pace.take_turn("a", BURST / RATE) for _ in range(int(BURST))]
    assert all(wait is not None and wait < 1e-6 for wait in waits)


def test_many_clients_take_bounded_memory() -> None:
    pace = RequestPace()
    for k in range(2 * MAX_CLIENTS):
        pace.take_turn(str(k), 0.0)
    assert len(pace._due_s) == MAX_CLIENTS
