#!/bin/bash
# run.sh PORT DIR [KEY=VALUE ...]: runs one node on 127.0.0.1:PORT in the foreground, its data and configuration in DIR.
# It prints a line that begins with READY when it answers, and ends on SIGTERM. ENGINE names the engine: es8 (when it is
# not set), es710, es7, es9, os2 or os3.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
engine=${ENGINE:-es8}
built=$("$here/build.sh" "$engine")
. "$here/java-options.sh"
[ ! -s "$archive" ] || options+=("-XX:SharedArchiveFile=$archive")
exec "$java" "${options[@]}" "$main" "$@"
