"""The page's modules as one script: a first visit asks for one file instead of 170.

Each module becomes a function, called in the order in which a browser would run the modules, that
returns what the module exports. Lines stay lines, so that the source map needs no columns.

Only what the page's modules use is understood: imports and exports of names at the start of a line.
Everything else is an error with its file and line, and so is a circle of imports.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from posixpath import dirname, join, normpath

IMPORT = re.compile(r'^import \{([^}]*)\} from "(\.[^"\n]*)";$', re.M)
DECLARED = re.compile(r"^export (?=(?:const|class|function|async function) (\w+))", re.M)
CHANGING = re.compile(r"^export let (\w+)", re.M)
LISTED = re.compile(r"^export \{([^}]*)\};$", re.M)
# What is left of these after the above was replaced. `await` would need functions that are async.
NOT_UNDERSTOOD = re.compile(
    r"^(?:import|export|await)\b.*|\bimport\.meta\b|[=(] ?(?:await )?import\(", re.M
)
BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


class BadModule(ValueError):
    """A module of the page has an import or an export that cannot be part of one script."""


@dataclass(slots=True)
class Module:
    """`text` has as many lines as its file; `exports` are (name outside, name inside)."""

    name: str
    text: str
    variable: str
    exports: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Bundle:
    """`source_map` says for each line of `script` from which line of which module it is."""

    script: str
    source_map: str


def make_bundle(folder: Path, entry: str) -> Bundle:
    """The module `entry`, a path in `folder` with `/`, and all that it imports.

    :raises BadModule: a module is missing, imports itself, or has what is not understood.
    """
    collector = _Collector(folder)
    collector.add(entry, ())
    modules = list(collector.modules.values())
    changing = f"let {', '.join(sorted(collector.changing))};" if collector.changing else ""
    lines, origins = [changing], [""]
    for number, module in enumerate(modules):
        body = module.text.split("\n")
        lines += [f"const {module.variable} = (() => {{", *body, _return(module.exports)]
        origins += ["", *(f"{number}:{line}" for line in range(len(body))), ""]
    address = f"{entry.rsplit('/', 1)[-1]}.map"
    script = "\n".join([*lines, f"//# sourceMappingURL={address}", ""])
    return Bundle(script, _map_lines([module.name for module in modules], origins))


class _Collector:
    """Reads a module after those that it imports."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.modules: dict[str, Module] = {}
        self.changing: dict[str, str] = {}  # names of `export let` and the modules that they are of

    def add(self, name: str, importers: tuple[str, ...]) -> Module:
        if name in importers:
            circle = " → ".join((*importers[importers.index(name) :], name))
            raise BadModule(f"expected no circle of imports, got {circle}")
        if name not in self.modules:
            text = self._read(name, importers)
            text = IMPORT.sub(lambda found: self._take(found, name, importers), text)
            variable = f"${len(self.modules)}"
            self.modules[name] = self._export(Module(name, text, variable))
        return self.modules[name]

    def _read(self, name: str, importers: tuple[str, ...]) -> str:
        try:
            return (self._folder / name).read_text(encoding="utf-8").rstrip("\n")
        except OSError as error:
            wanted = importers[-1] if importers else "the page"
            raise BadModule(f"expected the module {name} that {wanted} imports: {error}") from error

    def _take(self, found: re.Match[str], name: str, importers: tuple[str, ...]) -> str:
        """An import as a constant; what its module may change is a variable around all modules."""
        path = normpath(join(dirname(name), found[2]))
        module = self.add(path, (*importers, name))
        offered = {outside for outside, _ in module.exports}
        taken = []
        for inside, outside in _names(found[1]):
            if self.changing.get(inside) == path and inside == outside:
                continue
            if inside not in offered:
                raise BadModule(f"expected {path} to export {inside} as {name} imports it")
            taken.append(inside if inside == outside else f"{inside}: {outside}")
        breaks = "\n" * found[0].count("\n")
        return f"const {{ {', '.join(taken)} }} = {module.variable};{breaks}"

    def _export(self, module: Module) -> Module:
        for name in CHANGING.findall(module.text):
            if name in self.changing:
                modules = f"{self.changing[name]}, {module.name}"
                raise BadModule(f"expected one `export let {name}`, got two: {modules}")
            self.changing[name] = module.name
        module.exports = [(name, name) for name in DECLARED.findall(module.text)]
        for names in LISTED.findall(module.text):
            module.exports += [(outside, inside) for inside, outside in _names(names)]
        text = DECLARED.sub("", CHANGING.sub(r"\1", module.text))
        module.text = LISTED.sub(lambda found: "\n" * found[0].count("\n"), text)
        if left := NOT_UNDERSTOOD.search(module.text):
            line = module.text.count("\n", 0, left.start()) + 1
            raise BadModule(
                f"expected imports and exports of names only, got {left[0]!r}: {module.name}:{line}"
            )
        return module


def _names(listed: str) -> Iterator[tuple[str, str]]:
    """Each name of `a, b as c` before and after `as`."""
    for part in filter(None, map(str.strip, listed.split(","))):
        before, _, after = part.partition(" as ")
        yield before, after or before


def _return(exports: list[tuple[str, str]]) -> str:
    pairs = (out if out == inside else f"{out}: {inside}" for out, inside in exports)
    return f"return {{ {', '.join(pairs)} }}; }})();"


def _map_lines(names: list[str], origins: list[str]) -> str:
    """A source map, version 3, of whole lines: `origins` are `module:line` or empty."""
    mappings, last = [], (0, 0)
    for origin in origins:
        if not origin:
            mappings.append("")
            continue
        number, line = map(int, origin.split(":"))
        mappings.append("".join(map(_vlq, (0, number - last[0], line - last[1], 0))))
        last = (number, line)
    sources = [f"/static/{name}" for name in names]
    return json.dumps({"version": 3, "sources": sources, "mappings": ";".join(mappings)})


def _vlq(value: int) -> str:
    """A number in base 64 with its sign in the lowest bit, five bits a digit, lowest first."""
    rest, digits = abs(value) << 1 | (value < 0), ""
    while True:
        digit, rest = rest & 31, rest >> 5
        digits += BASE64[digit | (32 if rest else 0)]
        if not rest:
            return digits
