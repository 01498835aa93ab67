"""Correlations through the program: the order of lines, files and threads never changes a result."""
import json
import random

RULES = """title: Failed
name: failed
detection: {s: {E: fail}, condition: s}
---
title: Opened
name: opened
detection: {s: {E: open}, condition: s}
---
title: Many
name: many
correlation: {type: event_count, rules: failed, group-by: U, timespan: 60s, condition: {gte: 5}}
---
title: Then opened
correlation: {type: temporal_ordered, rules: [many, opened], group-by: U, timespan: 5m}
---
title: Many hosts
correlation: {type: value_count, rules: failed, group-by: U, timespan: 2m, condition: {field: H, gte: 6}}
---
title: Much
correlation: {type: value_sum, rules: opened, group-by: H, timespan: 2m, condition: {field: N, gt: 250}}
---
title: Slow
correlation: {type: value_median, rules: opened, group-by: H, timespan: 2m, condition: {field: N, gt: 80}}
---
title: Alone
correlation: {type: temporal, rules: [failed, opened], group-by: [U, H], timespan: 30s, condition: failed and not opened}
"""


def stamp(second):
    return f"2026-02-01T{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}Z"


def events():
    draw = random.Random(7)
    return [json.dumps({"E": draw.choice(["fail", "fail", "fail", "open", "other"]), "U": f"u{draw.randrange(5)}",
                        "H": f"h{draw.randrange(9)}", "N": draw.randrange(100), "timestamp": stamp(draw.randrange(3600))})
            for _ in range(3000)]


def found(noroshi, folder, lines, files, jobs):
    """Matches without the places, which change with the order of lines."""
    names = []
    for i in range(files):
        path = folder / f"{i}.ndjson"
        path.write_text("\n".join(lines[i::files]) + "\n")
        names.append(str(path))
    done = noroshi("detect", "--rules", str(folder / "rules.yml"), "--json", "--stats", "--jobs", str(jobs), *names)
    assert done.status == 0, done
    matches = [json.loads(line) for line in done.out.splitlines()]
    times = [m["time"] for m in matches]
    assert times == sorted(times)
    for m in matches:
        assert len(m["correlation"]["members"]) == min(m["correlation"].pop("events"), 100)
        del m["source"], m["correlation"]["members"]
    return matches, json.loads(done.err.splitlines()[-1]), done.out


def canonical(matches):
    return sorted(json.dumps(m, sort_keys=True) for m in matches)


def test_shuffled_lines_and_files_give_the_same(noroshi, tmp_path):
    (tmp_path / "rules.yml").write_text(RULES)
    lines = events()
    wanted, stats, text = found(noroshi, tmp_path, lines, 1, 1)
    assert {m["rule"]["title"] for m in wanted} == {"Then opened", "Many hosts", "Much", "Slow", "Alone"}
    assert stats["correlations"] == 6 and stats["rules_loaded"] == 8 and stats["matches"] == len(wanted)
    assert len({m["correlation"]["id"] for m in wanted}) == len(wanted)
    assert found(noroshi, tmp_path, lines, 1, 4)[2] == text
    for seed in range(4):
        random.Random(seed).shuffle(lines)
        for jobs in (1, 4):
            again = found(noroshi, tmp_path, lines, 1 + seed, jobs)[0]
            assert canonical(again) == canonical(wanted), f"seed {seed}, {jobs} jobs"


def test_parts_are_reported_only_when_asked_for(noroshi, tmp_path):
    rules, log = tmp_path / "rules.yml", tmp_path / "log.ndjson"
    log.write_text("\n".join(json.dumps({"E": "fail", "U": "u", "timestamp": stamp(i)}) for i in range(5)) + "\n")
    for generate, wanted in (("false", ["Many"]), ("true", ["Failed"] * 5 + ["Many"])):
        rules.write_text(RULES.split("---")[0] + "---\ntitle: Many\ncorrelation: {type: event_count, rules: failed, group-by: U, "
                         f"timespan: 60s, condition: {{gte: 5}}, generate: {generate}}}\n")
        done = noroshi("detect", "--rules", str(rules), "--json", str(log))
        titles = [json.loads(line)["rule"]["title"] for line in done.out.splitlines()]
        assert titles == wanted
