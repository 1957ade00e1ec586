#!/usr/bin/env bash
# setup/checks_beside.sh PYTHON ARGUMENT…: run it and, with the lowest priority, what looks at no clock:
# the unit tests and, after them, the checks of types and imports.
# Tests that keep time leave a core idle most of the time.
set -uo pipefail

log=$(mktemp)
trap 'rm -f "$log"' EXIT
{
    failed=0
    nice -n 19 "$1" -m pytest -q -n 2 --dist loadfile tests/unit || failed=1
    nice -n 19 make --no-print-directory types || failed=1
    exit $failed
} >"$log" 2>&1 &
"$@"
status=$?
wait $! || status=$?
cat "$log"
exit $status
