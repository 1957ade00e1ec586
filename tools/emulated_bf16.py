"""What bf16 gives on a processor that has no units for it, computed in f32.

A bf16 has the first 8 bits of an f32's mantissa, so it is the high part of Veltkamp's splitting at
16 bits (Dekker, "A floating-point technique for extending the available precision", 1971). Inputs,
weights, biases and results of layers are rounded, sums are not: the mean errors of layers are then
those of a Xeon with AMX (docs/pose.md).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from openvino import opset13

from tf_pose.engines.quantization.layers import Floats

SPLIT = np.float32(2**16 + 1)
LAYERS = ("Convolution", "GroupConvolution")


def emulate_bf16(model: Any) -> None:
    """Change an OpenVINO model such that what is not rounded to integers is as in bf16."""
    for node in model.get_ordered_ops():
        if node.get_type_name() not in LAYERS or _kind_before(node.input(1)) != "Constant":
            continue  # the weights of a layer in integers are rounded by a FakeQuantize
        given = node.input(0)
        given.replace_source_output(_round(given.get_source_output()))
        _round_constant(node.input(1))
        result = node.output(0)
        if (bias := _bias_of(result)) is not None:
            _round_constant(bias)
            result = bias.get_node().output(0)
        readers = list(result.get_target_inputs())
        rounded = _round(result)
        for reader in readers:
            reader.replace_source_output(rounded)


def round_to_bf16(values: Floats) -> Floats:
    """The nearest values with 8 bits of mantissa; a tie goes to the even one."""
    split = SPLIT * values
    return np.asarray(split - (split - values), np.float32)


def _round(output: Any) -> Any:
    split = opset13.multiply(output, opset13.constant(SPLIT))
    return opset13.subtract(split, opset13.subtract(split, output)).output(0)


def _round_constant(place: Any) -> None:
    values = round_to_bf16(np.array(place.get_source_output().get_node().data, np.float32))
    place.replace_source_output(opset13.constant(values).output(0))


def _bias_of(result: Any) -> Any:
    """The input of the addition that adds a layer's bias; None where it has none."""
    for reader in result.get_target_inputs():
        addition = reader.get_node()
        if addition.get_type_name() == "Add" and _kind_before(addition.input(1)) == "Constant":
            return addition.input(1)
    return None


def _kind_before(place: Any) -> str:
    kind: str = place.get_source_output().get_node().get_type_name()
    return kind
