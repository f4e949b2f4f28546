#!/bin/bash
# build.sh [ENGINE]: builds the engine (es8, as everywhere when none is named) unless these sources were built before, and
# prints the folder of its jars.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")"
engine=${1:-es8}

case $engine in
es8) what="Elasticsearch 8.19, 124 MB" ;;
es710) what="Elasticsearch 7.10, 32 MB" ;;
es7) what="Elasticsearch 7.17, 36 MB" ;;
es9) what="Elasticsearch 9.5, 44 MB" ;;
os2) what="OpenSearch 2.19, 49 MB" ;;
os3) what="OpenSearch 3.8, 66 MB" ;;
*) echo "there is no engine $engine: es710, es7, es8, es9, os2 or os3" >&2; exit 2 ;;
esac
case $engine in
es8) sources="pom.xml src shared" project=(-f pom.xml) name=engine ;;
es9) sources="others/pom.xml others/es9 shared" project=(-f others/pom.xml -Pes9) name=engine-es9 ;;
*) sources="others/pom.xml others/classic shared" project=(-f others/pom.xml "-P$engine") name=engine-$engine ;;
esac

# shellcheck disable=SC2086 # a list
hash=$(find $sources -type f | LC_ALL=C sort | xargs sha256sum | sha256sum | cut -c1-16)
cache=${BACKFILL_HEALTH_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/backfill-health}
built=$cache/$name-$hash

mkdir -p "$cache"
exec 9>"$built.lock"
flock 9
if [ ! -d "$built" ]; then
    JAVA_HOME=$(./java-home.sh "$engine" compiler)
    export JAVA_HOME
    # Renamed when it is whole, so that an interrupted build is never mistaken for a finished one.
    rm -rf "$built.part"
    echo "Building $what from Maven Central, for the tests (up to a minute, once)" >&2
    mvn -q -B -Dstyle.color=never "${project[@]}" package -DoutputDir="$built.part" >&2 9>&-
    mv "$built.part" "$built"
fi
./archive.sh "$engine" "$built" 9>&-
echo "$built"
