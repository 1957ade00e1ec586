"""How many tests run at once."""

import pytest

from tests.workers import REFERENCE_MS, count_workers


@pytest.mark.parametrize(
    ("kind", "cores", "loop_ms", "workers"),
    [
        ("browser", 2, REFERENCE_MS, 2),
        ("browser", 2, 1.5 * REFERENCE_MS, 1),
        ("other", 2, REFERENCE_MS, 2),
        ("other", 2, REFERENCE_MS / 3, 3),  # three times as fast
        ("browser", 16, 1.5 * REFERENCE_MS, 11),
        ("browser", 16, 1, 16),  # not more than that, however fast it is
        ("other", 16, 1, 24),
        ("browser", 1, 100 * REFERENCE_MS, 1),
    ],
)
def test_a_machine_gets_as_many_as_it_has_time_for(
    kind: str, cores: int, loop_ms: float, workers: int
) -> None:
    assert count_workers(kind, cores, loop_ms) == workers
