"""Documents, docstrings and comments name only files that exist."""

from __future__ import annotations

import ast
import io
import os
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
IGNORED = {"__pycache__", "artifacts", "data", "lessons", "node_modules"}  # and hidden folders
# Made by running, installing or testing, so that a clean clone lacks them.
CREATED = ("data", "lessons/", ".cache", "artifacts")
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
CODE_BLOCK = re.compile(r"```.*?```", re.DOTALL)
LABELLED_LINK = re.compile(r"\[([\w/-]+\.\w+)\]\(([^)#\s]+)\)")
BACKTICKED_PATH = re.compile(r"`(\.?[\w-][\w.-]*(?:/[\w.-]*)+|[\w-]+\.(?:py|js|sh|md|toml))`")
SOURCE_FILE = re.compile(r"(?<![\w./-])[a-z][\w-]*(?:/[\w.-]+)*\.(?:py|md|sh)\b(?!\.)")
OTHER_PROJECTS = ("application/", "anny/", "cocoeval.py")
EXAMPLES = ("tf_pose/engines/NAME.py",)


def _walk() -> Iterator[Path]:
    for folder, folders, names in os.walk(ROOT):
        at_root = Path(folder) == ROOT
        folders[:] = [
            name
            for name in folders
            if not name.startswith(".") and not (name in IGNORED and (at_root or name[0] == "_"))
        ]
        yield from (Path(folder, name).relative_to(ROOT) for name in [*names, *folders])


PATHS = sorted(_walk())
# Every way to name a path from the root or from a folder on the way to it, such as webrtc/peer.py,
# with the suffix and, for modules, without it.
NAMES = {
    name
    for path in PATHS
    for k in range(len(path.parts))
    for own in [Path(*path.parts[k:])]
    for name in (own.as_posix(), own.with_suffix("").as_posix())
}
DOCUMENTS = [path for path in PATHS if path.suffix == ".md"]
MODULES = [path for path in PATHS if path.suffix == ".py"]


def missing_names(document: Path, names: list[str]) -> list[str]:
    return [
        name
        for name in names
        if not name.startswith((*CREATED, *OTHER_PROJECTS))
        and name not in EXAMPLES
        and name.rstrip("/") not in NAMES
        and not (ROOT / document.parent / name).exists()
    ]


def anchors(text: str) -> set[str]:
    """The anchors that GitHub gives to headings."""
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in HEADING.findall(text)}


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_every_relative_link_leads_to_a_file_and_a_heading(document: Path) -> None:
    broken = []
    for link in LINK.findall((ROOT / document).read_text("utf-8")):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (ROOT / document).parent / path if path else ROOT / document
        if not target.exists() or (anchor and anchor not in anchors(target.read_text("utf-8"))):
            broken.append(link)
    assert broken == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_a_link_with_a_files_name_leads_to_that_file(document: Path) -> None:
    links = LABELLED_LINK.findall((ROOT / document).read_text("utf-8"))
    assert [(label, target) for label, target in links if not target.endswith(label)] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_every_path_in_a_document_exists(document: Path) -> None:
    text = CODE_BLOCK.sub("", (ROOT / document).read_text("utf-8"))
    assert missing_names(document, BACKTICKED_PATH.findall(text)) == []


def prose(source: str) -> Iterator[str]:
    """The docstrings and comments of a module."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield ast.get_docstring(node) or ""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.string


def test_every_file_named_in_a_docstring_or_a_comment_exists() -> None:
    missing = {}
    for module in MODULES:
        texts = prose((ROOT / module).read_text("utf-8"))
        names = [name for text in texts for name in SOURCE_FILE.findall(text)]
        if found := missing_names(module, names):
            missing[str(module)] = found
    assert missing == {}
