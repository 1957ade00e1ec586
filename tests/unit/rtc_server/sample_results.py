"""Results as sessions produce them."""

from __future__ import annotations

from typing import Any

from rtc_server.history.results import Result

LIMBS = {"left_forearm": 0.71, "right_forearm": None}


def make_summary(score: float = 71.5, *, points: int = 20, **fields: Any) -> dict[str, Any]:
    """A `summary` message."""
    return {
        "type": "summary",
        "score": score,
        "shape": score - 1,
        "timing": 80.0,
        "energy": None,
        "grade": "B",
        "coverage": 0.93,
        "lag_ms": -120.5,
        "samples": 5 * points,
        "dropped": 0,
        "limbs": LIMBS,
        "best": [{"from_s": 0.0, "to_s": 4.0, "score": 80.0}],
        "worst": [],
        "timeline": [[k + 2.0, 70.5] for k in range(points)],
        "mirror": "on",
        "complete": True,
        "verdict": "You followed well.",
        **fields,
    }


def make_result(number: int = 1, learner: str | None = "Ann", **fields: Any) -> Result:
    """The result of attempt `number`, which ended `number` seconds after the first one could."""
    about = {"lesson": "demo", "title": "Demo", "reason": "finished"}
    about |= {key: fields.pop(key) for key in (*about, "owner", "session") if key in fields}
    return Result(
        attempt=f"{number:032x}",
        learner=learner,
        started_at_s=1_700_000_000.25 + number,
        ended_at_s=fields.pop("ended_at_s", 1_700_000_024.5 + number),
        summary=make_summary(**fields),
        **{"session": f"{number:031x}5", **about},
    )
