"""How long a learner waits for a look. Pure; time is passed in, in seconds of one clock."""

from __future__ import annotations

NEW_SHARE = 0.2  # of the newest look in the mean: with five a second, that of about a second
KEPT_S = 2.0  # after the last look; who is not looked at waits for nothing


class LookDelay:
    """From asking for a turn until the pose is there: the mean of the last looks of one learner.

    It is what the server makes a learner wait, and grows long before their scores become fewer. A
    slow camera or network does not change it.
    """

    def __init__(self) -> None:
        self._mean_s = 0.0  # a first look, which searches the whole frame, says little
        self._asked_s: float | None = None  # while a look is under way
        self._answered_s: float | None = None

    def ask(self, now_s: float) -> None:
        """A turn is asked for."""
        self._asked_s = now_s

    def answer(self, now_s: float) -> None:
        """The look is over, with a pose or without."""
        if self._asked_s is None:
            return
        self._mean_s += NEW_SHARE * (now_s - self._asked_s - self._mean_s)
        self._asked_s, self._answered_s = None, now_s

    def delay_s(self, now_s: float) -> float:
        """The delay now; at least as long as a look is under way already, 0 without looks."""
        under_way_s = 0.0 if self._asked_s is None else now_s - self._asked_s
        recent = self._answered_s is not None and now_s - self._answered_s <= KEPT_S
        return max(under_way_s, self._mean_s if recent else 0.0)
