#!/bin/bash
# stop.sh DIR: ends the node that start.sh started with this DIR, and waits for it.
set -euo pipefail
pid=$(cat "$1/pid")
kill "$pid"
while kill -0 "$pid" 2>/dev/null; do
    sleep 0.1
done
