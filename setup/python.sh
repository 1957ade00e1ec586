#!/usr/bin/env bash
# setup/python.sh VENV LOCKFILE PYTHON: a virtual environment with the pinned packages.
set -euo pipefail
venv=$1 lock=$2 python=$3

command -v "$python" >/dev/null || python=python3
if ! "$python" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; then
    echo "error: expected Python 3.11, found $("$python" --version 2>&1 || echo none);" \
        "install it and name it: make PYTHON=/path/to/python3.11 …" >&2
    exit 1
fi
if [ ! -x "$venv/bin/pip" ]; then
    echo "Making $venv with $("$python" --version) …"
    rm -rf "$venv"
    "$python" -m venv "$venv"
fi
echo "Installing the packages of $lock (2.3 GB with TensorFlow, once) …"
"$venv/bin/python" -m pip install --disable-pip-version-check --no-input --quiet \
    --require-hashes --only-binary=:all: -r "$lock"

# opencv-python's windows need two libraries that a server without a screen may lack.
if ! "$venv/bin/python" -c 'import cv2' 2>/dev/null; then
    why=$("$venv/bin/python" -c 'import cv2' 2>&1 | tail -1 || true)
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "Installing libgl1 and libglib2.0-0 for OpenCV ($why) …"
        apt-get update -qq
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq libgl1 libglib2.0-0 >/dev/null
        "$venv/bin/python" -c 'import cv2'
    else
        echo "error: OpenCV does not load: $why" >&2
        echo "On Debian or Ubuntu: sudo apt-get install libgl1 libglib2.0-0" >&2
        exit 1
    fi
fi
