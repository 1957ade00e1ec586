"""What a long run measured, and what was wrong."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Report:
    """A table and the list of what must not have happened."""

    title: str
    rows: list[dict[str, object]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def require(self, is_so: bool, problem: str) -> None:
        """Note a problem unless something holds."""
        if not is_so:
            self.problems.append(problem)

    def text(self) -> str:
        """The table in Markdown, then the problems."""
        names = list(dict.fromkeys(name for row in self.rows for name in row))
        lines = [f"## {self.title}", "", _line(names), _line(["---"] * len(names))]
        lines += [_line([str(row.get(name, "")) for name in names]) for row in self.rows]
        return "\n".join([*lines, "", *(f"PROBLEM: {problem}" for problem in self.problems)])


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
