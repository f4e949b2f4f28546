#!/bin/bash
# debian_tree.sh PACKAGE...: makes a Debian 12 with these packages unless it was made before, and prints its folder,
# which is to be copied. Needs root, debootstrap, and the mirror that apt on this machine uses.
set -euo pipefail

release=bookworm
# debootstrap knows real packages only, and a dependency may be on what one of them provides.
provider() {
    if [ -n "$(apt-cache show "$1" 2>/dev/null)" ]; then
        echo "$1"
    else
        apt-cache showpkg "$1" | sed '1,/^Reverse Provides:/d' | awk 'NR == 1 { print $1 }'
    fi
}
packages=$(for package in "$@"; do provider "$package"; done | sort -u | paste -sd,)
hash=$(sha256sum <<<"$packages" | cut -c1-16)
cache=${BACKFILL_HEALTH_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/backfill-health}
tree=$cache/$release-$hash

mkdir -p "$cache"
exec 9>"$tree.lock"
flock 9
if [ ! -d "$tree" ]; then
    mirror=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE)' | sed -n "s/ $release\$//p" | sort -u | sed -n 1p)
    [ -n "$mirror" ] || { echo "apt on this machine has no mirror of $release" >&2; exit 1; }
    # Renamed when it is whole, so that an interrupted one is never mistaken for a finished one.
    rm -rf "$tree.part"
    echo "Fetching a Debian $release for the tests (a minute, once)" >&2
    debootstrap --variant=minbase --include="$packages" $release "$tree.part" "$mirror" >&2 9>&-
    rm -f "$tree.part"/var/cache/apt/archives/*.deb
    mv "$tree.part" "$tree"
fi
echo "$tree"
