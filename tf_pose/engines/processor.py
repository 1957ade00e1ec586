"""Which processor this is: what was measured on one model need not hold on another."""

from __future__ import annotations

import platform
from pathlib import Path

CPUINFO = Path("/proc/cpuinfo")
# What Linux says of the model, on x86 and on ARM; the other lines change from core to core, or
# from minute to minute.
MODEL_LINES = (
    *("vendor_id", "cpu family", "model", "model name", "stepping", "flags"),
    *("CPU implementer", "CPU architecture", "CPU variant", "CPU part", "CPU revision", "Features"),
)


def describe_processor(cpuinfo: Path = CPUINFO) -> dict[str, str]:
    """The model of the first core and what it can do, as the system says it."""
    try:
        first, _, _ = cpuinfo.read_text("utf-8", "replace").partition("\n\n")
    except OSError:  # another system than Linux
        first = ""
    pairs = (line.partition(":") for line in first.splitlines())
    said = {name.strip(): value.strip() for name, _, value in pairs}
    found = {name: said[name] for name in MODEL_LINES if name in said}
    return found or {"machine": platform.machine(), "processor": platform.processor()}
