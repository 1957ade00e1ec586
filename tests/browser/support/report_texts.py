"""The texts of a report: those that the page shows, and those that it should show."""

from typing import Any

from rtc_server.scoring.grades import choose_label

# Records the texts on the image to share.
WRITTEN = """
() => {
  window.written = [];
  const write = CanvasRenderingContext2D.prototype.fillText;
  CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
    written.push(text);
    return write.call(this, text, ...rest);
  };
}
"""
SHOWN = """
() => {
  const texts = (selector) => [...document.querySelectorAll(`.summary ${selector}`)]
    .map((element) => element.textContent);
  return {
    grade: texts('[data-part="grade"]')[0], score: texts('[data-part="score"]')[0],
    parts: texts(".measure strong"), worst: texts('[data-part="worst"] strong'),
    best: texts('[data-part="best"] strong'), facts: texts(".facts dd"),
    limbs: texts('[data-part="limbs"] td'),
  };
}
"""
PARTS = ("shape", "timing", "energy")


def expected_texts(report: dict[str, Any]) -> dict[str, Any]:
    """The texts that the page should show for a report."""
    limbs = [value for value in report["limbs"].values() if value is not None]
    lag_ms = report["lag_ms"]
    late = "late" if (lag_ms or 0) > 0 else "early"
    moved = "on the beat" if abs(lag_ms or 0) < 60 else f"{abs(lag_ms) / 1000:.2f} s {late}"
    return {
        "grade": report["grade"] if len(report["grade"] or "") == 1 else "",
        "score": whole(report["score"]),
        "parts": [whole(report[name]) for name in PARTS],
        "worst": [
            whole(p["score"]) for p in report["worst"] if choose_label(p["score"]) != "perfect"
        ],
        "best": [whole(passage["score"]) for passage in report["best"]],
        "facts": [
            f"{whole(report['coverage'] * 100)}%",
            "–" if lag_ms is None else moved,
            str(report["samples"])
            + (f", {report['dropped']} skipped" if report["dropped"] else ""),
            "as in a mirror" if report["mirror"] == "on" else "same side",
        ],
        "limbs": [whole(100 * value) for value in sorted(limbs)]
        + ["not seen"] * (len(report["limbs"]) - len(limbs)),
    }


def whole(value: float | None) -> str:
    """Rounded as JavaScript does."""
    return "–" if value is None else str(int(value + 0.5))
