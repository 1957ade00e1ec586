#!/usr/bin/env bash
# setup/apt.sh REASON PACKAGE…: install Debian packages, but only as root and with apt-get.
# Otherwise it fails silently, and the caller says what to install.
set -euo pipefail
reason=$1
shift

if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then exit 1; fi
echo "Installing $* with apt-get for $reason (once) …"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -q --no-install-recommends "$@" | setup/progress.sh
