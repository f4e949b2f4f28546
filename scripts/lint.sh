#!/bin/bash
# Formatting, generated files, and clang-tidy over the program and its library.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
git ls-files -z '*.cpp' '*.hpp' | xargs -0 clang-format-19 --dry-run --Werror
python3 kibana/generate.py --check
cmake --preset lint >/dev/null
cmake --build --preset lint --target generated >/dev/null
# As units of the unity build: most of the time goes into the headers, which the sources of a room then share.
python3 - <<'PYTHON' |
import json, re
for unit in json.load(open("build-lint/compile_commands.json")):
    if re.search(r"/(libhealth|apps)/", unit["file"]) and not re.search(r"/(asio\.dir|tests)/|version\.cpp", unit["file"]):
        print(unit["file"])
PYTHON
    xargs -n 1 -P "$(nproc)" clang-tidy-19 --quiet -p build-lint \
        2> >(grep -vE 'warnings? (and [0-9]+ errors? )?generated|Processing file' >&2)
echo "lint: nothing found"
