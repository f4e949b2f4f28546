#!/bin/bash
# The checklist of a backfill, before, during and after, on a real Elasticsearch that is started for it.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
. "$here/story.sh"
engine=$root/tests/support/engine
export ENGINE=es8

stop_engine() {
    if [ -f "$work/node/pid" ]; then
        "$engine/stop.sh" "$work/node" || true
    fi
}
trap 'stop_engine; end_story' EXIT

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# A port that was free may be taken before the node has it.
start_engine() {
    local attempt port
    for attempt in 1 2 3; do
        port=$(free_port)
        if "$engine/start.sh" "$port" "$work/node" "transport.port=$(free_port)"; then
            export ES_URL=http://127.0.0.1:$port
            return
        fi
        rm -rf "$work/node"
    done
    return 1
}

# A file of kibana/queries, as ES|QL.
ask() {
    show "cat $1"
    show "curl -s -H 'Content-Type: application/json' \"\$ES_URL/_query?format=txt\" -d '{\"query\": \"$(tr '\n' ' ' < "$1")\"}'"
}

bulk() {
    show "sample-emails.py $1 | curl -s -H 'Content-Type: application/x-ndjson' \"\$ES_URL/gmail_emails_v2/_bulk?refresh=true\" --data-binary @- | grep -o '\"errors\":[a-z]*'"
}

metrics() {
    show "curl -s -X POST $METRICS_URL/metrics/refresh && echo"
    show "curl -s $METRICS_URL/metrics | grep ^bills_"
}

say "An Elasticsearch for this demo"
start_engine
show "echo \$ES_URL"

say "The emails: 3000, of which 1243 are bills; a backfill has given dates to 40 % of those"
show "curl -s -X PUT -H 'Content-Type: application/json' \"\$ES_URL/gmail_emails_v2\" -d '{\"mappings\": {\"properties\": {\"category\": {\"type\": \"keyword\"}, \"dates\": {\"type\": \"date\"}, \"expires_at\": {\"type\": \"date\"}}}}' && echo"
bulk '--backfilled 40 --as bulk'

say "Once: the health index, the first snapshot, and a check of everything (there is no Kibana in this demo)"
show 'backfill-health bootstrap --no-kibana'

say "Before the backfill goes on: what Prometheus sees, the report"
serve
metrics
show 'backfill-health validate > before.txt'
show 'cat before.txt'

say "During the backfill: the metrics change"
bulk '--as updates --since 40 --backfilled 70'
metrics
show 'backfill-health emit'
show 'backfill-health validate --by received_at:month --samples 3'
bulk '--as updates --since 70 --backfilled 100'
show 'backfill-health watch --until-done'
metrics

say "After the backfill: the report, the changes, a snapshot"
show 'backfill-health validate --refresh > after.txt'
show 'cat after.txt'
show 'diff before.txt after.txt || true'
show 'backfill-health validate --compare before.txt --no-regression --exit-code --min-coverage 0.95'
show 'backfill-health emit'

say "The snapshots, as Kibana sees them (backfill-health import-dashboard adds a dashboard)"
show "curl -s -X POST \"\$ES_URL/backfill_health_v1/_refresh\" > refreshed"
show "curl -s \"\$ES_URL/backfill_health_v1/_search?sort=ts&filter_path=hits.hits._source&pretty\""

say "And the trends over hours, in ES|QL"
for query in missing with_dates coverage; do
    ask "kibana/queries/$query.esql"
done

say "Done. The Elasticsearch of this demo is stopped and its data removed."
