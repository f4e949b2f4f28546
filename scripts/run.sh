#!/bin/bash
# The main job on a folder of files, with sample emails in the middle of a backfill. It needs no server.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/story.sh"

say "3000 emails, 1243 of them bills; a backfill has given dates to 40 % of those"
show 'export ES_URL=file:emails'
show 'mkdir emails'
show 'sample-emails.py --backfilled 40 > emails/gmail_emails_v2.ndjson'

say "How far has it come?"
show 'backfill-health validate > before.txt'
show 'cat before.txt'

say "Store a snapshot, for the trend"
show 'backfill-health emit'

say "The backfill goes on, to 90 %"
show 'sample-emails.py --backfilled 90 > next'
show 'mv next emails/gmail_emails_v2.ndjson'

say "What has changed?"
show 'backfill-health validate > after.txt'
show 'cat after.txt'
show 'diff before.txt after.txt || true'
show 'backfill-health emit'
show 'cat emails/backfill_health_v1.ndjson'

say "Where are bills still missing dates, and which?"
show 'backfill-health validate --by received_at:month --samples 3'

say "Are the values that it has written right?"
show "backfill-health validate --rule 'max(dates) <= expires_at' --rule 'expires_at < now+2y'"

say "The same numbers for Prometheus"
serve
show "curl -s $METRICS_URL/metrics | grep bills_"

if [ -t 0 ] && [ -t 1 ]; then
    trap 'exit 0' INT
    say "Open $METRICS_URL/ in a browser. Ctrl-C ends this."
    wait "$serving"
fi
