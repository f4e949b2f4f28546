#!/bin/bash
# install-dependencies.sh build|test|lint|sanitizers|bench|package: what Debian 12 lacks for that, by its package manager. Does nothing when all is there.
set -euo pipefail

build="g++ cmake ninja-build make git ccache ca-certificates libboost1.81-dev libboost-json1.81-dev
    libboost-program-options1.81-dev libboost-url1.81-dev libfmt-dev libspdlog-dev libsimdjson-dev zlib1g-dev libssl-dev libyaml-cpp-dev
    libcrypt-dev libutf8proc-dev doctest-dev
    python3 curl"
package="$build dpkg-dev"
test="$package python3-pip python3-pytest python3-pytest-xdist python3-pytest-timeout python3-yaml python3-jsonschema openjdk-17-jdk-headless maven openssl prometheus
    prometheus-alertmanager python3-prometheus-client golang-go golang-github-prometheus-common-dev chromium jq procps locales strace python3-seccomp python3-pyte
    lintian debootstrap man-db mandoc bash-completion zsh fish"
lint="$build clang-format-19 clang-tidy-19"
sanitizers="$build clang-19 libclang-rt-19-dev"
bench="$build python3-venv openjdk-17-jdk-headless maven wrk nginx-light prometheus-cpp-dev openssl jq procps"
case ${1:-} in
build) wanted=$build ;;
test) wanted=$test ;;
lint) wanted=$lint ;;
sanitizers) wanted=$sanitizers ;;
bench) wanted=$bench ;;
package) wanted=$package ;;
*) echo "usage: $0 build|test|lint|sanitizers|bench|package" >&2; exit 2 ;;
esac

missing=
for package in $wanted; do
    case $(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true) in
    "install ok installed") ;;
    *) missing="$missing $package" ;;
    esac
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ]; then sudo=; else sudo=sudo; fi
if [ -n "$sudo" ] && ! command -v sudo >/dev/null; then
    echo "these packages are missing, and there is no sudo to install them:$missing" >&2
    exit 1
fi
echo "Installing:$missing" >&2
$sudo apt-get update -qq >&2
# A server that a package brings along is for the tests to start, not for the system.
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
    printf '#!/bin/sh\nexit 101\n' | $sudo tee $policy >/dev/null
    $sudo chmod +x $policy
    trap '$sudo rm -f $policy' EXIT
fi
# shellcheck disable=SC2086 # the list is split on purpose
$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >&2
