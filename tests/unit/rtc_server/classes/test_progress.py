"""Passages of a class: which went how for how many."""

from __future__ import annotations

from rtc_server.classes.progress import MAX_PASSAGES, ClassProgress


def test_the_hardest_passage_is_where_most_fail() -> None:
    progress = ClassProgress()
    assert progress.hardest() is None
    for learner, scores in enumerate([(90, 20), (80, 30), (40, 90)]):
        for k, score in enumerate(scores):
            progress.add(learner, 4.0 * k + 1.0, score)
    first, second = progress.passages()
    assert first == {"from_s": 0.0, "to_s": 4.0, "score": 70.0, "failing": 1, "of": 3}
    assert second["failing"] == 2
    assert progress.hardest() == second
    assert progress.timeline() == [(2.0, 70.0, 3), (6.0, 46.7, 3)]


def test_a_learner_counts_once_in_a_passage_however_many_samples_they_have() -> None:
    progress = ClassProgress()
    for score in (0, 0, 60):
        progress.add(1, 0.5, score)
    progress.add(2, 0.5, 100)
    assert progress.passages()[0] == {
        **{"from_s": 0.0, "to_s": 4.0, "score": 60.0, "failing": 1, "of": 2}
    }


def test_it_does_not_grow_without_end() -> None:
    progress = ClassProgress()
    for k in range(3 * MAX_PASSAGES):
        progress.add(1, 4.0 * k, 50)
    assert len(progress.passages()) == MAX_PASSAGES
