"""`noroshi rules coverage` tells rules that can never match, with the reason."""
import json

RULES = """title: known source and fields
id: 00000000-0000-4000-8000-000000000001
logsource: {product: windows, category: process_creation}
detection: {a: {Image: x, GrandParentImage: null}, condition: a}
---
title: a field that nobody has
id: 00000000-0000-4000-8000-000000000002
logsource: {product: windows, category: process_creation}
detection: {a: {Image: x, GrandParentImage: y}, condition: a}
---
title: the field is only one of two ways
id: 00000000-0000-4000-8000-000000000003
logsource: {product: windows, category: process_creation}
detection: {a: {GrandParentImage: y}, b: {CommandLine: z}, condition: a or b}
---
title: excluded by a field that nobody has
id: 00000000-0000-4000-8000-000000000004
logsource: {product: windows, category: process_creation}
detection: {a: {CommandLine: z}, b: {GrandParentImage: null}, condition: a and not b}
---
title: nobody knows this log source
id: 00000000-0000-4000-8000-000000000005
logsource: {product: toaster, service: crumbs}
detection: {a: {b: c}, condition: a}
---
title: a correlation is not judged
id: 00000000-0000-4000-8000-000000000006
correlation:
  type: event_count
  rules: [00000000-0000-4000-8000-000000000003]
  group-by: [Computer]
  timespan: 1m
  condition: {gte: 2}
"""


def test_silent_rules_are_told_with_their_reason(noroshi, tmp_path):
    path = tmp_path / "rules.yml"
    path.write_text(RULES)
    done = noroshi("rules", "coverage", "--json", "--rules", str(path))
    assert done.status == 0, done
    told = json.loads(done.out)
    assert (told["rules"], told["can_match"], told["no_source"], told["no_fields"]) == (5, 2, 1, 2)
    assert [(r["id"][-1], r["reason"], r["fields"]) for r in told["silent"]] == [
        ("2", "no_fields", ["GrandParentImage"]),
        ("4", "no_fields", ["GrandParentImage"]),
        ("5", "no_source", []),
    ]
    assert [(s["product"], s["rules"], s["can_match"]) for s in told["sources"]] == [("windows", 4, 2), ("toaster", 1, 0)]
    english = noroshi("rules", "coverage", "--rules", str(path))
    japanese = noroshi("rules", "coverage", "--lang", "ja", "--rules", str(path))
    assert english.status == japanese.status == 0
    assert "2 of 5 rules can match" in english.out and "GrandParentImage" in english.out
    assert len(english.out.splitlines()) == len(japanese.out.splitlines()) == 7


def test_the_rules_that_come_along_can_match(noroshi):
    told = json.loads(noroshi("rules", "coverage", "--json").out)
    assert told["rules"] >= 12 and told["silent"] == []
