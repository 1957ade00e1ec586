import numpy as np
import pytest

from rtc_server.scoring import limb_directions
from rtc_server.scoring.chance import MAX_CHANCE, NEAR_S, estimate_chance
from rtc_server.scoring.limbs import L_WRIST, LIMB_NAMES, LIMBS, R_HIP
from tests.unit.rtc_server.dances import dance, detected, taken
from tools.dancer import perturbations


def angles_of(track):  # type: ignore[no-untyped-def]
    return limb_directions.limb_angles_deg(track.xy, track.confidence, track.aspect)


def test_chance_from_other_moments_equals_comparing_all_pairs() -> None:
    """Each limb turned to where no upright person holds it, so that only other moments count."""
    t_s = np.arange(80) / 5
    chance = np.random.default_rng(2)
    away = np.array([limb.upright[0] + 180 for limb in LIMBS.values()])
    angles = (away + chance.normal(0, 25, (80, 11))).astype(np.float32)
    angles[chance.random((80, 11)) < 0.2] = np.nan
    found = estimate_chance(t_s, angles)
    for k in (0, 5, 40, 79):
        far = angles[np.abs(t_s - t_s[k]) > NEAR_S]
        alike = limb_directions.similarity(far, angles[k])
        pairs = np.nansum(alike, axis=0) / np.maximum(1, (~np.isnan(alike)).sum(axis=0))
        known = ~np.isnan(angles[k]) & (pairs > 0.45)  # above what anybody gets
        assert known.any()
        np.testing.assert_allclose(found[k][known], np.minimum(pairs, MAX_CHANCE)[known], atol=1e-3)
    assert (found[np.isnan(angles)] == 0).all()


def test_chance_is_high_for_standing_and_low_for_raised_arms() -> None:
    """Lessons of one sample: there are no other moments."""
    still = taken(dance(change=perturbations.stands_still), [0])
    raised = taken(dance(), [50])
    standing, up = (estimate_chance(track.t_s, angles_of(track))[0] for track in (still, raised))
    legs_and_trunk, arms = slice(4, 10), slice(0, 4)
    assert standing[legs_and_trunk].min() > 0.7
    assert up[arms].max() < standing[arms].min()
    assert max(up.max(), standing.max()) <= MAX_CHANCE


@pytest.mark.parametrize("name", ["sunrise", "harbour"])
def test_mirroring_directions_equals_mirroring_the_frame(name: str) -> None:
    track = detected(dance(name))
    seen = limb_directions.limb_angles_deg(
        *limb_directions.mirror_pose(track.xy, track.confidence), track.aspect
    )
    turned = limb_directions.mirror_angles_deg(angles_of(track))
    assert (np.isnan(seen) == np.isnan(turned)).all()
    np.testing.assert_allclose(
        np.nan_to_num(limb_directions.angle_difference_deg(seen, turned)), 0, atol=0.01
    )


def test_a_limbs_confidence_weight_is_that_of_its_less_certain_end() -> None:
    confidence = np.full(18, 0.9, np.float32)
    confidence[L_WRIST] = 0.25
    confidence[R_HIP] = 0.0
    sure = dict(zip(LIMB_NAMES, limb_directions.confidence_weights(confidence), strict=True))
    assert sure["left_forearm"] == pytest.approx(0.65)
    assert sure["left_upper_arm"] == 1
    assert sure["torso"] == sure["right_thigh"] == pytest.approx(0.3)
