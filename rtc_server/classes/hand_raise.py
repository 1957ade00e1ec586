"""Recognizes a learner who raises both hands and holds them up. Pure; time is passed in."""

from __future__ import annotations

from collections.abc import Sequence

from rtc_server.protocol.score_message import Joint

NOSE, NECK, RIGHT_WRIST, LEFT_WRIST = 0, 1, 4, 7  # COCO-18
HELD_S = 1.5
GAP_S = 0.6  # a sample or two in which the wrists are not seen lower no hand


def are_hands_up(pose: Sequence[Joint]) -> bool:
    """Whether both wrists are above the head; y grows downwards."""
    head = pose[NOSE][1] if pose[NOSE][1] is not None else pose[NECK][1]
    wrists = pose[RIGHT_WRIST][1], pose[LEFT_WRIST][1]
    return head is not None and all(y is not None and y < head for y in wrists)


class HandRaise:
    """One learner's hands over time."""

    def __init__(self) -> None:
        self._since_s: float | None = None  # both are up, and were not in the reference
        self._seen_s = 0.0
        self._reported = False

    def update(self, now_s: float, pose: Sequence[Joint], target: Sequence[Joint]) -> bool:
        """Take a sample; True once for each time that they are raised and held.

        :param target: the reference's pose: whoever dances with raised hands asks for nothing.
        """
        if are_hands_up(pose) and not are_hands_up(target):
            if self._since_s is None:
                self._since_s = now_s
            self._seen_s = now_s
        elif now_s - self._seen_s > GAP_S:
            self._since_s, self._reported = None, False
        if self._reported or self._since_s is None or now_s - self._since_s < HELD_S:
            return False
        self._reported = True
        return True
