#!/usr/bin/env bash
# A browser for the tests: an installed Chrome or Chromium, else Debian's through apt.
set -euo pipefail

for name in "${TANDEM_CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable; do
    if [ -n "$name" ] && command -v "$name" >/dev/null; then exit 0; fi
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing Chromium for the browser tests (once) …"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null
    command -v chromium >/dev/null && exit 0
fi
echo "error: the browser tests need Chrome or Chromium and found none." >&2
echo "Install one (Debian: sudo apt-get install chromium), or set TANDEM_CHROMIUM=/path/to/it." >&2
exit 1
