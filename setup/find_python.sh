#!/usr/bin/env bash
# setup/find_python.sh [PYTHON]: print the path of the Python to use.
# That is PYTHON if given, else the newest supported one that can make a virtual environment.
set -euo pipefail
versions="3.13 3.12 3.11" # as in pyproject.toml, newest first

# Print the version (as 3.12) of the interpreter $1, or nothing where it does not run: pyenv leaves
# a shim python3.12 on the path even where that version is not the chosen one.
print_version() {
    "$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null || true
}

is_supported() {
    case " $versions " in *" $1 "*) return 0 ;; *) return 1 ;; esac
}

# Debian keeps ensurepip, which venv needs, in a package of its own.
can_make_venv() {
    "$1" -c 'import ensurepip, venv' 2>/dev/null
}

# Print every interpreter of version $1 on the path, one on a line. Those of our own .venv are left
# out: somebody may have activated it, and it is about to be made anew.
print_interpreters() {
    local path
    { type -ap "python$1" python3 python || true; } | while IFS= read -r path; do
        case $path in "$PWD/.venv/"*) continue ;; esac
        if [ "$(print_version "$path")" = "$1" ]; then echo "$path"; fi
    done
}

# Print the interpreter $1 of version $2 if it can make a virtual environment, after installing
# what it lacks; else say what to install.
print_after_repair() {
    local package="python$2-venv"
    case $1 in
    /usr/bin/* | /bin/*)
        setup/apt.sh "Python's virtual environments" "$package" >&2 || true
        if can_make_venv "$1"; then
            echo "$1"
            return
        fi
        echo "error: $1 cannot make a virtual environment because its ensurepip module is missing;" \
            "on Debian or Ubuntu install it: sudo apt-get install $package" >&2
        ;;
    *)
        echo "error: $1 cannot make a virtual environment because its ensurepip module is missing;" \
            "install a complete Python 3.11, 3.12 or 3.13 and name it: make PYTHON=/path/to/python …" >&2
        ;;
    esac
    exit 1
}

if [ -n "${1:-}" ]; then
    version=$(print_version "$1")
    if ! is_supported "${version:-none}"; then
        echo "error: expected Python 3.11, 3.12 or 3.13, got ${version:-one that does not run}" \
            "(PYTHON=$1); name another one, or leave PYTHON out and the newest is found" >&2
        exit 1
    fi
    if can_make_venv "$1"; then echo "$1"; else print_after_repair "$(command -v "$1")" "$version"; fi
    exit
fi

incomplete="" incomplete_version=""
for version in $versions; do
    while IFS= read -r path; do
        if can_make_venv "$path"; then
            echo "$path"
            exit
        fi
        if [ -z "$incomplete" ]; then incomplete=$path incomplete_version=$version; fi
    done < <(print_interpreters "$version")
done
if [ -n "$incomplete" ]; then
    print_after_repair "$incomplete" "$incomplete_version"
    exit
fi
found=$(print_version python3)
echo "error: expected Python 3.11, 3.12 or 3.13, found ${found:-none}." \
    "Install one (Debian 12 or 13, Ubuntu 24.04: sudo apt-get install python3-venv;" \
    "macOS: brew install python@3.13; elsewhere: pyenv install 3.13)," \
    "or name one: make PYTHON=/path/to/python3.13 …" >&2
exit 1
