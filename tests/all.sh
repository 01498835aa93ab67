#!/usr/bin/env bash
# Everything that `./noroshi.sh test` and CI run, in the order in which it fails fastest; goes on after a failure and
# counts. `tests/all.sh SUITE…` runs only the suites named.
set -uo pipefail
cd "$(dirname "$0")/.."
. tools/setup.sh

out="$PWD/build-test"
mkdir -p "$out"
export NOROSHI_TALLY="$out/tally.jsonl"
tally() { python3 tests/tally.py "$@"; }
# A sanitizer's report must fail the program that it speaks of, with the place of the mistake.
# An impossible allocation returns NULL as in production, so that the CHECK behind it is what is tested.
export ASAN_OPTIONS=allocator_may_return_null=1:detect_leaks=1:detect_stack_use_after_return=1 UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
export TSAN_OPTIONS="allocator_may_return_null=1:halt_on_error=1:second_deadlock_stack=1:suppressions=$PWD/tests/tsan.supp"
export LSAN_OPTIONS="suppressions=$PWD/tests/lsan.supp:print_suppressions=0"

began=$(date +%s)
lap()
{
	printf '== %s (%d s)\n' "$1" $(($(date +%s) - began))
}

# A tool whose last line counts: as_line SUITE COMMAND…
as_line()
{
	local suite="$1" status=0
	shift
	"$@" >"$out/$suite.log" 2>&1 || status=$?
	[ "$status" = 0 ] || cat "$out/$suite.log"
	tally line "$suite" "$out/$suite.log" "$status"
}

# A build, counted as one case, and the meson suites on it: as_meson SUITE FOLDER "SUITES" MESON-OPTIONS…
as_meson()
{
	local suite="$1" folder="$2" suites="$3" status=0 s args=()
	shift 3
	lap "$suite: build"
	if ! { meson_folder "$folder" "$@" && ninja -C "$folder"; } >"$out/$suite.build.log" 2>&1; then
		grep -E -A12 'error|warning|FAILED|ERROR' "$out/$suite.build.log" | head -60
		printf '%s: 0 passed, 1 failed\n' "$suite" >"$out/$suite.log"
		tally line "$suite: build" "$out/$suite.log" 1
		return 1
	fi
	printf '%s: 1 passed, 0 failed\n' "$suite" >"$out/$suite.log"
	tally line "$suite: build" "$out/$suite.log" 0
	for s in $suites; do
		args+=(--suite "$s")
	done
	lap "$suite: run"
	rm -f "$folder/meson-logs/testlog.json"
	meson test -C "$folder" --no-rebuild --print-errorlogs --num-processes 2 "${args[@]}" >"$out/$suite.log" 2>&1 || status=$?
	[ "$status" = 0 ] || tail -n 150 "$out/$suite.log"
	tally meson "$suite" "$folder/meson-logs/testlog.json" "$status"
}

suite_lint()
{
	as_line lint tools/lint.sh
	as_line tally python3 tests/tally.py self-test
	as_line check tools/check.sh quick
}

suite_release() { as_meson release build 'unit replay'; }
suite_asan() { as_meson asan build-asan 'unit replay' -Dbuildtype=debugoptimized -Db_sanitize=address,undefined -Dwerror=true; }
suite_tsan() { as_meson tsan build-tsan 'unit' -Dbuildtype=debugoptimized -Db_sanitize=thread; }
suite_clang() { CC="$(ccache_prefix)clang" as_meson clang build-clang 'unit' -Dbuildtype=debugoptimized -Dwerror=true; }

# The suites from outside drive the release binary: scenario folders, command line, API, browser, faults.
suite_outside()
{
	local status=0
	lap "outside: prepare"
	need_venv || return 1
	lap "outside: run"
	.venv/bin/python -m pytest -q --tb=short -rs --junitxml="$out/outside.xml" ${NOROSHI_PYTEST:-tests/scenario tests/cli tests/api tests/web tests/fault} >"$out/outside.log" 2>&1 || status=$?
	[ "$status" = 0 ] || tail -n 200 "$out/outside.log"
	tally junit outside "$out/outside.xml" "$status"
}

[ $# -gt 0 ] || set -- lint release asan clang tsan outside
tally reset
for suite in "$@"; do
	lap "$suite"
	"suite_$suite"
done
lap "done"
tally sum
