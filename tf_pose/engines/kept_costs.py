"""What each precision costs on this machine, or how true it is, kept in a file for the next start.

Another processor, OpenVINO, graph or way of measuring makes another key, and so another file:
machines that share the folder do not disturb each other. A file that is damaged is not believed.
"""

from __future__ import annotations

import hashlib
import json
import logging
import math
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

logger = logging.getLogger(__name__)

Key = Mapping[str, Any]  # of JSON values

MAX_BYTES = 16_384
MAX_MS, MAX_OKS = 60_000.0, 1.0
COSTS, TRUTHS = "costs_ms", "oks"  # what may be kept
_GREATEST = {COSTS: MAX_MS, TRUTHS: MAX_OKS}


def costs_path(folder: Path, key: Key, what: str = COSTS) -> Path:
    """Where the costs, or the truths, of this key are kept."""
    digest = hashlib.sha256(_to_json(key).encode()).hexdigest()
    return folder / f"{what.removesuffix('_ms')}-{digest[:16]}.json"


def read_costs(path: Path, key: Key, what: str = COSTS) -> dict[str, float] | None:
    """Milliseconds, or OKS, by the names that the key lists as precisions.

    None where there is no file, or one that cannot be believed.
    """
    try:
        if not path.exists():
            return None
        if not path.is_file():  # reading a pipe would wait for ever
            raise ValueError("expected a file")
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        return _check(data, key, what)
    except (OSError, ValueError, RecursionError) as error:
        logger.warning("%s is not used, and the costs are measured again: %s", path, error)
        return None


def write_costs(
    path: Path, key: Key, values: Mapping[str, float], now: datetime, what: str = COSTS
) -> None:
    """Write the file whole or not at all; where nothing can be written, the next start measures."""
    at = now.astimezone(UTC).isoformat(timespec="seconds")
    text = _to_json({"key": key, what: values, "measured_at": at})
    temporary = path.with_name(f".{path.name}~{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(text + "\n", "utf-8")
        temporary.replace(path)
    except OSError as error:
        logger.warning("the costs cannot be kept, and every start measures them: %s", error)
    finally:
        _remove(temporary)


def _check(data: bytes, key: Key, what: str) -> dict[str, float]:
    """
    :raises ValueError: not what `write_costs` wrote for this key.
    """
    if len(data) > MAX_BYTES:
        raise ValueError(f"expected at most {MAX_BYTES} bytes")
    found = json.loads(data)
    if not isinstance(found, dict) or found.get("key") != json.loads(_to_json(key)):
        raise ValueError("expected the costs of this processor, OpenVINO and graph")
    values = found.get(what)
    if not isinstance(values, dict) or sorted(values) != sorted(key["precisions"]):
        raise ValueError(f"expected {what} of {', '.join(key['precisions'])}")
    for name, value in values.items():
        if type(value) is not float or not math.isfinite(value):
            raise ValueError(f"expected a number for {name}, got {value!r:.40}")
        if not 0 < value < _GREATEST[what]:
            raise ValueError(f"expected {what} for {name}, got {value!r:.40}")
    return values


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:  # the folder is one that cannot be written
        return


def _to_json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, sort_keys=True)
