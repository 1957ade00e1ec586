"""What a learner takes of a processor: measured elsewhere, the input of the simulation."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any


class BadCosts(ValueError):
    """A file of costs that cannot be used."""


@dataclass(frozen=True, slots=True)
class Costs:
    """Processor time of one learner on one kind of machine; "core" is seconds a second."""

    source: str  # where the figures were measured, for the report
    loop_core: float  # packets, messages and scores, on the event loop's one thread
    decode_core: float  # the webcam's frames, on threads that share nothing
    network_ms: float  # the part of a look that runs beside any other
    outside_ms: float  # the rest of a look: cutting, post-processing, tracking
    python_share: float = 0.5  # of that, for which the interpreter must be free; assumed
    variation: float = 0.15  # standard deviation of a look's time, as a share of its mean
    delivery_ms: float = 15.0  # from capture until a frame is decoded, with the way back
    delivery_spread_ms: float = 5.0  # mean of what comes on top, exponentially distributed
    looks_per_s: float = 5.0
    frames_per_s: float = 15.0

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name != "source" and not (isinstance(value, int | float) and value >= 0):
                raise BadCosts(f"{field.name}: expected a number of at least 0, got {value!r}")
        if self.python_share > 1:
            raise BadCosts(f"python_share: expected at most 1, got {self.python_share}")
        if not (self.looks_per_s > 0 and self.frames_per_s > 0 and self.learner_core > 0):
            raise BadCosts("expected looks and frames each second that cost something, got 0")

    @property
    def look_ms(self) -> float:
        """Processor time of a look."""
        return self.network_ms + self.outside_ms

    @property
    def python_ms(self) -> float:
        """The part of a look for which the interpreter must be free."""
        return self.outside_ms * self.python_share

    @property
    def learner_core(self) -> float:
        """Everything that a learner takes, in cores."""
        return self.loop_core + self.decode_core + self.looks_per_s * self.look_ms / 1000

    @property
    def interpreter_core(self) -> float:
        """What a learner takes of the process's one interpreter, in cores."""
        return self.loop_core + self.looks_per_s * self.python_ms / 1000


# docs/performance.md, AMD EPYC with bf16 units: with 5 learners the server took 0.65 to 0.76 core,
# so 0.142 a learner; packets 46.5 to 47.4 ms a second; decoding 0.9 to 1.0 % of a core. The rest
# are looks: 5 a second of 17.2 ms, of which 4.5 ms are not the network (issue 16). Half of those
# are assumed to need the interpreter, because numpy and OpenCV release it.
EPYC = Costs(
    source="AMD EPYC with bf16 units, 2 cores; bench/load.py and bench/webrtc/udp_port.py",
    loop_core=0.046,
    decode_core=0.0095,
    network_ms=12.7,
    outside_ms=4.5,
)
_ISSUE = "Xeon with AVX512-BF16, without AMX, 2 cores; the table of issue 16"
PRESETS: Mapping[str, Costs] = MappingProxyType(
    {
        "epyc": EPYC,
        # 5 learners: 0.17 and 0.20 core each, of which media about 0.04.
        "xeon-f32": replace(
            EPYC, source=f"{_ISSUE}: f32", loop_core=0.035, decode_core=0.005, network_ms=21.5
        ),
        "xeon-bf16": replace(
            EPYC, source=f"{_ISSUE}: bf16", loop_core=0.035, decode_core=0.005, network_ms=27.5
        ),
        # docs/performance.md, by threads with 10 learners: loop 0.253 core, decoders 0.09, the
        # network 0.273 and around it 0.126, for 50 looks a second.
        "epyc-int8": Costs(
            source="AMD EPYC (family 26) with VNNI, int8, 2 cores; bench/load.py --light",
            loop_core=0.025,
            decode_core=0.009,
            network_ms=5.5,
            outside_ms=2.5,
            frames_per_s=10.0,
        ),
        # What issue 16 asks for; nobody has measured it.
        "aim": replace(
            EPYC,
            source="the aims of issue 16: 0.02 core of media, looks of 10 ms; not measured",
            loop_core=0.0175,
            decode_core=0.0025,
            network_ms=7.75,
            outside_ms=2.25,
        ),
    }
)


def load_costs(name: str) -> Costs:
    """The costs of a preset, or of a JSON file; what the file leaves out is as in "epyc".

    :raises BadCosts: neither, or with fields that costs do not have.
    """
    if name in PRESETS:
        return PRESETS[name]
    path = Path(name)
    try:
        given: Any = json.loads(path.read_text("utf-8"))
    except OSError as error:
        presets = ", ".join(PRESETS)
        raise BadCosts(f"expected one of {presets}, or a file, got {name!r}: {error}") from error
    except ValueError as error:
        raise BadCosts(f"{name}: expected JSON: {error}") from error
    known = {field.name for field in fields(Costs)}
    if not isinstance(given, dict) or not given.keys() <= known:
        raise BadCosts(f"{name}: expected an object with some of {sorted(known)}, got {given!r}")
    return Costs(**{**asdict(EPYC), "source": name, **given})
