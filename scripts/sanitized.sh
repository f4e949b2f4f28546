#!/bin/bash
# sanitized.sh asan|tsan [TEST...]: the tests again, or these, on a build with that sanitizer. What it finds ends with 1,
# whatever the tests make of it. What only came too late, for programs are slower here, is tried again by itself.
#
# AddressSanitizer gets every test; ThreadSanitizer all unit tests, and those of what has several threads.
set -euo pipefail
root=$(dirname "$(dirname "$(readlink -f "$0")")")
preset=$1
shift
cd "$root"

scripts/install-dependencies.sh sanitizers
cmake --preset "$preset"
cmake --build --preset "$preset"

work=$(mktemp -d -t "backfill-health-$preset-XXXXXX")
trap 'rm -rf "$work"' EXIT
reports=$work/reports
mkdir "$reports"
# Stack traces with names, by what comes with the compiler's linker.
options=log_path=$reports/found:external_symbolizer_path=$(command -v addr2line)
export ASAN_OPTIONS=$options UBSAN_OPTIONS=$options:print_stacktrace=1 TSAN_OPTIONS=$options
export BACKFILL_HEALTH=$root/build-$preset/backfill-health

# They are about scripts, documents, packages, dashboards, rules and the tests themselves: how the program was built makes
# no difference to them.
elsewhere=()
for name in cli/test_manual.py docs/automation docs/test_docs.py docs/test_docs_examples.py \
    docs/test_docs_sessions.py import_dashboard/test_dashboard.py prometheus/test_grafana.py \
    prometheus/test_monitoring.py prometheus/test_prometheus_files.py test_packaging.py test_rooms.py test_scripts.py; do
    elsewhere+=("--ignore=tests/e2e/$name")
done
elsewhere+=(--ignore=tests/support --ignore=tests/soak)

tests=(tests)
if [ "$preset" = tsan ]; then
    tests=(tests/integration/test_many_backfills.py)
    for name in emit exporter http ndjson remote serve store validate watch web; do
        tests+=("tests/e2e/$name")
    done
fi
if [ $# -gt 0 ]; then
    tests=("$@")
fi
# The release build is killed often enough.
export NOTHING_LOST_KILLS=${NOTHING_LOST_KILLS:-50}
# Which engine answers makes no difference to them, either.
export BACKFILL_ENGINES=${BACKFILL_ENGINES:-es8}
run_tests() {
    /usr/bin/python3 -m pytest -q --durations=10 --timeout 600 -o addopts="--dist loadfile" -o cache_dir="$work/cache" "${elsewhere[@]}" "$@"
}

status=0
scripts/unit-tests.sh "build-$preset/unit-tests" 1200 || status=1
run_tests -n 4 "${tests[@]}" || run_tests --last-failed "${tests[@]}" || status=1
# A test may fill the disk, or kill the process, while a report is written: what is left of it counts only if it has a
# finding.
if grep -rqE 'ERROR: |WARNING: |runtime error: ' "$reports"; then
    cat "$reports"/*
    status=1
fi
exit $status
