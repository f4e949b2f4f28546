#!/bin/bash
# build.sh: builds the engine unless these sources were built before, and prints the folder of its jars.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")"

hash=$(find pom.xml src -type f | LC_ALL=C sort | xargs sha256sum | sha256sum | cut -c1-16)
cache=${BACKFILL_HEALTH_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/backfill-health}
built=$cache/engine-$hash

mkdir -p "$cache"
exec 9>"$built.lock"
flock 9
if [ ! -d "$built" ]; then
    # Renamed when it is whole, so that an interrupted build is never mistaken for a finished one.
    rm -rf "$built.part"
    echo "Building Elasticsearch for the tests (a minute and 124 MB from Maven Central, once)" >&2
    mvn -q -B -Dstyle.color=never package -DoutputDir="$built.part" >&2 9>&-
    mv "$built.part" "$built"
fi
echo "$built"
