"""The page's modules as one script: what it does, where its lines come from, what it refuses."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from rtc_server.http.page.bundle import BASE64, BadModule, make_bundle
from rtc_server.http.page.scripts import ENTRIES, read_script
from rtc_server.http.static_files import WEB

MAIN = """import { double, three as drei } from "./sub/numbers.js";
import {
  language, setLanguage,
} from "./language.js";
import { Greeting } from "./greeting.js";

const before = language;
setLanguage("ko");
console.log(JSON.stringify([double(drei), before, language, new Greeting().text()]));
"""
NUMBERS = """export function double(x) { return 2 * x; }
const drei = 3;
export { drei as three };
"""
LANGUAGE = """export let language = "en";
export function setLanguage(next) { language = next; }
"""
GREETING = """import { language } from "./language.js";
import { double } from "./sub/numbers.js";
const own = double(1);
export class Greeting { text() { return language + own; } }
"""
MODULES = {
    "main.js": MAIN,
    "sub/numbers.js": NUMBERS,
    "language.js": LANGUAGE,
    "greeting.js": GREETING,
}


def write(folder: Path, **changed: str) -> Path:
    for name, text in (MODULES | {f"{key}.js": text for key, text in changed.items()}).items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return folder


def decode_lines(mappings: str) -> list[tuple[int, int] | None]:
    """The module and line of each line of the script, as browsers read a source map."""
    lines: list[tuple[int, int] | None] = []
    module = line = 0
    for segment in mappings.split(";"):
        numbers, shift, value = [], 0, 0
        for digit in map(BASE64.index, segment):
            value |= (digit & 31) << shift
            shift += 5
            if not digit & 32:
                numbers.append(-(value >> 1) if value & 1 else value >> 1)
                shift = value = 0
        if numbers:
            module, line = module + numbers[1], line + numbers[2]
        lines.append((module, line) if numbers else None)
    return lines


@pytest.mark.skipif(shutil.which("node") is None, reason="runs the script in Node")
def test_the_script_does_what_its_modules_do(tmp_path: Path) -> None:
    path = tmp_path / "bundle.mjs"
    path.write_text(make_bundle(write(tmp_path), "main.js").script)
    ran = subprocess.run(
        [shutil.which("node") or "node", path],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert json.loads(ran.stdout) == [6, "en", "ko", "ko2"]


def test_each_module_is_there_once_and_after_what_it_imports(tmp_path: Path) -> None:
    bundle = make_bundle(write(tmp_path), "main.js")
    assert json.loads(bundle.source_map)["sources"] == [
        f"/static/{name}" for name in ("sub/numbers.js", "language.js", "greeting.js", "main.js")
    ]
    assert bundle.script.count("function setLanguage") == 1


@pytest.mark.parametrize("entry", ENTRIES)
def test_the_source_map_leads_each_line_to_its_own(entry: str) -> None:
    bundle = make_bundle(WEB, f"js/{entry}")
    source_map = json.loads(bundle.source_map)
    files = [
        (WEB / name.removeprefix("/static/")).read_text("utf-8").split("\n")
        for name in source_map["sources"]
    ]
    found = 0
    for made, origin in zip(
        bundle.script.split("\n"), decode_lines(source_map["mappings"]), strict=False
    ):
        if origin is None:
            continue
        source = files[origin[0]][origin[1]]
        if not source.startswith(("import", "export", "  ", "}")):
            assert made == source
            found += 1
    assert found > 500


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (
            'import { circle } from "./main.js";',
            "circle of imports, got main.js → broken.js → main.js",
        ),
        ('import { nothing } from "./language.js";', "language.js to export nothing"),
        ('import { nothing } from "./missing.js";', "missing.js that broken.js imports"),
        ('import * as all from "./language.js";', "got 'import [*] as all.*broken.js:1"),
        ("const one = 1;\nexport default one;", "got 'export default one;': broken.js:2"),
        ('const late = await import("./language.js");', "names only, got .*broken.js:1"),
        ("const here = import.meta.url;", "got 'import.meta': broken.js:1"),
        ("await fetch(1);", "got 'await fetch"),
        ("export let language = 1;", "expected one `export let language`, got two: language.js"),
    ],
)
def test_what_cannot_be_bundled_is_told_with_its_place(
    tmp_path: Path, text: str, error: str
) -> None:
    main = 'import { language } from "./language.js";\nimport { x } from "./broken.js";\n'
    with pytest.raises(BadModule, match=error):
        make_bundle(write(tmp_path, main=main, broken=text), "main.js")


def test_a_change_in_a_module_makes_another_script(tmp_path: Path) -> None:
    (tmp_path / "js").mkdir()
    folder = write(tmp_path / "js")
    before = read_script(tmp_path, "main.js")
    assert before and gzip.decompress(before.packed) == before.plain
    assert read_script(tmp_path, "main.js") is before
    (folder / "language.js").write_text(LANGUAGE.replace("en", "de"))
    os.utime(folder / "language.js", ns=(1, 1))
    after = read_script(tmp_path, "main.js")
    assert after and after.etag != before.etag and b'"de"' in after.plain


def test_nothing_but_the_two_scripts_and_their_maps_is_there() -> None:
    assert read_script(WEB, "main.js.map") and read_script(WEB, "camera/main.js")
    for name in ("stage/stage.js", "../js/main.js", "main.js.map.map", "", ".map"):
        assert read_script(WEB, name) is None
