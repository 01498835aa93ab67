#!/usr/bin/env bash
# All lints of the house (floors, sizes, banned functions, SQL/HTML/sentences in C, rooms, translations) with their
# self-test. `--self-test` runs only the latter. Python's standard library only; a second or two.
set -euo pipefail
exec python3 "$(dirname "$0")/lint.py" "$@"
