"""What runs the network: one small interface, and a table of openers that import late."""

from __future__ import annotations

import sys

from tf_pose.engines.registry import ENGINES, Engine, engine_names, open_engine

__all__ = ["ENGINES", "Engine", "engine_names", "open_engine"]

# As if it were not installed, which OpenVINO provides for. With it, importing OpenVINO tells a web
# service so, in a fork of a process that has threads by then: such a fork can hang for ever, and
# holds on to our pipes.
sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
