"""Key frames that many learners ask for, asked of the teacher as one. Pure.

A key frame is ten times as large as another frame, and everybody gets it.
"""

from __future__ import annotations

import math

FRESH_S = 0.25  # who asks so soon after a key frame will get that one
RETRY_S, RETRIES, SLOW_RETRY_S = 0.5, 4, 2.0  # an encoder that does not answer is asked less often


class KeyFrameRequests:
    """Learners who need a key frame `ask`; `take` says when to ask the teacher."""

    def __init__(self) -> None:
        self.asked = 0  # by learners
        self.sent = 0  # to the teacher
        self._wanted_since_s: float | None = None
        self._sent_s = self._key_s = -math.inf
        self._tries = 0

    def ask(self, now_s: float) -> None:
        """A learner cannot go on without a key frame."""
        self.asked += 1
        self.want(now_s)

    def want(self, now_s: float) -> None:
        """Nobody can go on without one."""
        if self._wanted_since_s is None and now_s - self._key_s >= FRESH_S:
            self._wanted_since_s = now_s
            self._tries = 0

    def on_key_frame(self, now_s: float) -> None:
        """One came."""
        self._wanted_since_s, self._key_s = None, now_s

    def waited_s(self, now_s: float) -> float:
        """For how long somebody has been waiting for one; 0 if nobody is."""
        return 0.0 if self._wanted_since_s is None else now_s - self._wanted_since_s

    def take(self, now_s: float) -> bool:
        """Decide whether to ask the teacher now; call it for every packet."""
        if self._wanted_since_s is None:
            return False
        if now_s - self._sent_s < (RETRY_S if self._tries < RETRIES else SLOW_RETRY_S):
            return False
        self._sent_s = now_s
        self._tries += 1
        self.sent += 1
        return True
