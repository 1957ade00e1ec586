"""The student that fits shared features is the network that it is fitted for, and learns."""

from pathlib import Path

import cv2
import numpy as np
import pytest
import tensorflow as tf

from tests.media import pose2sim_clip
from tf_pose.engines.openvino import read_layers
from tf_pose.engines.quantization.shared_features import load_shared_features, share_features
from tf_pose.networks import get_graph_path
from tools.feature_training import BATCH, Student, Teacher, change_image, judge


@pytest.fixture(autouse=True)
def eagerly():
    """Operations one by one: to compile them takes longer than these few steps."""
    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)


@pytest.fixture(scope="module")
def network():
    return read_layers(Path(get_graph_path("mobilenet_thin")))


@pytest.fixture(scope="module")
def kept():
    return load_shared_features()


@pytest.fixture(scope="module")
def images():
    video = cv2.VideoCapture(str(pose2sim_clip(1)))
    found, frame = video.read()
    assert found
    return [cv2.resize(frame, (64, 96))]


def test_the_student_computes_what_the_engine_does(network, kept, images):
    shared = share_features(network, kept)
    example = Teacher(shared, images).explain(images[0])
    assert example[1].shape == (12, 8, 4 * 57)
    assert judge(Student(shared), [example]) < 1e-9
    assert judge(Student(shared), [Teacher(network, images).explain(images[0])]) > 1e-7


def test_it_learns_shared_features_and_nothing_else(network, kept, images):
    student = Student(share_features(network, kept))
    example = Teacher(network, images).explain(images[0])
    before = judge(student, [example])
    student.set_rate(1e-5)
    for _ in range(4):
        student.learn(*(one[None] for one in example))
    assert judge(student, [example]) < before
    learnt = share_features(network, student.shared(kept.graph_sha256))
    assert judge(Student(learnt), [example]) == pytest.approx(judge(student, [example]), rel=1e-3)


def test_a_batch_shows_images_of_one_size(network, images):
    both = [*images, *[np.zeros((64, 64, 3), np.uint8)] * 2]
    teacher = Teacher(network, both, seed=1)
    sizes = set()
    for _ in range(4):
        features, maps = teacher.next_batch()
        assert features.shape[:3] == maps.shape[:3] and len(features) == BATCH
        sizes.add(features.shape[1])
    assert sizes == {8, 12}


def test_a_changed_image_is_another_one_of_the_same_size(images):
    rng = np.random.default_rng(0)
    changed = [change_image(images[0], rng) for _ in range(8)]
    assert {(one.shape, one.dtype) for one in changed} == {(images[0].shape, np.dtype(np.uint8))}
    assert len({one.tobytes() for one in changed}) == 8
