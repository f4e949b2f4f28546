#!/bin/bash
# package.sh deb|tarball: makes it of the release build, and prints its path. The same commit gives the same bytes.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."

SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || stat -c %Y CHANGELOG.md)}
export SOURCE_DATE_EPOCH
umask 022

build() {
    cmake --preset release >&2
    cmake --build --preset release --target "$@" >&2
}

deb() {
    build backfill-health manual-pages
    rm -rf build/packages/*.deb build/packages/_CPack_Packages
    (cd build && cpack -G DEB >&2)
    ls build/packages/*.deb
}

# Libraries that are redistributed must come with their licences.
licences() {
    local library package
    mkdir "$1/licences"
    for library in "$1"/*.so.*; do
        package=$(dpkg-query -S "*/$(basename "$library")" | head -1 | cut -d: -f1)
        cp "/usr/share/doc/$package/copyright" "$1/licences/$package"
    done
}

tarball() {
    build portable manual-pages
    local version name
    version=$(sed -n 's/^CMAKE_PROJECT_VERSION:STATIC=//p' build/CMakeCache.txt)
    name=backfill-health-$version-linux-$(uname -m)
    rm -rf "build/packages/$name" build/packages/*.tar.gz
    for component in portable manual; do
        DESTDIR='' cmake --install build --component $component --prefix "build/packages/$name" >&2
    done
    licences "build/packages/$name/lib"
    tar --create --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner --mode=go=rX,u+rw \
        --directory build/packages "$name" | gzip -9n > "build/packages/$name.tar.gz"
    rm -r "build/packages/$name"
    echo "build/packages/$name.tar.gz"
}

case ${1:-} in
deb) deb ;;
tarball) tarball ;;
*) echo "usage: package.sh deb|tarball" >&2; exit 2 ;;
esac
