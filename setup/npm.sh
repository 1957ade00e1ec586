#!/usr/bin/env bash
# Fetch the npm packages of the browser tests, by name and hash (tests/browser/npm), to .cache/npm.
set -euo pipefail
source=tests/browser/npm target=.cache/npm

if cmp -s "$source/package-lock.json" "$target/fetched"; then exit 0; fi
if ! command -v npm >/dev/null && ! setup/apt.sh "the browser tests" npm; then
    echo "error: the browser tests fetch axe, TypeScript and a font with npm, and found no npm;" \
        "install Node.js 18 or newer with npm (Debian: sudo apt-get install npm)" >&2
    exit 1
fi
echo "Fetching the npm packages of the browser tests (35 MB, once) …"
mkdir -p "$target"
cp "$source/package.json" "$source/package-lock.json" "$target"
if ! (cd "$target" && npm ci --ignore-scripts --no-audit --no-fund --silent); then
    echo "error: npm could not fetch the packages of $source; see why with:" \
        "(cd $target && npm ci --ignore-scripts), then run the same command again" >&2
    exit 1
fi
cp "$source/package-lock.json" "$target/fetched" # last, so that a fetch that was cut off is repeated
