#!/usr/bin/env bash
# Fuzzes with libFuzzer, AddressSanitizer and UndefinedBehaviorSanitizer: fuzz/run.sh [TARGET] [SECONDS].
# New inputs stay in build-fuzz/corpus; a crash is written beside it and its path printed. The seeds in fuzz/corpus are
# not touched: copy a crash there by hand, under a name that tells what it is, so that it is replayed for ever.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/setup.sh

seconds="${2:-60}"
need_web_assets
CC=clang meson_folder build-fuzz -Dfuzz=true -Dbuildtype=debugoptimized -Db_lundef=false
if ! ninja -C build-fuzz >build-fuzz/build.log 2>&1; then
	grep -E -A12 'error|FAILED' build-fuzz/build.log | head -60
	exit 1
fi
targets=("${1:-}")
[ -n "${1:-}" ] || mapfile -t targets < <(cd build-fuzz/fuzz && for f in fuzz_*; do [ -x "$f" ] && [ -f "$f" ] && echo "${f#fuzz_}"; done)

passed=0 failed=0
for target in "${targets[@]}"; do
	[ -x "build-fuzz/fuzz/fuzz_$target" ] || { say "no fuzz target $target"; exit 1; }
	mkdir -p "build-fuzz/corpus/$target" "build-fuzz/crash/$target"
	say "fuzzing $target for $seconds s"
	if "build-fuzz/fuzz/fuzz_$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=65536 -print_final_stats=1 \
		-verbosity=0 -artifact_prefix="build-fuzz/crash/$target/" "build-fuzz/corpus/$target" "fuzz/corpus/$target"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		say "$target failed; see build-fuzz/crash/$target/"
	fi
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
