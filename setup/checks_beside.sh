#!/usr/bin/env bash
# setup/checks_beside.sh PYTHON ARGUMENT…: run it and, with the lowest priority, what looks at no clock:
# the unit tests and, after them, the checks of types and imports.
# Tests that keep time leave a core idle most of the time. On a busy machine the others get next to
# nothing meanwhile, so they may take long, and get their usual priority back at the end (as root).
set -uo pipefail

log=$(mktemp)
trap 'rm -f "$log"' EXIT
set -m  # the checks are a process group of their own
nice -n 19 bash -c '
    failed=0
    "$1" -m pytest -q -n 2 --dist loadfile -o timeout=900 tests/unit || failed=1
    make --no-print-directory types || failed=1
    exit $failed
' checks "$1" >"$log" 2>&1 &
checks=$!
set +m
trap 'kill -- -"$checks" 2>/dev/null; exit 130' INT TERM
"$@"
status=$?
renice -n 0 -g "$checks" >/dev/null 2>&1
wait "$checks" || status=$?
cat "$log"
exit "$status"
