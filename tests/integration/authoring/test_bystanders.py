"""A second person never takes over: rendered crossings, and a real film, with real weights."""

import numpy as np
import pytest

from tests import made
from tests.live_pose import CROP_SIDE
from tests.quick_looks import estimator
from tf_pose.tracking.person_tracker import PersonTracker, TrackerSettings
from tools.dancer.scene import render, with_bystander

BODY = [1, 2, 5, 8, 11]  # what does not fly about
STARTS_S, SAMPLES = 7.4, 24
ROOF_SIZE = (1768, 994)


# In front of the dancer, close, in other clothes; behind them; and a child.
@pytest.mark.parametrize(
    ("dance", "person", "walker", "ahead_m"),
    [
        ("sunrise", "instructor", "stout", 0.8),
        ("sunrise", "short", "tall", 0.7),
        ("harbour", "instructor", "short", -0.8),
    ],
)
def test_a_passer_by_never_takes_the_lock(
    dance: str, person: str, walker: str, ahead_m: float
) -> None:
    scene = with_bystander(render(dance, person, size=(640, 480)), walker, 9.4, ahead_m)
    tracker = PersonTracker(estimator(), TrackerSettings(crop_side=CROP_SIDE))
    seen, errors_apart = 0, []
    for k in range(SAMPLES):
        t_s = STARTS_S + k / 5
        human = tracker.follow(scene.frame_at(t_s), k / 5)
        dancer, passer_by = (
            scene.camera.project(actor.joints_at(t_s))[:, :2] for actor in scene.actors[:2]
        )
        torso = np.linalg.norm(dancer[1] - dancer[[8, 11]].mean(axis=0))
        apart = np.linalg.norm((passer_by - dancer)[BODY].mean(axis=0)) / torso > 1
        if human is not None:
            error = np.linalg.norm(human.arrays()[0] * (640, 480) - dancer, axis=1) / torso
            seen += 1
            if apart:
                errors_apart.append(np.nanmedian(error[BODY]))
        else:
            assert not apart, f"nobody is followed at {t_s:.1f} s, where nothing hides the dancer"
    assert seen >= 0.85 * SAMPLES  # the others: hidden behind the passer-by
    # While the one hides the other, joints of both may be found; a crop decides which. Before and
    # after, up to 4 torsos apart, everything that is followed is the dancer's.
    assert np.max(errors_apart) < 0.25


def test_the_man_on_the_roof_is_followed_from_first_to_last() -> None:
    """He stands on a roof (until sample 24), jumps off, lands, and leaves to the right (32 to 37);
    meanwhile a woman walks below him, from right to left."""
    rows = np.genfromtxt(made.roof_poses(), delimiter=",")
    assert rows.shape == (39, 36)
    body = rows.reshape(39, 18, 2)[:, BODY] / ROOF_SIZE
    seen = np.isfinite(body).all(axis=2).any(axis=1)
    x, y = np.full((2, 39), np.nan)
    x[seen], y[seen] = np.nanmedian(body[seen], axis=1).T
    assert seen[:24].mean() == 1.0
    assert ((y[:24] < 0.4) & (x[:24] > 0.25) & (x[:24] < 0.5)).all()  # the woman: y > 0.6
    assert seen[32:37].mean() >= 0.8
    landed = seen & (np.arange(39) >= 32)
    assert ((x[landed] > 0.55) & (y[landed] > 0.55)).all()  # the woman: x < 0.1
    in_the_air = seen & (np.arange(39) >= 24) & (np.arange(39) < 32)
    assert (y[in_the_air] < 0.5).all()
