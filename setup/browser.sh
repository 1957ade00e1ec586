#!/usr/bin/env bash
# Find a browser for the tests: an installed Chrome or Chromium, else Debian's through apt.
set -euo pipefail

for name in "${TANDEM_CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable; do
    if [ -n "$name" ] && command -v "$name" >/dev/null; then exit 0; fi
done
if setup/apt.sh "the browser tests" chromium && command -v chromium >/dev/null; then exit 0; fi
echo "error: the browser tests need Chrome or Chromium and found neither;" \
    "install one (Debian: sudo apt-get install chromium)," \
    "or set TANDEM_CHROMIUM=/path/to/it" >&2
exit 1
