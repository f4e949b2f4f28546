#!/bin/bash
# start.sh PORT DIR [KEY=VALUE ...]: like run.sh, in the background. Returns when the node answers;
# its log is DIR/log, its process id DIR/pid.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
dir=$2
mkdir -p "$dir"
"$here/build.sh" "${ENGINE:-es8}" > /dev/null

"$here/run.sh" "$@" > "$dir/log" 2>&1 &
pid=$!
echo "$pid" > "$dir/pid"
for _ in $(seq 240); do
    if grep -q ^READY "$dir/log"; then
        exit 0
    fi
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.25
done
echo "The engine did not start:" >&2
tail -20 "$dir/log" >&2
kill "$pid" 2>/dev/null || true
exit 1
