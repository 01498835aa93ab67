#!/usr/bin/env bash
# What a reviewer would say without thinking: lints, layout, clang-tidy, cppcheck, writable globals.
#   tools/check.sh            all
#   tools/check.sh quick      layout and globals only: what `./noroshi.sh test` runs beside the lints
# The last line counts.
set -uo pipefail
cd "$(dirname "$0")/.."
. tools/setup.sh

passed=0 failed=0
step()
{
	local name="$1"
	shift
	if "$@"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		say "check: $name failed"
	fi
}

c_files() { git ls-files -z -- '*.c' '*.h'; }
# sed, not grep: a grep that finds nothing would itself fail the pipe of a clean tree.
layout() { ! c_files | xargs -0 clang-format --dry-run -Werror 2>&1 | sed -n 's/^\([^ :]*\):[0-9]*:[0-9]*: error:.*/\1/p' | sort | uniq -c | grep .; }
compile_base() { meson_folder build && ninja -C build >/dev/null; }
globals() { compile_base && python3 tools/lint_globals.py build/libnoroshi.a build/noroshi; }
tidy()
{
	# A folder configured for clang: gcc's own flags are unknown to clang-tidy.
	CC=clang meson_folder build-tidy && ninja -C build-tidy $(ninja -C build-tidy -t targets all | sed -n 's/^\([^:]*\.gen\.[ch]\):.*/\1/p') >/dev/null || return 1
	git ls-files -z -- 'src/*.c' | xargs -0 -n 8 -P 2 clang-tidy -p build-tidy --quiet --warnings-as-errors='*' 2>/dev/null | { ! grep -E 'error:|warning:'; }
}
cpp_check()
{
	cppcheck --quiet --std=c11 --enable=warning,performance,portability --inline-suppr --error-exitcode=1 -j 2 -I src -Ibuild/src \
		--suppress=normalCheckLevelMaxBranches --suppress=missingIncludeSystem src
}

[ "${1:-}" = quick ] || step lints tools/lint.sh
step layout layout
step globals globals
if [ "${1:-}" != quick ]; then
	step clang-tidy tidy
	step cppcheck cpp_check
fi
echo "check: $passed passed, $failed failed"
[ "$failed" = 0 ]
