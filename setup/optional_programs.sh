#!/usr/bin/env bash
# Install what some tests need and are skipped without: Firefox, coturn, nft and ip, through apt.
set -uo pipefail

missing=() wanted=()
command -v firefox-esr >/dev/null || command -v firefox >/dev/null || missing+=(firefox-esr)
command -v turnserver >/dev/null || missing+=(coturn)
[ -n "$(PATH="$PATH:/usr/sbin" command -v nft)" ] || missing+=(nftables)
command -v ip >/dev/null || missing+=(iproute2)
for package in "${missing[@]}"; do
    # Where systemd runs, Debian's coturn starts as a service: that is for the user to decide.
    if [ "$package" != coturn ] || [ ! -d /run/systemd/system ]; then wanted+=("$package"); fi
done
if [ ${#wanted[@]} -gt 0 ] && setup/apt.sh "the tests" "${wanted[@]}"; then
    if [ "${#wanted[@]}" = "${#missing[@]}" ]; then exit 0; fi
    missing=(coturn)
fi
if [ ${#missing[@]} -gt 0 ]; then
    echo "note: there is no ${missing[*]}: the tests that need it are skipped" \
        "(Debian: sudo apt-get install ${missing[*]})"
fi
exit 0
