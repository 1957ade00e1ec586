"""What is kept of a dancer, so that another tracker knows them again. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class DancerMemory:
    """The colours of their clothes, and where they stood."""

    appearance: NDArray[np.float32]  # (2, 3): as in `tf_pose.tracking.appearance`
    x: float  # 0..1 of the frame
