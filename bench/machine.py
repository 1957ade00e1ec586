"""Says on what a benchmark ran, so that its figures are not read as those of another machine."""

from __future__ import annotations

import os
from pathlib import Path

UNITS = ("avx2", "avx512f", "avx512_vnni", "avx_vnni", "avx512_bf16", "amx_bf16", "amx_int8")


def describe_processor(cpuinfo: str | None = None) -> str:
    """Its name, its arithmetic units that matter to a pose network, and how many cores there are.

    :param cpuinfo: the content of /proc/cpuinfo; None: this machine's.
    """
    text = Path("/proc/cpuinfo").read_text() if cpuinfo is None else cpuinfo
    fields = dict(
        (part.strip() for part in line.split(":", 1)) for line in text.splitlines() if ":" in line
    )
    flags = set(fields.get("flags", "").split())
    units = [unit for unit in UNITS if unit in flags]
    name = fields.get("model name", "unknown processor")
    cores = len(os.sched_getaffinity(0))
    return f"{name} ({', '.join(units) or 'no unit that is known'}), {cores} cores"


def describe_load() -> str:
    """How many processes wanted to run in the last 1, 5 and 15 minutes, ours among them."""
    return " / ".join(f"{load:.1f}" for load in os.getloadavg())
