#!/usr/bin/env bash
# setup/for_tests.sh [PYTHON]: all that `make test` needs. pip keeps one core busy for two minutes;
# what does not come through pip is fetched at the same time, and tells about it afterwards.
set -uo pipefail

log=$(mktemp)
trap 'rm -f "$log"' EXIT
{ setup/browser.sh && setup/npm.sh && setup/optional_programs.sh; } >"$log" 2>&1 &
others=$!
setup/python.sh test "${1:-}"
status=$?
wait $others || status=$?
cat "$log"
exit $status
