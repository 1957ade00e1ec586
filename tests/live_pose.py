"""How learners are looked at in tests, and how many there may be: fixed, on every machine.

A server normally calculates in bf16 or int8 where that is cheaper, which changes what is found in
a picture, and so scores and advice. Its crop costs more than tests need, and it takes as many
learners as the machine has time for. Tests therefore fix all three. Set these to force others;
every assertion must hold under each of them:

    TANDEM_TEST_PRECISION   f32 (default), or bf16 or int8 where there are units for it
    TANDEM_TEST_CROP        the longer side of the live crop, 96 to 368 pixels (default 192)
"""

from __future__ import annotations

import os
from typing import Any

PRECISION = os.environ.get("TANDEM_TEST_PRECISION", "f32")
CROP_SIDE = int(os.environ.get("TANDEM_TEST_CROP", "192"))
# For rtc_server.config.Config in this process, and for `run.py serve` in another one.
MAX_SESSIONS = 8
SETTINGS: dict[str, Any] = {
    "pose_precision": PRECISION,
    "crop_side": CROP_SIDE,
    "max_sessions": MAX_SESSIONS,
}
ENVIRONMENT = {f"TANDEM_{name.upper()}": str(value) for name, value in SETTINGS.items()}
