#!/bin/bash
# Formatting, generated files, and clang-tidy over the program and its library.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
git ls-files -z '*.cpp' '*.hpp' | xargs -0 clang-format-19 --dry-run --Werror
python3 kibana/generate.py --check
cmake --preset lint >/dev/null
cmake --build --preset lint --target revision >/dev/null
git ls-files -z 'apps/*.cpp' 'libhealth/*.cpp' ':!libhealth/asio.cpp' |
    xargs -0 -n 4 -P "$(nproc)" clang-tidy-19 --quiet -p build-lint \
        2> >(grep -vE 'warnings? (and [0-9]+ errors? )?generated|Processing file' >&2)
echo "lint: nothing found"
