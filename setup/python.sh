#!/usr/bin/env bash
# setup/python.sh run|test|cluster [PYTHON]: make .venv and install the pinned packages of that lock file.
# The newest of Python 3.11, 3.12 and 3.13 is taken (setup/find_python.sh). Python 3.14 is not among
# them because tensorflow 2.21.0 and the h5py 3.14.0 that it needs have no wheels for it.
set -euo pipefail
lock=requirements/$1.txt python=${2:-}
venv=.venv

# Print the version (as 3.12) of the interpreter $1 if it runs and has the module $2.
print_version() {
    "$1" -c "import sys, $2; print('%d.%d' % sys.version_info[:2])" 2>/dev/null || true
}

# Whether .venv can stay: it works with a supported Python, which is the one asked for, if any.
# It does not work where a system update removed its Python or where its making was cut off.
# A newer Python on the machine is no reason to install everything again.
is_venv_usable() {
    local version
    version=$(print_version "$venv/bin/python" pip)
    case $version in 3.11 | 3.12 | 3.13) ;; *) return 1 ;; esac
    [ -z "$python" ] || [ "$(print_version "$python" sys)" = "$version" ]
}

make_venv() {
    local path
    path=$(setup/find_python.sh "$python")
    if [ -e "$venv" ]; then
        echo "Making $venv anew: it has another Python than the one asked for, or does not work …"
    fi
    echo "Making $venv with $("$path" --version) ($path) …"
    rm -rf "$venv"
    "$path" -m venv "$venv"
}

# pip unpacks on one core, and TensorFlow is more than half of it: a second pip installs that
# meanwhile. The lock file names every dependency, so neither has to look for any.
# pip draws its own progress on a terminal. Its temporary files go into .venv because /tmp may be
# a small file system in memory, as on Debian 13.
install_packages() {
    local pip=("$venv/bin/python" -m pip install --disable-pip-version-check --no-input --no-deps
        --require-hashes --only-binary=:all:)
    # Bytecode is written as modules are used: pip would compile each of them, on one core.
    if [ "$lock" = requirements/test.txt ]; then pip+=(--no-compile); fi
    echo "Installing the packages of $lock (2.3 GB with TensorFlow; takes minutes, once) …"
    mkdir -p "$venv/tmp"
    export TMPDIR=$PWD/$venv/tmp
    local tensorflow=$TMPDIR/tensorflow.txt others=$TMPDIR/others.txt log=$TMPDIR/tensorflow.log
    awk '/^[A-Za-z]/ {chosen = /^tensorflow/} chosen' "$lock" >"$tensorflow"
    awk '/^[A-Za-z]/ {chosen = /^tensorflow/} !chosen' "$lock" >"$others"
    "${pip[@]}" --progress-bar off -r "$tensorflow" >"$log" 2>&1 &
    local beside=$! failed=
    trap "kill $beside 2>/dev/null || true" EXIT # a job in the background does not get Ctrl-C
    if [ -t 1 ]; then "${pip[@]}" -r "$others"; else
        "${pip[@]}" --progress-bar off -r "$others" | setup/progress.sh
    fi || failed=others
    if [ -z "$failed" ]; then
        echo "  Waiting for TensorFlow …"
        wait $beside || { cat "$log" >&2; failed=tensorflow; }
    fi
    if [ -n "$failed" ]; then
        echo "error: pip could not install the packages of $lock; its reason is above. Check the" \
            "network and that 5 GB of the disk are free, then run the same command again." >&2
        exit 1
    fi
    trap - EXIT
    rm -rf "$venv/tmp"
}

# OpenCV's windows need two libraries that a server without a screen may lack.
install_opencv_libraries() {
    local reason
    if reason=$("$venv/bin/python" -c 'import cv2' 2>&1); then return; fi
    setup/apt.sh OpenCV libgl1 libglib2.0-0 || true
    if reason=$("$venv/bin/python" -c 'import cv2' 2>&1); then return; fi
    echo "error: OpenCV does not load: ${reason##*$'\n'}" >&2
    echo "On Debian or Ubuntu: sudo apt-get install libgl1 libglib2.0-0" >&2
    exit 1
}

is_venv_usable || make_venv
if cmp -s "$lock" "$venv/$1.installed"; then exit; fi
install_packages
install_opencv_libraries
# Written last, so that an installation that was cut off goes on the next time.
cp requirements/run.txt "$venv/run.installed" # the packages for the tests include these
cp "$lock" "$venv/$1.installed"
