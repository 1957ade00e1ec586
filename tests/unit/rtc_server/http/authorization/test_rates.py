"""The limits of invitations; time is passed in."""

from __future__ import annotations

import pytest

from rtc_server.http.authorization.rates import ENTERED, FAILURES, InvitationRates
from rtc_server.invitations.errors import TooManyRequests


def test_an_address_opens_no_more_links_than_a_school_does() -> None:
    rates = InvitationRates()
    for _ in range(ENTERED.burst):
        rates.require_entry("192.0.2.7", 0.0)
    with pytest.raises(TooManyRequests, match="opened links"):
        rates.require_entry("192.0.2.7", 0.0)
    rates.require_entry("192.0.2.8", 0.0)
    rates.require_entry("192.0.2.7", 1.0)


def test_wrong_tokens_are_counted_by_address() -> None:
    rates = InvitationRates()
    for _ in range(FAILURES.burst):
        rates.count_failure("192.0.2.7", 0.0)
    with pytest.raises(TooManyRequests):
        rates.count_failure("192.0.2.7", 0.0)
    rates.count_failure("192.0.2.8", 0.0)
