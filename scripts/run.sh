#!/bin/bash
# The main job on the embedded store, with sample emails in the middle of a backfill. It needs no server.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/story.sh"

say "3000 emails, 1243 of them bills; a backfill has given dates to 40 % of those"
show 'export ES_URL=file:emails'
show 'mkdir emails'
show 'sample-emails.py --backfilled 40 > emails/gmail_emails_v2.ndjson'

say "How far is it?"
show 'backfill-health validate > before.txt'
show 'cat before.txt'

say "Record that, for the trend"
show 'backfill-health emit'

say "A stretch of the backfill"
show 'sample-emails.py --backfilled 90 > emails/gmail_emails_v2.ndjson'

say "And now?"
show 'backfill-health validate > after.txt'
show 'cat after.txt'
show 'diff before.txt after.txt || true'
show 'backfill-health emit'
show 'cat emails/backfill_health_v1.ndjson'

say "The same numbers for Prometheus"
serve
show "curl -s $METRICS_URL/metrics | grep bills_"

if [ -t 0 ] && [ -t 1 ]; then
    say "Open $METRICS_URL/ in a browser. Ctrl-C stops it."
    trap 'exit 0' INT
    wait "$serving"
fi
