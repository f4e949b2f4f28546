#!/bin/bash
# fuzz.sh [SECONDS]: builds the fuzz targets and runs each for so long, two at a time. Its corpus is in tests/fuzz/corpus;
# what it finds beyond that goes to a folder of its own. A crash ends with 1 and names the input that brings it back.
set -euo pipefail
root=$(dirname "$(dirname "$(readlink -f "$0")")")
seconds=${1:-20}

cd "$root"
scripts/install-dependencies.sh sanitizers
cmake --preset asan >/dev/null
cmake --build --preset fuzz

work=$(mktemp -d -t backfill-health-fuzz-XXXXXX)
# Stack traces with names, by what comes with the compiler's linker.
export ASAN_OPTIONS=external_symbolizer_path=$(command -v addr2line) UBSAN_OPTIONS=print_stacktrace=1

run_target() {
    local target=$1 new=$work/$1 status=0
    mkdir "$new"
    "build-asan/$target" -max_total_time="$seconds" -max_len=2048 -timeout=10 -rss_limit_mb=1024 -print_final_stats=1 \
        -artifact_prefix="$work/$target-" "$new" "tests/fuzz/corpus/$target" >"$work/$target.log" 2>&1 || status=$?
    local executions
    executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$work/$target.log")
    if [ $status = 0 ]; then
        echo "$target: $executions executions"
        return
    fi
    echo "$target: FAILED after ${executions:-0} executions"
    grep -vE '^(#[0-9]|INFO|	NEW_FUNC)' "$work/$target.log" | tail -40
    echo "again: build-asan/$target $(ls "$work/$target"-* 2>/dev/null || echo "(its input was not kept: see $work/$target.log)")"
    return 1
}
export -f run_target
export work seconds

if printf '%s\n' build-asan/fuzz_* | xargs -n 1 basename | xargs -n 1 -P 2 bash -c 'run_target "$1"' run; then
    rm -rf "$work"
else
    exit 1
fi
