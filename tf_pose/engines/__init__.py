"""What runs the network: one small interface, and a table of openers that import late."""

from __future__ import annotations

from tf_pose.engines.opening import ENGINES, Engine, engine_names, open_engine

__all__ = ["ENGINES", "Engine", "engine_names", "open_engine"]
