#!/usr/bin/env bash
# Measures and prints a table: bench/run.sh [LANE…], lanes: program detect correlate intel intake http centre[=ORGANISATIONS]. Real lanes come from
# ../shared when it is there, else from tests/data and content/. It asks for nothing that is not installed by ./noroshi.sh bench.
set -euo pipefail
cd "$(dirname "$0")/.."
python=.venv/bin/python
[ -x "$python" ] || python=python3
exec "$python" bench/bench.py "$@"
