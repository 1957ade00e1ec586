"""A camera for Chromium that films the instructor's picture on the page."""

from tests.browser.support.cache import SCRIPTS

ECHO = SCRIPTS / "screen_camera.js"
