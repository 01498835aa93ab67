#!/usr/bin/env bash
# Detection figures on real and synthetic lanes, all SigmaHQ rules, best of three: events/s, MB/s, peak memory, rules.
#   bench/detect.sh [--json] [--jobs N] [--runs N]
# The lanes lie in ../shared/data beside the repository; unpacked copies go to a temporary folder. What is absent is told.
set -euo pipefail
cd "$(dirname "$0")/.."
json=0 jobs=1 runs=3
while [ $# -gt 0 ]; do
	case "$1" in
	--json) json=1 ;;
	--jobs) jobs=$2; shift ;;
	--runs) runs=$2; shift ;;
	*) echo "usage: bench/detect.sh [--json] [--jobs N] [--runs N]" >&2; exit 1 ;;
	esac
	shift
done
data="$(cd .. && pwd)/shared/data"
noroshi="${NOROSHI_BINARY:-$PWD/build/noroshi}"
[ -d "$data/logs" ] || { echo "bench/detect.sh: $data is not there, nothing measured" >&2; exit 0; }
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT

# lane NAME INPUT: one line of figures.
lane()
{
	local i
	for ((i = 0; i < runs; i++)); do
		"$noroshi" detect --rules "$data/sigma" --json --stats --jobs "$jobs" "$2" 2>&1 >/dev/null | tail -n 1
	done | python3 -c '
import json, sys
name, as_json, jobs = sys.argv[1], sys.argv[2] == "1", int(sys.argv[3])
best = max((json.loads(line) for line in sys.stdin), key=lambda s: s["events_per_second"])
row = {"lane": name, "jobs": jobs, "events": best["events"], "events_per_second": round(best["events_per_second"]),
       "megabytes_per_second": round(best["bytes"] / best["seconds"] / 1e6, 1) if best["seconds"] else 0,
       "matches": best["matches"], "rules_loaded": best["rules_loaded"], "rules_failed": best["rules_failed"],
       "rules_seconds": best["rules_seconds"], "peak_memory_bytes": best["peak_memory_bytes"]}
if as_json:
    print(json.dumps(row))
else:
    print("%-28s %10d ev/s %8.1f MB/s %8d matches %5d rules in %.2f s, %4d MB peak" % (
        name, row["events_per_second"], row["megabytes_per_second"], row["matches"], row["rules_loaded"],
        row["rules_seconds"], row["peak_memory_bytes"] // 1000000))' "$1" "$json" "$jobs"
}

for packed in "$data"/logs/*.ndjson.zst; do
	name=$(basename "$packed" .ndjson.zst)
	zstd -qdc "$packed" >"$room/$name.ndjson"
	lane "$name" "$room/$name.ndjson"
	rm "$room/$name.ndjson"
done
mkdir "$room/evtx"
tar --zstd -xf "$data/evtx.tar.zst" -C "$room/evtx"
lane evtx "$room/evtx"
