#!/bin/bash
# run.sh PORT DIR [KEY=VALUE ...]: runs one node on 127.0.0.1:PORT in the foreground, its data and configuration in DIR.
# It prints a line that begins with READY when it answers, and ends on SIGTERM.
set -euo pipefail
built=$("$(dirname "$(readlink -f "$0")")/build.sh")
exec java -Xms512m -Xmx512m -Des.queryable_built_in_roles_enabled=false \
    -cp "$built/engine.jar:$built/lib/*" org.elasticsearch.node.TestNode "$@"
