"""Opens an engine by name; `auto` takes the fastest one whose library is installed."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from tf_pose.engines.checkpoint import Checkpoint, go_on
from tf_pose.errors import EngineUnavailable, UnknownEngine
from tf_pose.tensors import STAGES

if TYPE_CHECKING:
    from tf_pose.engines.judged_precision import JudgedPrecisions


class Engine(Protocol):
    """Runs the network; any number of threads may call it at once."""

    @property
    def name(self) -> str: ...

    @property
    def precision(self) -> str:
        """The arithmetic: "f32", "bf16" or "int8"."""

    def run(
        self, batch: NDArray[np.uint8] | NDArray[np.float32], stage: int = STAGES
    ) -> NDArray[np.float32]:
        """Heatmaps and fields, (N, H/8, W/8, 57), of N images, (N, H, W, 3) BGR 0..255."""

    def warm_up(self, shapes: Iterable[tuple[int, int, int]], stage: int = STAGES) -> None:
        """Prepare for batches of these (N, H, W), so that no later call waits for it."""


AUTO = "auto"
PRECISIONS = (AUTO, "f32", "bf16", "int8")


# Where what was measured on this machine is kept, unless the caller has a place for it.
CACHE = Path(__file__).resolve().parents[2] / ".cache" / "pose"


def _open_openvino(
    graph: Path, threads: int | None, streams: int, precision: str, cache: Path
) -> Engine:
    from tf_pose.engines import openvino
    from tf_pose.engines.measured_precision import find_precision

    if precision == AUTO:
        judgement = _judged(graph, cache).read()
        precision = (
            judgement.chosen
            if judgement
            else find_precision(
                graph,
                [name for name in openvino.supported_precisions() if name != openvino.INT8],
                lambda one: openvino.OpenVinoEngine(graph, threads=1, precision=one),
                version=f"openvino {openvino.VERSION}",
                folder=cache,
            )
        )
    return openvino.OpenVinoEngine(graph, threads=threads, streams=streams, precision=precision)


def _judged(graph: Path, cache: Path) -> JudgedPrecisions:
    from tf_pose.engines import openvino
    from tf_pose.engines.judged_precision import JudgedPrecisions

    version = f"openvino {openvino.VERSION}"
    return JudgedPrecisions(graph, openvino.supported_precisions(), version, cache)


def find_true_precision(
    name: str, graph: Path, cache: Path | None = None, checkpoint: Checkpoint = go_on
) -> str:
    """The cheapest precision of this engine that is true enough here; judged once, for seconds.

    :param checkpoint: is called several times a second while it is judged.
    :raises ModelError: the recording that it is judged by cannot be fetched.
    """
    if name != "openvino":
        return "f32"
    from tf_pose.engines import openvino

    return _judged(graph, cache or CACHE).find(
        lambda one: openvino.OpenVinoEngine(graph, threads=1, precision=one),
        checkpoint=checkpoint,
    )


def _open_tensorflow(
    graph: Path, threads: int | None, streams: int, precision: str, _: Path
) -> Engine:
    from tf_pose.engines.tensorflow import TensorFlowEngine

    if precision not in (AUTO, "f32"):
        raise EngineUnavailable(
            f"expected precision auto or f32 with tensorflow, got {precision!r}"
        )
    return TensorFlowEngine(graph, threads=threads, streams=streams)


# Fastest first: `auto` takes the first one that is installed.
ENGINES: dict[str, Callable[[Path, int | None, int, str, Path], Engine]] = {
    "openvino": _open_openvino,
    "tensorflow": _open_tensorflow,
}


def engine_names() -> list[str]:
    """Every name that `open_engine` takes."""
    return [AUTO, *ENGINES]


def open_engine(
    name: str,
    graph: Path,
    *,
    threads: int | None = None,
    streams: int = 1,
    precision: str = AUTO,
    cache: Path | None = None,
) -> Engine:
    """Load the frozen graph into the named engine.

    One thread and as many streams as cores serve the most calls; all threads and one stream answer
    a single call soonest.

    :param threads: CPU threads that work on one call, None for the engine's own choice.
    :param streams: how many calls run at once; further ones wait.
    :param precision: "f32" is exact, "bf16" is faster on some processors that have units for it,
        "int8" is faster still on those that have units for it; "auto" is the cheapest that was
        judged to be true enough on this machine, or, before that, the cheaper of the first two.
    :param cache: the folder in which that is kept; CACHE when left out.
    :raises UnknownEngine: no such engine or precision; the message lists the names.
    :raises EngineUnavailable: its library is not installed, it cannot read the graph, or it does
        not support that precision here.
    """
    if precision not in PRECISIONS:
        raise UnknownEngine(f"expected a precision of {list(PRECISIONS)}, got {precision!r}")
    if name == AUTO:
        name = _first_installed()
    try:
        opener = ENGINES[name]
    except KeyError:
        raise UnknownEngine(f"expected one of {engine_names()}, got {name!r}") from None
    if not graph.is_file():
        raise EngineUnavailable(f"expected a frozen graph at {graph}, there is no such file")
    try:
        return opener(graph, threads, streams, precision, cache or CACHE)
    except ImportError as error:
        raise EngineUnavailable(f"engine {name!r} needs a library that fails: {error}") from error


def _first_installed() -> str:
    for name in ENGINES:
        if importlib.util.find_spec(name) is not None:
            return name
    raise EngineUnavailable(f"expected one of {list(ENGINES)} to be installed, found none")
