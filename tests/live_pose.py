"""How learners are looked at in tests: fixed, so that every machine sees the same.

A server normally measures at its start how closely it can afford to look at learners, and
calculates in bf16 where the processor supports it. Both change what is found in a picture, and so
scores and advice. Tests therefore fix the precision and the crop. Set these to force others; every
assertion must hold under each of them:

    TANDEM_TEST_PRECISION   f32 (default), or bf16 where the processor supports it
    TANDEM_TEST_CROP        the longer side of the live crop, 96 to 368 pixels (default 192)
"""

from __future__ import annotations

import os
from typing import Any

PRECISION = os.environ.get("TANDEM_TEST_PRECISION", "f32")
CROP_SIDE = int(os.environ.get("TANDEM_TEST_CROP", "192"))
# For rtc_server.config.Config in this process, and for `run.py serve` in another one.
SETTINGS: dict[str, Any] = {"pose_precision": PRECISION, "crop_side": CROP_SIDE}
ENVIRONMENT = {f"TANDEM_{name.upper()}": str(value) for name, value in SETTINGS.items()}
