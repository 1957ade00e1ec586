"""The id of a session on a host: a secret as before, and where the session runs."""

from __future__ import annotations

import pytest

from rtc_server.cluster.session_ids import make_session_id, parse_host_name
from rtc_server.history.tables import results


def test_an_id_names_its_host_and_fits_the_database() -> None:
    id = make_session_id("w12345678")
    assert parse_host_name(id) == "w12345678"
    assert len(id) <= results.c.session.type.length


def test_an_id_has_128_random_bits() -> None:
    """As base64 without padding: 22 characters for 16 bytes."""
    ids = {make_session_id("w1").rpartition(".")[0] for _ in range(100)}
    assert len(ids) == 100 and {len(id) for id in ids} == {22}


@pytest.mark.parametrize("id", ["6f1c0a3be2d94d7c8a53f0be91c2d4e7", "", ".", "a.", "a.W1", "a./w1"])
def test_other_ids_name_no_host(id: str) -> None:
    assert parse_host_name(id) is None
