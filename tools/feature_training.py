"""Fits what reads the features, so that the pose network's maps stay as they are.

The pose network teaches: a changed image goes through it, and what comes out of the backbone and of
each stage is what a student that begins at the features has to give. Of the student only what
`shared_features` keeps is changed.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np

# TensorFlow reads this once, when it is imported; a value that the user has set stays.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import tensorflow as tf

from tf_pose.engines.quantization.layers import Floats, Layer, Network
from tf_pose.engines.quantization.openvino_runner import compile_runner
from tf_pose.engines.quantization.shared_features import (
    STAGES,
    SharedFeatures,
    depthwise_name,
    feature_layers,
)
from tf_pose.tensors import FIELDS, HEATMAPS
from tools.calibration_images import Image

Example = tuple[Floats, Floats]  # features and maps of all stages, (H, W, channels) each

FEATURES = "concat0"
MAPS = [f"stage{stage}.layer5" for stage in STAGES]
EARLIER_STAGE = 0.3  # what an error of one counts
BATCH = 4
MIXED = 0.3  # the share of images that show a part of another
LEARNING_RATE, LEAST_RATE = 6e-5, 1e-6
REPORT_S = 60.0


class Teacher:
    """Shows images, changed at random, and what the network makes of them."""

    def __init__(self, network: Network, images: Sequence[Image], seed: int = 0) -> None:
        self._rng = np.random.default_rng(seed)
        self._run = compile_runner(network, [FEATURES, *MAPS])
        self._images: dict[tuple[int, ...], list[Image]] = {}
        for image in images:
            self._images.setdefault(image.shape, []).append(image)

    def explain(self, image: Image) -> Example:
        """What the network makes of an image."""
        features, *maps = (values[0].transpose(1, 2, 0) for values in self._run(image))
        return features, np.concatenate(maps, axis=-1)

    def next_batch(self) -> Example:
        """Features and maps of BATCH images of one size, (BATCH, H, W, channels) each."""
        sizes = list(self._images.values())
        share = np.array([len(images) for images in sizes]) / sum(map(len, sizes))
        alike = sizes[self._rng.choice(len(sizes), p=share)]
        features, maps = zip(*(self.explain(self._draw(alike)) for _ in range(BATCH)), strict=True)
        return np.stack(features), np.stack(maps)

    def _draw(self, images: Sequence[Image]) -> Image:
        """One of these images, changed, and at times a part of another over it."""
        first, second = (
            change_image(images[k], self._rng) for k in self._rng.integers(len(images), size=2)
        )
        if self._rng.random() < MIXED:
            height, width = first.shape[:2]
            top, left = self._rng.integers((height // 2, width // 2))
            down, right = self._rng.integers((height // 4, width // 4), (height, width))
            part = slice(top, top + down), slice(left, left + right)
            first[part] = second[part]
        return first


def change_image(image: Image, rng: np.random.Generator) -> Image:
    """The image mirrored, turned, nearer, brighter, noisier, …: each at random."""
    height, width = image.shape[:2]
    if rng.random() < 0.5:
        image = np.ascontiguousarray(image[:, ::-1])
    if rng.random() < 0.75:
        scale, degrees = math.exp(rng.uniform(math.log(0.6), math.log(1.5))), rng.normal(0, 8)
        turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, scale)
        turn[:, 2] += rng.uniform(-0.1, 0.1, 2) * (width, height)
        border = cv2.BORDER_REFLECT if rng.random() < 0.7 else cv2.BORDER_CONSTANT
        image = np.asarray(
            cv2.warpAffine(
                image, turn, (width, height), borderMode=border, borderValue=(127, 127, 127)
            ),
            np.uint8,
        )
    values = image.astype(np.float32)
    if rng.random() < 0.7:
        light = np.exp(rng.normal(0, 0.3) + rng.normal(0, 0.15, 3))
        values = 255 * (np.clip(values * light, 0, 255) / 255) ** math.exp(rng.normal(0, 0.2))
    if rng.random() < 0.3:
        values += rng.normal(0, rng.uniform(1, 8), values.shape)
    if rng.random() < 0.15:
        values = cv2.GaussianBlur(values, (0, 0), rng.uniform(0.5, 1.2))
    return np.clip(values, 0, 255).astype(np.uint8)


class Student:
    """The layers after the features, in TensorFlow; what may change are variables."""

    def __init__(self, network: Network) -> None:
        names = list(network)
        self._layers = {name: network[name] for name in names[names.index(FEATURES) + 1 :]}
        self._taught = [name for stage in STAGES for name in feature_layers(stage)]
        changed = {*self._taught, *(depthwise_name(stage) for stage in STAGES)}
        self._kernels = {
            name: (tf.Variable if name in changed else tf.constant)(_kernel(layer))
            for name, layer in self._layers.items()
            if layer.weights is not None
        }
        self._biases = {
            name: (tf.Variable if name in changed else tf.constant)(layer.bias)
            for name, layer in self._layers.items()
            if layer.bias is not None
        }
        self._changed = changed
        weights = np.full(len(MAPS) * (HEATMAPS + FIELDS), EARLIER_STAGE, np.float32)
        weights[-(HEATMAPS + FIELDS) :] = 1
        self._weights = tf.constant(weights)
        self._optimizer = tf.keras.optimizers.Adam(LEARNING_RATE)
        self.learn = tf.function(self._learn, reduce_retracing=True)
        self.error = tf.function(self._error, reduce_retracing=True)

    def set_rate(self, rate: float) -> None:
        """How far the next steps go."""
        self._optimizer.learning_rate = rate

    def shared(self, graph_sha256: str) -> SharedFeatures:
        """What was learnt, as it is kept."""
        kernels = {
            name: self._kernels[name].numpy()[..., 0].transpose(2, 0, 1)[:, None, None]
            for name in sorted(self._changed - {*self._taught})
        }
        weights = {name: self._kernels[name].numpy().T[:, :, None, None] for name in self._taught}
        biases = {name: self._biases[name].numpy() for name in self._taught}
        return SharedFeatures(graph_sha256, kernels, weights, biases)

    def _learn(self, features: tf.Tensor, maps: tf.Tensor) -> tf.Tensor:
        variables = [
            *(self._kernels[name] for name in sorted(self._changed)),
            *(self._biases[name] for name in self._taught),
        ]
        with tf.GradientTape() as tape:
            loss = self._error(features, maps)
        gradients = tape.gradient(loss, variables)
        self._optimizer.apply_gradients(zip(gradients, variables, strict=True))
        return loss

    def _error(self, features: tf.Tensor, maps: tf.Tensor) -> tf.Tensor:
        squares = (self._maps(features) - maps) ** 2
        return tf.reduce_mean(tf.reduce_mean(squares, (0, 1, 2)) * self._weights)

    def _maps(self, features: tf.Tensor) -> tf.Tensor:
        results, sums = {FEATURES: features}, {}
        for name, layer in self._layers.items():
            given = [results[one] for one in layer.inputs]
            if layer.kind == "concat":
                result = tf.concat(given, -1)
            elif layer.kind == "depthwise":
                result = tf.nn.depthwise_conv2d(given[0], self._kernels[name], [1] * 4, "SAME")
            else:
                result = tf.tensordot(given[0], self._kernels[name], 1)
            if name in self._biases:
                result += self._biases[name]
            if layer.added:
                result += results[layer.added]
            sums[name] = result
            results[name] = tf.nn.relu(result) if layer.relu else result
        return tf.concat([sums[name] for name in MAPS], -1)


def train(
    student: Student,
    teacher: Teacher,
    held_out: Sequence[Example],
    minutes: float,
    report: Callable[[str], None],
) -> None:
    """Teach for so long, ever slower; report the errors of what is learnt and of other images."""
    report(f"at first: others {judge(student, held_out):.2e}")
    start = last = time.monotonic()
    losses: list[float] = []
    with ThreadPoolExecutor(1) as beside:
        batch = beside.submit(teacher.next_batch)
        while (share := (time.monotonic() - start) / (60 * minutes)) < 1:
            taught, batch = batch.result(), beside.submit(teacher.next_batch)
            student.set_rate(LEAST_RATE + LEARNING_RATE * 0.5 * (1 + math.cos(math.pi * share)))
            losses.append(float(student.learn(*taught)))
            if time.monotonic() - last >= REPORT_S:
                last, error = time.monotonic(), np.mean(losses)
                report(f"{share:.0%}: error {error:.2e}, others {judge(student, held_out):.2e}")
                losses.clear()
    report(f"at last: others {judge(student, held_out):.2e}")


def judge(student: Student, held_out: Sequence[Example]) -> float:
    """The mean error of other images."""
    return float(np.mean([student.error(*(one[None] for one in example)) for example in held_out]))


def _kernel(layer: Layer) -> Floats:
    """Weights as TensorFlow has them: (3, 3, channels, 1), or (in, out) of a pointwise one."""
    if layer.kind == "depthwise":
        return layer.kernel[:, 0, 0].transpose(1, 2, 0)[..., None]
    return layer.kernel[:, :, 0, 0].T
