#!/usr/bin/env bash
# Pin pyproject.toml's dependencies for every system and Python, with hashes and without addresses.
# What is pinned already keeps its version while pyproject.toml allows it.
set -euo pipefail

uv=$(mktemp -d)
trap 'rm -rf "$uv"' EXIT
.venv/bin/python -m venv "$uv"
"$uv/bin/pip" install --quiet --disable-pip-version-check uv
compile() {
    "$uv/bin/uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-emit-find-links --no-header \
        --custom-compile-command "make lock" "$@"
}
compile pyproject.toml -o requirements/run.txt
compile pyproject.toml --extra test -o requirements/test.txt
compile --constraint requirements/run.txt pyproject.toml --extra cluster -o requirements/cluster.txt
# The container images: the same versions, without what a container has no use for.
for engines in all openvino cluster; do
    .venv/bin/python setup/container_dependencies.py "$engines" |
        compile --constraint requirements/cluster.txt - -o "requirements/container-$engines.txt"
done
# For bench/pose/compare_estimators.py alone, in an environment of its own, because it needs an older numpy.
compile - -o requirements/mediapipe.txt <<<"mediapipe==0.10.21"
