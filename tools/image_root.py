"""Follow a Dockerfile without a container engine: stages become folders, RUN lines run in chroots.

    sudo python tools/image_root.py BASE FOLDER [--arg ENGINES=openvino]

BASE is a folder that stands for the image of every FROM line (`debootstrap --variant=minbase trixie
BASE`), FOLDER is where the stages go. For the few instructions that deploy/Dockerfile has.
"""

from __future__ import annotations

import argparse
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parent.parent
# The mounts are those of a namespace of its own, and are gone when the command ends.
RUN = """
mount --make-rprivate /
mount -t proc proc "$1/proc"; mount --bind /dev "$1/dev"
exec chroot "$1" /bin/sh -c "$2"
"""
IGNORED = ("__pycache__", "*.pb", ".cache")


@dataclass
class Stage:
    """One stage of the build: its folder, and what its instructions have set so far."""

    root: Path
    arguments: dict[str, str]
    environment: dict[str, str] = field(
        default_factory=lambda: {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/bin"}
    )
    folder: str = "/"

    def run(self, command: str) -> None:
        """Run a shell command in the stage's folder, as a RUN line does."""
        script = f"cd {shlex.quote(self.folder)} && {command}"
        subprocess.run(
            [
                *("unshare", "--mount", "--pid", "--fork", "--kill-child"),
                *("sh", "-euc", RUN, "sh", str(self.root), script),
            ],
            env=self.arguments | self.environment,
            check=True,
        )

    def path(self, name: str) -> Path:
        """Where a path of the image lies on this machine."""
        return self.root / (PurePosixPath(self.folder) / name).relative_to("/")

    def copy(self, source_root: Path, words: list[str]) -> None:
        """Copy files, and the contents of folders, as a COPY line does."""
        *sources, target = words
        many = len(sources) > 1 or target.endswith("/")
        for source in sources:
            start, end = source_root / source.lstrip("/"), self.path(target)
            end = end / start.name if many and start.is_file() else end
            end.parent.mkdir(parents=True, exist_ok=True)
            if start.is_dir():
                shutil.copytree(
                    *(start, end),
                    symlinks=True,
                    dirs_exist_ok=True,
                    ignore=shutil.ignore_patterns(*IGNORED) if source_root == ROOT else None,
                )
            else:
                shutil.copy2(start, end)


def read_instructions(file: Path) -> Iterator[tuple[str, str]]:
    """The instructions of a Dockerfile, each with its text on one line."""
    text = re.sub(r"^\s*#.*\n", "", file.read_text("utf-8"), flags=re.MULTILINE)
    for line in text.replace("\\\n", " ").splitlines():
        if line.strip():
            name, _, rest = line.strip().partition(" ")
            yield name.upper(), rest.strip()


def build(file: Path, base: Path, folder: Path, given: dict[str, str]) -> Path:
    """Follow every instruction; return the folder of the last stage."""
    stages: dict[str, Stage] = {}
    defaults: dict[str, str] = {}
    stage: Stage | None = None
    for name, text in read_instructions(file):
        print(f"{name} {text[:100]}", flush=True)
        if name == "FROM":
            alias = text.split(" AS ")[-1] if " AS " in text else "image"
            stage = stages[alias] = Stage(folder / alias, {})
            subprocess.run(["cp", "-a", f"{base}/.", _new(stage.root)], check=True)
        elif name == "ARG":
            key, _, value = text.partition("=")
            defaults[key] = given.get(key, value or defaults.get(key, ""))
            if stage is not None:
                stage.arguments[key] = defaults[key]
        elif stage is not None:
            _follow(stage, stages, name, text)
    assert stage is not None, f"expected a FROM line in {file}"
    return stage.root


def _new(folder: Path) -> str:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return str(folder)


def _follow(stage: Stage, stages: dict[str, Stage], name: str, text: str) -> None:
    if name == "RUN":
        stage.run(" ".join(text.split()))
    elif name == "WORKDIR":
        stage.folder = text
        stage.path(".").mkdir(parents=True, exist_ok=True)
    elif name == "ENV":
        stage.environment |= dict(word.split("=", 1) for word in shlex.split(text))
    elif name == "COPY":
        for key, value in stage.arguments.items():
            text = text.replace(f"${{{key}}}", value)
        source, *rest = text.split()
        if source.startswith("--from="):
            stage.copy(stages[source.removeprefix("--from=")].root, rest)
        else:
            stage.copy(ROOT, [source, *rest])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("base", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--arg", action="append", default=[], help="NAME=VALUE of an ARG line")
    args = parser.parse_args()
    given = dict(one.split("=", 1) for one in args.arg)
    image = build(ROOT / "deploy" / "Dockerfile", args.base, args.folder, given)
    size = sum(path.lstat().st_size for path in image.rglob("*") if not path.is_dir())
    print(f"{image}: {size / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
