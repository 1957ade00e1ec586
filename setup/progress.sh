#!/usr/bin/env bash
# COMMAND | setup/progress.sh: show the latest line, in place on a terminal, every 10 s in a log.
# A log also gets pip's line "Installing collected packages", because minutes without one follow.
set -euo pipefail

shown_s=-10
while IFS= read -r line; do
    if [ -t 1 ]; then
        printf '\r\033[K%.79s' "  $line"
    elif [ $((SECONDS - shown_s)) -ge 10 ] || [[ $line == Installing* ]]; then
        printf '  %.97s\n' "$line"
        shown_s=$SECONDS
    fi
done
[ ! -t 1 ] || printf '\r\033[K'
