"""The source is easy to find one's way in: one class per name, short files, small folders."""

from __future__ import annotations

import ast
import statistics
from collections import Counter, defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("models", "rtc_server", "tf_pose")
SHIPPED = (*PACKAGES, "setup", "web")
SOURCE_SUFFIXES = {".css", ".html", ".js", ".py", ".sh"}
# Bare verbs that modules once had for names; "scoring" and "grouping" are words of the field.
FORBIDDEN_NAMES = frozenset(
    {
        *("adding", "finding", "making", "telling", "preparing", "receiving", "skipping"),
        *("stretching", "cutting", "encoding", "sweeping", "resuming", "posing", "matching"),
        *("judging", "watching"),
    }
)
MAX_LINES, MAX_MEDIAN_LINES, MAX_FUNCTION_LINES, MAX_FILES = 300, 120, 40, 24


def files_below(*folders: str) -> list[Path]:
    return [
        path
        for folder in folders
        for path in sorted((ROOT / folder).rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    ]


SOURCES = [path for path in files_below(*SHIPPED) if path.suffix in SOURCE_SUFFIXES]
TREES = {
    path.relative_to(ROOT).as_posix(): ast.parse(path.read_text("utf-8"))
    for path in files_below(*PACKAGES)
    if path.suffix == ".py"
}


def count_lines(path: Path) -> int:
    return len(path.read_text("utf-8").splitlines())


def test_no_two_classes_have_the_same_name() -> None:
    modules = defaultdict(list)
    for module, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                modules[node.name.lstrip("_")].append(module)
    assert len(modules) > 100
    assert {name: found for name, found in modules.items() if len(found) > 1} == {}


def test_no_module_or_folder_has_a_bare_verb_for_a_name() -> None:
    words = {part.removesuffix(".py") for module in TREES for part in module.split("/")}
    assert "scoring" in words
    assert words & FORBIDDEN_NAMES == set()


def test_files_are_short() -> None:
    lines = {path.relative_to(ROOT).as_posix(): count_lines(path) for path in SOURCES}
    assert {name: count for name, count in lines.items() if count > MAX_LINES} == {}
    assert statistics.median(lines.values()) <= MAX_MEDIAN_LINES


def test_functions_are_short() -> None:
    long = {}
    for module, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                body = node.body[1:] if ast.get_docstring(node) else node.body
                count = body[-1].end_lineno - body[0].lineno + 1 if body else 0
                if count > MAX_FUNCTION_LINES:
                    long[f"{module}: {node.name}"] = count
    assert long == {}


@pytest.mark.parametrize("folder", [*SHIPPED, "bench", "docs", "tests", "tools"])
def test_folders_are_small(folder: str) -> None:
    counts = Counter(path.parent.relative_to(ROOT) for path in files_below(folder))
    assert {str(name): count for name, count in counts.items() if count > MAX_FILES} == {}


def test_every_test_is_run_by_make_test() -> None:
    """Which runs the unit tests, and those of the folders that the Makefile names."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    named = next(line for line in makefile.splitlines() if line.startswith("WITH_SERVERS :="))
    run = {"tests/unit", *named.split(":=")[1].split()}
    found = {
        "/".join(path.relative_to(ROOT).parts[:2]) for path in (ROOT / "tests").rglob("test_*.py")
    }
    assert found == run
