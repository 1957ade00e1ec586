"""The cheapest arithmetic that is true enough on this machine: measured and judged once, then kept.

What `measured_precision` finds at the start in a second are costs only, without int8. Judging takes
longer and needs a recording that may have to be fetched; it is done while the server already
serves.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from models.fetch import sha256_of
from models.registry import REAL_PEOPLE
from tf_pose.engines.checkpoint import Checkpoint, go_on
from tf_pose.engines.kept_costs import TRUTHS, Key, costs_path, read_costs, write_costs
from tf_pose.engines.precision_choice import (
    LIVE_SHAPE,
    LIVE_STAGE,
    cheapest_precision,
    measure_costs,
)
from tf_pose.engines.processor import describe_processor
from tf_pose.engines.quantization.recipe import NUMBERS, VERSION
from tf_pose.engines.quantization.shared_features import PATH as SHARED_FEATURES
from tf_pose.engines.registry import Engine
from tf_pose.engines.truth_set import (
    GROUPS,
    PATH,
    is_true_enough,
    judge_engine,
    load_truth_set,
)

logger = logging.getLogger(__name__)

EXACT = "f32"
Engines = Mapping[str, Engine]
Truths = dict[str, dict[str, float]]  # mean OKS by precision and group


@dataclass(frozen=True, slots=True)
class Judgement:
    """Costs in ms, and mean OKS by group, of each precision."""

    costs_ms: dict[str, float]
    truths: Truths

    @property
    def chosen(self) -> str:
        """The cheapest of those that are true enough; f32 always is."""
        exact = self.truths[EXACT]
        return cheapest_precision(
            {
                name: cost_ms
                for name, cost_ms in self.costs_ms.items()
                if is_true_enough(self.truths[name], exact)
            }
        )

    def __str__(self) -> str:
        return "; ".join(
            f"{name} {cost_ms:.1f} ms, OKS "
            + ", ".join(f"{oks:.3f} ({group})" for group, oks in self.truths[name].items())
            for name, cost_ms in self.costs_ms.items()
        )


def judge_precisions(
    engines: Engines, progress: Callable[[str, int, int], None], checkpoint: Checkpoint = go_on
) -> Judgement:
    """Measure and judge engines that work in the thread that calls them; blocks for seconds.

    :param progress: is called with the precision, how many crops it has seen, and of how many.
    :param checkpoint: is called before each crop and each call that is measured.
    :raises ModelError: the recording of real people cannot be fetched.
    """
    crops = load_truth_set()
    costs_ms = measure_costs(engines, checkpoint=checkpoint)
    truths: Truths = {}
    for name, engine in engines.items():

        def show(done: int, of: int, name: str = name) -> None:
            checkpoint()
            progress(name, done, of)

        truths[name] = judge_engine(engine, crops, show)
    return Judgement(costs_ms, truths)


class JudgedPrecisions:
    """The judgement of a graph on this machine, kept in a folder."""

    def __init__(self, graph: Path, precisions: Sequence[str], version: str, folder: Path) -> None:
        """:param version: of the engine's library."""
        self._names = [f"{name}, {group}" for name in precisions for group in GROUPS]
        self._precisions = list(precisions)
        files = {path.name: sha256_of(path) for path in (NUMBERS, SHARED_FEATURES, PATH)}
        key: Key = {
            "processor": describe_processor(),
            "engine": version,
            "graph": sha256_of(graph),
            "recipe": VERSION,
            "files": files | {REAL_PEOPLE.file_name: REAL_PEOPLE.sha256},
            "input": [*LIVE_SHAPE, LIVE_STAGE],
        }
        self._costs_key: Key = {**key, "precisions": self._precisions}
        self._truths_key: Key = {**key, "precisions": self._names}
        self._costs_path = costs_path(folder, self._costs_key)
        self._truths_path = costs_path(folder, self._truths_key, TRUTHS)

    def read(self) -> Judgement | None:
        """What was kept; None where nothing was, or what cannot be believed."""
        costs_ms = read_costs(self._costs_path, self._costs_key)
        flat = read_costs(self._truths_path, self._truths_key, TRUTHS)
        if costs_ms is None or flat is None:
            return None
        truths = {
            name: {group: flat[f"{name}, {group}"] for group in GROUPS} for name in self._precisions
        }
        return Judgement({name: costs_ms[name] for name in self._precisions}, truths)

    def find(
        self,
        open_one: Callable[[str], Engine],
        judge: Callable[..., Judgement] = judge_precisions,
        checkpoint: Checkpoint = go_on,
    ) -> str:
        """The precision to use; judged now where nothing is kept.

        :param open_one: opens an engine in a precision, with one thread.
        :param checkpoint: is called several times a second while it is judged.
        :raises ModelError: the recording of real people cannot be fetched.
        """
        judgement, when = self.read(), "judged before"
        if judgement is None:
            when = "judged now"
            engines = {name: open_one(name) for name in self._precisions}
            judgement = judge(engines, _log_progress, checkpoint)
            self._write(judgement)
        logger.info("precision %s: %s (%s)", judgement.chosen, judgement, when)
        return judgement.chosen

    def _write(self, judgement: Judgement) -> None:
        now = datetime.now(UTC)
        flat = {
            f"{name}, {group}": oks
            for name, by_group in judgement.truths.items()
            for group, oks in by_group.items()
        }
        write_costs(self._costs_path, self._costs_key, judgement.costs_ms, now)
        write_costs(self._truths_path, self._truths_key, flat, now, TRUTHS)


def _log_progress(name: str, done: int, of: int) -> None:
    if done % max(1, of // 4) == 0:
        logger.info("judging the pose network in %s: %d of %d people", name, done, of)
