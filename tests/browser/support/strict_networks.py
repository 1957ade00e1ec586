"""Browsers in networks that let little through: a flag of Chromium, and scripts for a page."""

from tests.browser.support.cache import SCRIPTS

NO_UDP = "--webrtc-ip-handling-policy=disable_non_proxied_udp"
RELAY_ONLY = SCRIPTS / "relay_only.js"
NO_WEBRTC = SCRIPTS / "no_webrtc.js"
