"""What a run of a fuzzer has found."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tests.paths import ROOT

FAILURES = ROOT / "artifacts" / "fuzz"
MAX_GROWTH = 0.05  # of the memory, after the first thousand cases
WARM_CASES = 1000
MAX_SAVED = 20


@dataclass(slots=True)
class Report:
    """The outcomes of one kind."""

    kind: str
    seed: int
    outcomes: Counter[str] = field(default_factory=Counter)
    worst_s: float = 0.0
    worst_case: int = 0
    seconds: float = 0.0
    warm_mb: float = math.nan  # after WARM_CASES
    last_mb: float = math.nan
    problems: list[str] = field(default_factory=list)

    @property
    def cases(self) -> int:
        return self.outcomes.total()

    @property
    def growth(self) -> float:
        """Of the memory after the first thousand cases, 0..1; NaN if there were no more."""
        return self.last_mb / self.warm_mb - 1

    @property
    def is_bad(self) -> bool:
        return bool(self.problems) or self.growth > MAX_GROWTH

    def count(self, case: int, outcome: str, took_s: float) -> None:
        self.outcomes[outcome] += 1
        if took_s > self.worst_s:
            self.worst_s, self.worst_case = took_s, case

    def fail(self, case: int, problem: str, data: bytes | None = None, cases: int = 1) -> None:
        """Take a problem, and save the input beside the command that replays it."""
        command = (
            f"python -m tests.fuzz --kind {self.kind} --seed {self.seed} "
            f"--first {case} --cases {cases}"
        )
        self.problems.append(f"{problem}\n    {command}")
        if len(self.problems) <= MAX_SAVED:
            FAILURES.mkdir(parents=True, exist_ok=True)
            stem = FAILURES / f"{self.kind}-{self.seed}-{case}"
            stem.with_suffix(".txt").write_text(f"{problem}\n{command}\n", "utf-8")
            if data is not None:
                stem.with_suffix(".bin").write_bytes(data)


def format_table(reports: list[Report]) -> str:
    """A line for each kind, then the outcomes, then the problems."""
    lines = [f"{'kind':<12}{'cases':>8}{'s':>8}{'worst ms':>10}{'growth':>9}  outcomes"]
    for report in reports:
        growth = "-" if math.isnan(report.growth) else f"{100 * report.growth:+.1f} %"
        outcomes = ", ".join(f"{count} {name}" for name, count in report.outcomes.most_common())
        lines.append(
            f"{report.kind:<12}{report.cases:>8}{report.seconds:>8.0f}"
            f"{1000 * report.worst_s:>10.0f}{growth:>9}  {outcomes}"
        )
    for report in reports:
        if report.growth > MAX_GROWTH:
            lines.append(f"WRONG {report.kind}: memory grew {100 * report.growth:.1f} %")
        lines += [f"WRONG {report.kind}: {problem}" for problem in report.problems]
    return "\n".join(lines)


def log_size(log: Path) -> int:
    return log.stat().st_size if log.exists() else 0
