"""A pinhole camera in front of the dancer."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tools.dancer import rotations as turn


@dataclass(frozen=True, slots=True)
class Camera:
    """Looks at `aim_m` from `distance_m`, so that `tall_m` metres fill the frame's height.

    size is (width, height) in pixels; yaw_deg moves the camera around to the dancer's left;
    pitch_deg lifts the camera, so that it looks down.
    """

    size: tuple[int, int] = (480, 640)
    tall_m: float = 2.62
    distance_m: float = 4.6
    aim_m: tuple[float, float, float] = (0.0, 0.98, 0.0)
    yaw_deg: float = 0.0
    pitch_deg: float = 0.0

    @property
    def focal_px(self) -> float:
        return self.size[1] * self.distance_m / self.tall_m

    @property
    def view(self) -> NDArray[np.float64]:
        """The rotation (3, 3) of the world after which the camera looks along −z."""
        return turn.about_x(self.pitch_deg) @ turn.about_y(-self.yaw_deg)

    def project(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Project metres (n, 3) to pixels x and y, and depth in metres (n, 3); x grows right.

        The dancer faces the camera, so their left (x > 0) is on the right of the frame.
        """
        turned = (points - np.array(self.aim_m)) @ self.view.T
        depth = self.distance_m - turned[:, 2]
        scale = self.focal_px / np.maximum(depth, 0.05)
        x = (self.size[0] - 1) / 2 + turned[:, 0] * scale
        y = (self.size[1] - 1) / 2 - turned[:, 1] * scale
        return np.stack([x, y, depth], axis=1)
