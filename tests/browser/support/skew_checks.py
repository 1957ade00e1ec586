"""How near the server must be to what a browser shows."""

import numpy as np


def check_skews(skews: np.ndarray, aim_ms: float) -> None:
    """Nine looks in ten are within the aim, and the usual one is twice as near.

    A browser that waits for a processor shows single frames late, which says nothing of the server;
    whatever is wrong with its clocks moves every look.

    :param skews: ms, positive where the server was ahead.
    """
    told = [round(ms) for ms in skews]
    assert abs(np.median(skews)) <= aim_ms / 2, told
    assert np.percentile(np.abs(skews), 90) <= aim_ms, told
