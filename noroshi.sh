#!/usr/bin/env bash
# The front door: installs what is missing, then does it.
#
#   ./noroshi.sh run             build, start the demo organisation, print its link
#   ./noroshi.sh test            everything that CI runs; the last line counts
#   ./noroshi.sh build           the release binary at build/noroshi
#   ./noroshi.sh check           lints, clang-format, clang-tidy, cppcheck
#   ./noroshi.sh fuzz [T] [S]    fuzz target T (all when absent) for S seconds each (60)
#   ./noroshi.sh bench           measure, print a table
#   ./noroshi.sh fmt             bring the code into the house's shape
set -euo pipefail
cd "$(dirname "$0")"
. tools/setup.sh

usage()
{
	sed -n '2,/^set /s/^# \{0,1\}//p' "$0"
}

verb="${1:-}"
[ $# -gt 0 ] && shift
case "$verb" in
run)
	need_packages "${PACKAGES_RUN[@]}"
	need_web_assets
	build_release
	exec build/noroshi demo --data "${NOROSHI_DATA:-noroshi-data}" "$@"
	;;
build)
	need_packages "${PACKAGES_RUN[@]}"
	need_web_assets
	build_release
	;;
test)
	need_packages "${PACKAGES_RUN[@]}" "${PACKAGES_TEST[@]}"
	need_web_assets
	exec tests/all.sh "$@"
	;;
check)
	need_packages "${PACKAGES_RUN[@]}" "${PACKAGES_TEST[@]}"
	exec tools/check.sh "$@"
	;;
fuzz)
	need_packages "${PACKAGES_RUN[@]}" "${PACKAGES_TEST[@]}"
	exec fuzz/run.sh "$@"
	;;
bench)
	need_packages "${PACKAGES_RUN[@]}" "${PACKAGES_TEST[@]}"
	need_web_assets
	build_release
	exec bench/run.sh "$@"
	;;
fmt)
	need_packages "${PACKAGES_TEST[@]}"
	git ls-files -z -- '*.c' '*.h' | xargs -0 clang-format -i
	;;
help | -h | --help)
	usage
	;;
*)
	usage >&2
	exit 1
	;;
esac
