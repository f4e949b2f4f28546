# What run.sh and demo.sh share: each shows commands and runs them, in a folder of its own that it removes at the end.

root=$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")
program=$(readlink -f "${BACKFILL_HEALTH:-$root/build/backfill-health}")
if [ ! -x "$program" ]; then
    echo "There is no $program: run make first." >&2
    exit 1
fi

# It works on its own data, whatever cluster the caller works with.
cache=${BACKFILL_HEALTH_CACHE:-}
unset "${!ES_@}" "${!BACKFILL_@}" "${!KIBANA_@}"
if [ -n "$cache" ]; then
    export BACKFILL_HEALTH_CACHE=$cache
fi

work=$(mktemp -d -t backfill-health-XXXXXX)
ln -s "$root/kibana" "$work/kibana"
mkdir "$work/bin"
ln -s "$program" "$work/bin/backfill-health"
PATH=$work/bin:$root/examples:$PATH
cd "$work"

serving=
end_story() {
    stop_serving
    rm -rf "$work"
}
trap end_story EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

say() {
    if [ -t 1 ]; then
        printf '\n\033[1m%s\033[0m\n' "$*"
    else
        printf '\n%s\n' "$*"
    fi
}

# A command that fails ends the script.
show() {
    printf '$ %s\n' "$1"
    eval "$1"
}

# On a free port; its address is in $METRICS_URL.
serve() {
    : > serve.log
    show 'backfill-health serve --listen 127.0.0.1:0 2> serve.log &'
    serving=$!
    for _ in $(seq 100); do
        METRICS_URL=$(sed -nE '1s#.*(127\.0\.0\.1:[0-9]+).*#http://\1#p' serve.log)
        if [ -n "$METRICS_URL" ] && curl -fs "$METRICS_URL/readyz" > ready; then
            return
        fi
        kill -0 "$serving" || break
        sleep 0.1
    done
    cat serve.log >&2
    return 1
}

stop_serving() {
    if [ -n "$serving" ]; then
        kill "$serving" 2>/dev/null || true
        wait "$serving" || true
        serving=
    fi
}
