#!/usr/bin/env bash
# setup/unit_tests_beside.sh PYTHON ARGUMENT…: run it and, with the lowest priority, the unit tests.
# Tests that keep time leave a core idle most of the time; unit tests look at no clock.
set -uo pipefail

log=$(mktemp)
trap 'rm -f "$log"' EXIT
nice -n 19 "$1" -m pytest -q -n 2 --dist loadfile tests/unit >"$log" 2>&1 &
"$@"
status=$?
wait $! || status=$?
cat "$log"
exit $status
