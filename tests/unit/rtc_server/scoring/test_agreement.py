"""What remains of an agreement above the baseline: the agreement at other moments."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtc_server.scoring.agreement import Agreement
from rtc_server.scoring.lags import LAGS_S, select_other_moments

parts = st.floats(0, 1)


@given(baseline=parts)
def test_full_agreement_stays_full_above_any_baseline(baseline: float) -> None:
    assert Agreement(1, 1).above(Agreement(baseline, baseline)).mean == pytest.approx(1)


@given(skill=parts, concordance=parts, baseline=parts)
def test_a_baseline_never_adds_to_the_agreement(
    skill: float, concordance: float, baseline: float
) -> None:
    whole = Agreement(skill, concordance)
    assert whole.above(Agreement(baseline, baseline)).mean <= whole.mean + 1e-9
    assert whole.above(Agreement(0, 0)) == whole


def test_an_agreement_equal_to_its_baseline_is_zero() -> None:
    assert Agreement(0.4, 0.3).above(Agreement(0.4, 0.3)).mean == 0


def test_a_negative_baseline_counts_as_zero() -> None:
    assert Agreement(0.5, 0.5).above(Agreement(-0.3, -0.2)) == Agreement(0.5, 0.5)


@given(lag_s=st.floats(-1, 1), rate=st.floats(0.1, 2))
def test_there_is_always_another_moment_to_compare_with(lag_s: float, rate: float) -> None:
    away = abs(LAGS_S[select_other_moments(lag_s, rate)] - lag_s)
    assert len(away) and away.min() >= min(0.4 / rate, away.max()) - 1e-5
