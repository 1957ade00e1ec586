"""What is left of an agreement when what fits at other moments is taken for luck."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtc_server.scoring.agreement import Agreement
from rtc_server.scoring.lags import LAGS_S, select_other_moments

parts = st.floats(0, 1)


@given(luck=parts)
def test_all_is_all_however_much_fits_elsewhere(luck: float) -> None:
    assert Agreement(1, 1).above(Agreement(luck, luck)).mean == pytest.approx(1)


@given(skill=parts, along=parts, luck=parts)
def test_luck_takes_and_never_gives(skill: float, along: float, luck: float) -> None:
    whole = Agreement(skill, along)
    assert whole.above(Agreement(luck, luck)).mean <= whole.mean + 1e-9
    assert whole.above(Agreement(0, 0)) == whole


def test_what_fits_as_well_half_a_second_later_is_nothing() -> None:
    assert Agreement(0.4, 0.3).above(Agreement(0.4, 0.3)).mean == 0


def test_worse_than_luck_elsewhere_is_no_luck() -> None:
    assert Agreement(0.5, 0.5).above(Agreement(-0.3, -0.2)) == Agreement(0.5, 0.5)


@given(lag_s=st.floats(-1, 1), rate=st.floats(0.1, 2))
def test_there_is_always_another_moment_to_compare_with(lag_s: float, rate: float) -> None:
    away = abs(LAGS_S[select_other_moments(lag_s, rate)] - lag_s)
    assert len(away) and away.min() >= min(0.4 / rate, away.max()) - 1e-5
