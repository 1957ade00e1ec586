"""A camera for Chromium that films the instructor's picture on the page."""

from pathlib import Path

ECHO = Path(__file__).with_suffix(".js")
