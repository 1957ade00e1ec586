"""The engines that run the network: one interface, and a table of openers that import late."""

from __future__ import annotations

import sys

from tf_pose.engines.registry import (
    AUTO,
    ENGINES,
    Engine,
    engine_names,
    find_true_precision,
    open_engine,
)

__all__ = ["AUTO", "ENGINES", "Engine", "engine_names", "find_true_precision", "open_engine"]

# This makes OpenVINO's telemetry package look as if it were not installed, which OpenVINO allows.
# With it, importing OpenVINO reports to a web service in a fork of this process, which has threads
# by then: such a fork can hang for ever, and keeps our pipes open.
sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
