"""What each precision costs on this machine, kept in a file for the next start.

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
MAX_MS = 60_000.0


def costs_path(folder: Path, key: Key) -> Path:
    """Where the costs of this key are kept."""
    digest = hashlib.sha256(_to_json(key).encode()).hexdigest()
    return folder / f"costs-{digest[:16]}.json"


def read_costs(path: Path, key: Key) -> dict[str, float] | None:
    """Milliseconds by precision; None where there is no file, or one that cannot be believed."""
    try:
        if not path.exists():
            return None
        if not path.is_file():  # reading a pipe would wait for ever
            raise ValueError("expected a file")
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        return _check(data, key)
    except (OSError, ValueError, RecursionError) as error:
        logger.warning("%s is not used, and the costs are measured again: %s", path, error)
        return None


def write_costs(path: Path, key: Key, costs_ms: Mapping[str, float], now: datetime) -> None:
    """Write the file whole or not at all; where nothing can be written, the next start measures."""
    at = now.astimezone(UTC).isoformat(timespec="seconds")
    text = _to_json({"key": key, "costs_ms": costs_ms, "measured_at": at})
    temporary = path.with_name(f".{path.name}~{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(text + "\n", "utf-8")
        temporary.replace(path)
    except OSError as error:
        logger.warning("the costs cannot be kept, and every start measures them: %s", error)
    finally:
        _remove(temporary)


def _check(data: bytes, key: Key) -> dict[str, float]:
    """
    :raises ValueError: not what `write_costs` wrote for this key.
    """
    if len(data) > MAX_BYTES:
        raise ValueError(f"expected at most {MAX_BYTES} bytes")
    found = json.loads(data)
    if not isinstance(found, dict) or found.get("key") != json.loads(_to_json(key)):
        raise ValueError("expected the costs of this processor, OpenVINO and graph")
    costs_ms = found.get("costs_ms")
    if not isinstance(costs_ms, dict) or sorted(costs_ms) != sorted(key["precisions"]):
        raise ValueError(f"expected costs_ms of {', '.join(key['precisions'])}")
    for precision, ms in costs_ms.items():
        if type(ms) is not float or not math.isfinite(ms) or not 0 < ms < MAX_MS:
            raise ValueError(f"expected milliseconds for {precision}, got {ms!r:.40}")
    return costs_ms


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:  # the folder is one that cannot be written
        return


def _to_json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, sort_keys=True)
