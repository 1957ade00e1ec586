"""Fits the shared features of the int8 pose network and writes them into the package.

    python tools/fit_features.py [--minutes 25]

The images are those of the calibration and others of the same dances and recordings, changed at
random; those by which the recipe is chosen say how well it does with others, and none of them
judges. Two runs do not give the same file. Run tools/calibrate_pose.py after it, raise VERSION in
tf_pose/engines/quantization/recipe.py, and judge the result with bench/pose.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from models.fetch import sha256_of
from tf_pose.engines.openvino import read_layers
from tf_pose.engines.quantization.shared_features import PATH, share_features
from tf_pose.estimator import TfPoseEstimator
from tf_pose.networks import get_graph_path
from tools.calibration_images import calibration_images, choice_images
from tools.feature_guess import first_guess
from tools.feature_training import Student, Teacher, train

MORE = 4  # times as many images as for the calibration


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--minutes", type=float, default=25.0, help="how long it learns (default %(default)g)"
    )
    args = parser.parse_args()
    if not args.minutes > 0:
        parser.error(f"--minutes: expected more than 0, got {args.minutes:g}")
    graph = Path(get_graph_path("mobilenet_thin"))
    estimator = TfPoseEstimator(graph, precision="f32")
    images, others = calibration_images(estimator, MORE), choice_images(estimator)
    print(f"{len(images)} images, {len(others)} others", file=sys.stderr)
    network, sha256 = read_layers(graph), sha256_of(graph)
    student = Student(share_features(network, first_guess(network, images, sha256)))
    teacher = Teacher(network, images)
    held_out = [teacher.explain(image) for image in others]
    train(student, teacher, held_out, args.minutes, lambda said: print(said, file=sys.stderr))
    student.shared(sha256).save()
    print(f"{PATH}: {PATH.stat().st_size} bytes")


if __name__ == "__main__":
    main()
