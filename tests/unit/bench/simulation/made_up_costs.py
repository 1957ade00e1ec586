"""Costs that are easy to reckon with: 0.2 core a learner, of which 0.04 keep the interpreter."""

from bench.simulation.costs import Costs

COSTS = Costs(
    "made up", loop_core=0.03, decode_core=0.02, network_ms=28, outside_ms=2, python_share=1
)
