#!/usr/bin/env bash
# setup/apt.sh REASON PACKAGE…: install Debian packages, but only as root and with apt-get.
# Otherwise it fails silently, and the caller says what to install.
set -euo pipefail
reason=$1
shift

if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then exit 1; fi
exec 9<"$0"
flock 9 # two of setup/ may come at the same time, and apt-get does not wait for another
echo "Installing $* with apt-get for $reason (once) …"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq 9>&-
apt-get install -y -q --no-install-recommends "$@" 9>&- | setup/progress.sh
