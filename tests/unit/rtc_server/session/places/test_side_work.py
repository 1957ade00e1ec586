"""Work beside learners is counted while it lasts, however it ends."""

import pytest

from rtc_server.session.places.side_work import SideWork


def test_only_the_time_in_the_block_counts() -> None:
    now_s = 5.0
    work = SideWork(lambda: now_s)
    assert work.used_s == 0
    with work.going_on():
        now_s += 2
        assert work.used_s == 2
    now_s += 10
    assert work.used_s == 2
    with pytest.raises(InterruptedError), work.going_on():
        now_s += 1
        raise InterruptedError
    now_s += 10
    assert work.used_s == 3
