#!/bin/bash
# run.sh PORT DIR [KEY=VALUE ...]: runs one node on 127.0.0.1:PORT in the foreground, its data and configuration in DIR.
# It prints a line that begins with READY when it answers, and ends on SIGTERM. ENGINE names the engine: es8 (when it is
# not set), es710, es7, es9, os2 or os3.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
engine=${ENGINE:-es8}
built=$("$here/build.sh" "$engine")
java=$("$here/java-home.sh" "$engine")/bin/java

# What the packages of the makers say of themselves in GET /, and what each needs of Java.
case $engine in
es8) main=org.elasticsearch.node.TestNode options=(-Xms512m -Xmx512m -Des.queryable_built_in_roles_enabled=false) ;;
es710) main=engine.TestNode options=(-Des.distribution.flavor=oss -Des.distribution.type=tar) ;;
es7) main=engine.TestNode options=(-Des.distribution.flavor=default -Des.distribution.type=tar) ;;
es9) main=org.elasticsearch.node.TestNode options=(-Des.distribution.type=tar) ;;
os2|os3) main=engine.TestNode options=(-Dopensearch.distribution.type=tar) ;;
esac
case $engine in
es9|os3)
    options+=(--enable-native-access=ALL-UNNAMED)
    # A run time that is cut down may lack it; the engines do without.
    if "$java" --list-modules | grep -q '^jdk.incubator.vector'; then
        options+=(--add-modules=jdk.incubator.vector)
    fi ;;
esac
[ "$engine" = es8 ] || options+=(-Xms384m -Xmx384m)
exec "$java" "${options[@]}" -cp "$built/engine.jar:$built/lib/*" "$main" "$@"
