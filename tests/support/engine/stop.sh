#!/bin/bash
# stop.sh DIR: ends the node that start.sh started with this DIR, and waits for it: 30 s, then it is killed.
set -euo pipefail
pid=$(cat "$1/pid")
kill "$pid"
for _ in $(seq 300); do
    kill -0 "$pid" 2>/dev/null || exit 0
    sleep 0.1
done
echo "The engine did not end within 30 s, and is killed" >&2
kill -KILL "$pid"
