"""A camera that films the instructor's video on the page."""

from tests.browser.support.cache import SCRIPTS

SCREEN_CAMERA = SCRIPTS / "screen_camera.js"
