#!/usr/bin/env bash
# What the browser tests take from npm, by name and hash (tests/browser/npm), into .cache/npm.
set -euo pipefail
wanted=tests/browser/npm into=.cache/npm

cmp -s "$wanted/package-lock.json" "$into/fetched" && exit 0
if ! command -v npm >/dev/null && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing npm for the browser tests (once) …"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends npm >/dev/null
fi
if ! command -v npm >/dev/null; then
    echo "error: the browser tests fetch axe, TypeScript and a font with npm, and found no npm." >&2
    echo "Install Node.js 18 or newer with npm (Debian: sudo apt-get install npm)." >&2
    exit 1
fi
echo "Fetching what the browser tests need from npm (35 MB, once) …"
mkdir -p "$into"
cp "$wanted/package.json" "$wanted/package-lock.json" "$into"
(cd "$into" && npm ci --ignore-scripts --no-audit --no-fund --silent)
cp "$wanted/package-lock.json" "$into/fetched" # last: what broke off is fetched anew
