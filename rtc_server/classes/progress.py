"""How a class as a whole dances, passage by passage. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from rtc_server.protocol.class_messages import FailedPassageFields

PASSAGE_S = 4.0
FAILING = 50.0  # points; under them a learner fails a passage
MAX_PASSAGES = 1800  # of 4 s: two hours


class ClassProgress:
    """The mean live score of each learner in each passage."""

    def __init__(self) -> None:
        self._sums: dict[int, dict[int, tuple[float, int]]] = {}  # by passage, by learner

    def add(self, learner: int, lesson_s: float, score: float) -> None:
        """A sample of that learner was scored."""
        passage = self._sums.setdefault(min(int(lesson_s // PASSAGE_S), MAX_PASSAGES - 1), {})
        total, count = passage.get(learner, (0.0, 0))
        passage[learner] = total + score, count + 1

    def passages(self) -> list[FailedPassageFields]:
        """Every passage that somebody danced, in the order of the lesson."""
        return [
            _rate(number, [total / count for total, count in self._sums[number].values()])
            for number in sorted(self._sums)
        ]

    def hardest(self) -> FailedPassageFields | None:
        """The passage in which most fail; None while nobody fails in any."""
        failed = [passage for passage in self.passages() if passage["failing"]]
        return max(failed, key=lambda p: (p["failing"] / p["of"], -p["score"]), default=None)

    def timeline(self) -> list[tuple[float, float, int]]:
        """(middle of a passage in s, mean score, of how many)."""
        return [
            (round((p["from_s"] + p["to_s"]) / 2, 1), p["score"], p["of"]) for p in self.passages()
        ]


def _rate(number: int, means: list[float]) -> FailedPassageFields:
    return {
        "from_s": number * PASSAGE_S,
        "to_s": (number + 1) * PASSAGE_S,
        "score": round(sum(means) / len(means), 1),
        "failing": sum(mean < FAILING for mean in means),
        "of": len(means),
    }


def mean(values: Iterable[float]) -> float | None:
    """The mean, rounded; None of nothing."""
    known = list(values)
    return round(sum(known) / len(known), 1) if known else None
