"""Measures the numbers of the int8 pose network and writes them into the package.

    python tools/calibrate_pose.py

Takes some minutes of one core; the same images on the same processor give the same file. Run it
after a change of the recipe or of the network; raise VERSION in
tf_pose/engines/quantization/recipe.py then, and judge the result with bench/pose.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from models.fetch import sha256_of
from tf_pose.engines.openvino import read_layers
from tf_pose.engines.quantization.calibration import calibrate
from tf_pose.engines.quantization.openvino_runner import compile_runner
from tf_pose.engines.quantization.recipe import NUMBERS
from tf_pose.engines.quantization.shared_features import load_shared_features, share_features
from tf_pose.estimator import TfPoseEstimator
from tf_pose.networks import get_graph_path
from tools.calibration_images import calibration_images


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.parse_args()
    graph = Path(get_graph_path("mobilenet_thin"))
    images = calibration_images(TfPoseEstimator(graph, threads=1, precision="f32"))
    print(f"{len(images)} calibration images", file=sys.stderr)

    def show(what: str, done: int, of: int) -> None:
        print(f"{what} {done}/{of}", file=sys.stderr)

    network = share_features(read_layers(graph), load_shared_features())
    numbers = calibrate(network, images, compile_runner, sha256_of(graph), show)
    numbers.save(NUMBERS)
    print(f"{NUMBERS}: {NUMBERS.stat().st_size} bytes")


if __name__ == "__main__":
    main()
