"""A camera that shows a person who moves with the page's figure, as late as a test says."""

import base64
import json
from dataclasses import replace
from functools import cache

import cv2

from tests.browser.support.cache import SCRIPTS
from tests.browser.support.learner import Learner
from tools.build_cache import build_once, cached_path, sources_of
from tools.dancer.body import body
from tools.dancer.motion import standing
from tools.dancer.scene import Actor, Scene, camera_for
from tools.dancer.stance import INDEX, Stance

CAMERA = SCRIPTS / "arms_camera.js"
STEP_DEG = 6


def arms_at(degrees: float) -> Stance:
    """Standing with both arms straight and raised to the sides; 0: hanging."""
    stance = standing()
    for side in ("left", "right"):
        stance[INDEX[f"{side}.upper.raise"]] = stance[INDEX[f"{side}.fore.raise"]] = degrees
    return stance


@cache
def poses(up_m: float = 0.0) -> str:
    """A script with one picture for each STEP_DEG of raised arms, rendered once into the cache.

    `up_m`: how much higher the camera looks than it should.
    """
    sources = sources_of("tests.browser.support.arms_camera")
    path = cached_path(f"films/arms-{up_m:g}.js", sources)
    return build_once(path, lambda path: path.write_text(_render_poses(up_m))).read_text()


def _render_poses(up_m: float) -> str:
    who = body("tall")
    camera = camera_for(who, (640, 480))
    x, y, z = camera.aim_m
    camera = replace(camera, aim_m=(x, y + up_m, z))
    jpegs = {}
    for degrees in range(15, 166, STEP_DEG):
        stance = arms_at(degrees)
        picture = Scene((Actor(who, lambda _, stance=stance: stance),), camera).frame_at(0.0)
        done, jpeg = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 90])
        assert done
        jpegs[degrees] = base64.b64encode(jpeg.tobytes()).decode()
    return f"window.poses = {json.dumps(jpegs)};"


def arms_camera(late_ms: float = 0.0, up_m: float = 0.0) -> str:
    """The script of such a camera."""
    return f"window.late_ms = {late_ms}; {poses(up_m)}\n{CAMERA.read_text()}"


async def film_arms(learner: Learner, late_ms: float = 0.0, up_m: float = 0.0) -> Learner:
    """Give a learner such a camera; returns the learner."""
    await learner.page.add_init_script(arms_camera(late_ms, up_m))
    return learner
