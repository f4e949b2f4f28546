#!/bin/bash
# unit-tests.sh PROGRAM [SECONDS]: runs all its tests, in four processes at a time, for many only wait. Where a part fails,
# or takes longer than SECONDS, its output is shown, and the status is 1.
set -euo pipefail
program=$1 seconds=${2:-300}
parts=4
count=$("$program" --count | sed -n 's/.*current filters: //p')
per_part=$(((${count:?"$program: it does not say how many tests it has"} + parts - 1) / parts))

run_part() {
    local first=$((($1 - 1) * per_part + 1)) output status=0
    output=$(timeout "$seconds" "$program" --order-by=name --first="$first" --last=$((first + per_part - 1)) 2>&1) || status=$?
    [ $status = 0 ] || printf '%s\n%s: tests %d to %d ended with %d\n' "$output" "$program" "$first" $((first + per_part - 1)) $status
    return $((status != 0))
}
export -f run_part
export program seconds per_part
seq $parts | xargs -I{} -P $parts bash -c 'run_part {}' || exit 1
echo "$program: $count tests passed"
