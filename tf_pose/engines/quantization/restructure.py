"""Rewrites the network so that integers are cheap and precise in it; what it computes is the same.

- A depthwise convolution of 1×1 is a factor for each channel: it goes into the weights after it.
- The first layer of each stage reads the last stage's maps joined with the backbone's features.
  Convolutions are sums over channels: that of the maps is computed by itself and added, so that
  maps are never rounded, and the features are joined once instead of in each stage.
- The two branches of a stage become one of twice the width: half as many calls.
- Channels of the first layer that no image can make positive are left out.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tf_pose.engines.quantization.layers import IMAGE, Layer, Network, readers
from tf_pose.tensors import FIELDS, HEATMAPS

MAPS = HEATMAPS + FIELDS
BRIGHTEST = 255  # of an image's values; the least is 0


def fold_factors(network: Network) -> Network:
    """The network without depthwise convolutions of 1×1."""
    folded: Network = {}
    factors: dict[str, Layer] = {}
    for name, layer in network.items():
        if layer.kind == "depthwise" and layer.kernel.shape[-1] == 1:
            factors[name] = layer
        elif layer.inputs[0] in factors:
            factor = factors[layer.inputs[0]]
            weights = layer.kernel * factor.kernel.reshape(1, -1, 1, 1)
            folded[name] = replace(layer, weights=weights, inputs=factor.inputs)
        else:
            folded[name] = layer
    return folded


def merge_branches(network: Network) -> Network:
    """The network with one branch a stage; its last layer gives the heatmaps, then the fields.

    Layers are named by their stage and place: "stage2.features0.depthwise", "stage2.layer3".
    """
    joined = [name for name, layer in network.items() if layer.kind == "concat"]
    features = joined[0]
    names = list(network)
    merged: Network = {name: network[name] for name in names[: names.index(features) + 1]}
    maps = ""
    for stage, start in enumerate(joined, 1):
        branches = [
            _branch(network, name)
            for name, layer in readers(network, start)
            if layer.kind == "depthwise"  # the features are also read by the next stages' joins
        ]
        branches.sort(key=lambda branch: len(branch[-1].kernel))  # heatmaps are fewer
        maps = _add_stage(merged, f"stage{stage}", features, maps, branches)
    return merged


def drop_dead_channels(network: Network) -> Network:
    """The network without those channels of its first layer that are 0 for every image.

    Training has left 10 of the 24 of mobilenet_thin without weights to speak of and with a negative
    bias. The layer is followed by a ReLU, a depthwise convolution without a bias, and a pointwise
    one; so what is left out added nothing, not even at the border.
    """
    first, layer = next(readers(network, IMAGE))
    depthwise, middle = next(readers(network, first))
    pointwise, last = next(readers(network, depthwise))
    assert layer.bias is not None and layer.relu and middle.bias is None
    most = layer.bias + BRIGHTEST * np.maximum(layer.kernel, 0).sum(axis=(1, 2, 3))
    alive = most > 0
    return network | {
        first: replace(layer, weights=layer.kernel[alive], bias=layer.bias[alive]),
        depthwise: replace(middle, weights=middle.kernel[alive]),
        pointwise: replace(last, weights=np.ascontiguousarray(last.kernel[:, alive])),
    }


def _branch(network: Network, name: str) -> list[Layer]:
    """The layers from this one to the branch's last, which has no ReLU."""
    branch = [network[name]]
    while branch[-1].kind == "depthwise" or branch[-1].relu:
        name, layer = next(iter(readers(network, name)))
        branch.append(layer)
    return branch


def _add_stage(
    merged: Network, stage: str, features: str, maps: str, branches: list[list[Layer]]
) -> str:
    """Add a stage's layers; the name of its last one."""
    firsts = []
    for k, (depthwise, pointwise, *_) in enumerate(branches):
        skipped = MAPS if maps else 0
        name, added = f"{stage}.features{k}", None
        if maps:
            # The stages before were joined the other way round: fields, then heatmaps.
            order = [*range(FIELDS, MAPS), *range(FIELDS)]
            added = f"{stage}.maps{k}"
            merged[f"{added}.depthwise"] = replace(
                depthwise, inputs=(maps,), weights=depthwise.kernel[:MAPS][order]
            )
            merged[added] = Layer(
                "convolution",
                (f"{added}.depthwise",),
                pointwise.kernel[:, :MAPS][:, order],
                attributes=pointwise.attributes,
            )
        merged[f"{name}.depthwise"] = replace(
            depthwise, inputs=(features,), weights=depthwise.kernel[skipped:]
        )
        merged[name] = replace(
            pointwise,
            inputs=(f"{name}.depthwise",),
            weights=pointwise.kernel[:, skipped:],
            added=added,
        )
        firsts.append(name)
    last = f"{stage}.joined"
    merged[last] = Layer("concat", tuple(firsts))
    for number, pair in enumerate(zip(branches[0][2:], branches[1][2:], strict=True)):
        merged[f"{stage}.layer{number}"] = replace(_side_by_side(*pair), inputs=(last,))
        last = f"{stage}.layer{number}"
    return last


def _side_by_side(first: Layer, second: Layer) -> Layer:
    """One layer that does what two do, on channels of the first, then of the second."""
    one, other = first.kernel, second.kernel
    if first.kind == "depthwise":
        return replace(first, weights=np.concatenate([one, other]))
    weights = np.zeros((len(one) + len(other), one.shape[1] + other.shape[1], 1, 1), np.float32)
    weights[: len(one), : one.shape[1]] = one
    weights[len(one) :, one.shape[1] :] = other
    assert first.bias is not None and second.bias is not None
    return replace(first, weights=weights, bias=np.concatenate([first.bias, second.bias]))
