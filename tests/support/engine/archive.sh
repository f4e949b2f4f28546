#!/bin/bash
# archive.sh ENGINE BUILT: starts a node once, so that this Java keeps its classes as it has parsed them, in BUILT. A node
# then starts in a third of the time. A Java that cannot keep them leaves an empty file: it is not tried again.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
engine=$1 built=$2
. "$here/java-options.sh"
[ ! -e "$archive" ] || exit 0

work=$(mktemp -d -t backfill-health-engine-XXXXXX)
trap 'rm -rf "$work"' EXIT
setpriv --pdeathsig TERM "$java" "${options[@]}" "-XX:ArchiveClassesAtExit=$work/archive" "$main" 0 "$work" transport.port=0 \
    >"$work/log" 2>&1 &
for _ in $(seq 240); do
    ! grep -q ^READY "$work/log" && kill -0 $! 2>/dev/null || break
    sleep 0.25
done
kill $! 2>/dev/null || true
wait $! || true
touch "$work/archive"
mv "$work/archive" "$archive"
