"""The precision that `auto` stands for on this machine: measured once, then kept."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from models.fetch import sha256_of
from tf_pose.engines.kept_costs import Key, costs_path, read_costs, write_costs
from tf_pose.engines.precision_choice import (
    LIVE_SHAPE,
    LIVE_STAGE,
    cheapest_precision,
    measure_costs,
)
from tf_pose.engines.processor import describe_processor
from tf_pose.engines.registry import Engine

logger = logging.getLogger(__name__)

MEASUREMENT = 1  # raise it when calls get cheaper or dearer by a change of ours

_known: dict[Path, dict[str, float]] = {}  # by the file's path, also where it cannot be written


def find_precision(
    graph: Path,
    precisions: Sequence[str],
    open_one: Callable[[str], Engine],
    *,
    version: str,
    folder: Path,
    measure: Callable[[Mapping[str, Engine]], Mapping[str, float]] = measure_costs,
) -> str:
    """The cheapest of the precisions that this processor supports, and say so in the log.

    :param open_one: opens an engine in a precision, with one thread.
    :param version: of the engine's library.
    :param folder: where what was measured is kept.
    """
    if len(precisions) == 1:
        return precisions[0]
    key: Key = {
        "measurement": MEASUREMENT,
        "processor": describe_processor(),
        "engine": version,
        "graph": sha256_of(graph),
        "input": [*LIVE_SHAPE, LIVE_STAGE],
        "precisions": list(precisions),
    }
    path = costs_path(folder, key)
    costs_ms, when = _known.get(path) or read_costs(path, key), "measured before"
    if costs_ms is None:
        when = "measured now"
        costs_ms = dict(measure({precision: open_one(precision) for precision in precisions}))
        write_costs(path, key, costs_ms, datetime.now(UTC))
    _known[path] = costs_ms
    chosen = cheapest_precision(costs_ms)
    said = ", ".join(f"{precision} {costs_ms[precision]:.1f} ms" for precision in precisions)
    logger.info("precision %s: a live crop takes %s of one core (%s)", chosen, said, when)
    return chosen
