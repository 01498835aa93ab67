#!/usr/bin/env bash
# Writes the reference pages that the program itself knows: tools/gen_docs.sh [FOLDER]. A test compares them with what
# is committed, so that a new verb or setting cannot be forgotten.
set -euo pipefail
cd "$(dirname "$0")/.."
out="${1:-docs/reference}"
export LC_ALL=C.UTF-8
build/noroshi help --format markdown >"$out/cli.md"
build/noroshi config doc >"$out/config.md"
