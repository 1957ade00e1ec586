"""Gives the figures of a run in plain values, for other programs to read."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import openvino

from bench.pose.measurement import RowResult, accuracy_of, costs_of, wrists_overhead
from bench.pose.targets import RunResults, TargetResult, bf16_apart


def to_json(measured: RunResults, targets: Sequence[TargetResult]) -> dict[str, Any]:
    """Convert everything measured to plain values."""
    return {
        "machine": describe_machine(),
        "pictures": {clip.name: len(clip.t_s) for clip in measured.clips},
        "rows": [_row(result, measured) for result in measured.results],
        "skipped": list(measured.skipped),
        "reference_grouping_ms": measured.grouping_ms,
        "post_processing": [asdict(result) for result in measured.postprocessing],
        "bf16_apart_percent": bf16_apart(measured),
        "shared": asdict(measured.threads),
        "verdicts": [asdict(target) for target in targets],
    }


def describe_machine() -> dict[str, Any]:
    """Describe the machine that the figures were measured on, and how busy it is now."""
    core = openvino.Core()
    units = set(core.get_property("CPU", "OPTIMIZATION_CAPABILITIES"))
    flags = set(_cpu_line("flags").split())
    return {
        "processor": _cpu_line("model name") or core.get_property("CPU", "FULL_DEVICE_NAME"),
        "cores": os.cpu_count(),
        "bf16": "AMX" if "amx_bf16" in flags else "AVX-512" if "BF16" in units else "none",
        "load": round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None,
    }


def _row(result: RowResult, measured: RunResults) -> dict[str, Any]:
    engine, precision, looks_at = result.label
    scenes = {clip.name: asdict(accuracy_of(result, [clip])) for clip in measured.clips}
    return {
        "engine": engine,
        "precision": precision,
        "looks_at": looks_at,
        **costs_of(result, measured.results[0]),
        "lead_in_cpu_ms": float(np.mean(result.lead_in_cpu_ms)),
        **asdict(accuracy_of(result, measured.clips)),
        "scenes": scenes,
        "wrists_overhead": wrists_overhead(result, measured.clips),
    }


def _cpu_line(name: str) -> str:
    """A value of Linux's description of the processor; empty on other systems."""
    description = Path("/proc/cpuinfo")
    if not description.is_file():
        return ""
    lines = (line.partition(":") for line in description.read_text().splitlines())
    return next((value.strip() for key, _, value in lines if key.strip() == name), "")
