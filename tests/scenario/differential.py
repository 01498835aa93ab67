"""A second opinion: the same rules on the same events by pySigma and SQLite, for test_against_pysigma.py.

Only the matching is compared. Every field name gets a prefix that no mapping knows, and no rule keeps its log source, so that
every rule meets every event: more matches, and many more near-misses, than a centre would ever see.
"""
import json
import os
import re
import sqlite3
import subprocess

import yaml
from sigma.backends.sqlite import sqliteBackend
from sigma.collection import SigmaCollection

PREFIX = "x_"
TABLE = "events"
KIND = (("Channel", 60), ("EventID", 8), ("Image", 80), ("CommandLine", 30), ("TargetObject", 60), ("TargetFilename", 40),
        ("ImageLoaded", 60), ("ScriptBlockText", 40), ("NewProcessName", 80), ("DestinationPort", 8), ("PipeName", 20))
ALL_VALUES = "all_values"
NOT_SEARCHES = ("condition", "timeframe")


def name_of(field):
    """SQLite compares the names of columns without case, events do not: a capital becomes a dash and a small letter."""
    return PREFIX + re.sub("[A-Z]", lambda m: "_" + m.group().lower(), field)


def kind_of(event):
    """Events of one kind differ in little that rules ask for; of recordings most events are of few kinds."""
    return tuple(str(event.get(name, ""))[:length] for name, length in KIND)


def sample(path, kinds_every, lines_every):
    """Of a zstd stream of JSON lines the first event of each `kinds_every`-th kind and each `lines_every`-th line: flat, with
    prefixed names, without lists and maps."""
    events, kinds = [], set()
    with subprocess.Popen(["zstd", "-dcq", path], stdout=subprocess.PIPE) as unpacked:
        for number, line in enumerate(unpacked.stdout):
            values = json.loads(line)
            kind = kind_of(values)
            new = kind not in kinds
            kinds.add(kind)
            if (new and len(kinds) % kinds_every == 0) or number % lines_every == 0:
                events.append({name_of(k): v for k, v in values.items() if v is not None and not isinstance(v, (dict, list))})
    return events


def text_of(value):
    """A value as a column of text holds it; a truth value as JSON writes it."""
    return json.dumps(value) if isinstance(value, (bool, int, float)) else value


def prefixed(node):
    if isinstance(node, list):
        return [prefixed(n) for n in node]
    if not isinstance(node, dict):
        return node
    split = (key.partition("|") for key in node)
    return {(name_of(field) if field else "") + bar + modifiers: value for (field, bar, modifiers), value in zip(split, node.values())}


def neutral(path):
    """The rule of a file without its log source and with prefixed field names."""
    with open(path, encoding="utf-8") as f:
        rule = yaml.load(f, yaml.CSafeLoader)
    for name, search in rule["detection"].items():
        if name not in NOT_SEARCHES:
            rule["detection"][name] = prefixed(search)
    return {k: rule[k] for k in ("title", "id", "status", "level", "detection") if k in rule}


def regexp(pattern, value):
    return value is not None and re.search(pattern, value) is not None


class Table:
    """The events as one table of text columns."""

    def __init__(self, events):
        self.columns = sorted({name for event in events for name in event})
        self.db = sqlite3.connect(":memory:")
        self.db.create_function("REGEXP", 2, regexp, deterministic=True)
        names = ", ".join(f'"{c}" TEXT' for c in self.columns)
        self.db.execute(f"CREATE TABLE {TABLE} (number INTEGER PRIMARY KEY, {ALL_VALUES} TEXT, {names})")
        marks = ", ".join("?" * (len(self.columns) + 2))
        rows = ([i, "\n".join(map(text_of, e.values()))] + [text_of(e[c]) if c in e else None for c in self.columns]
                for i, e in enumerate(events))
        self.db.executemany(f"INSERT INTO {TABLE} VALUES ({marks})", rows)

    def match(self, rule):
        """The numbers of the events that the rule matches."""
        rule = dict(rule, logsource={"category": "test"})
        backend = sqliteBackend(table=TABLE, collate_nocase=True, fulltext_field=ALL_VALUES)
        collection = SigmaCollection.from_dicts([rule])
        for field in backend.required_fields(collection.rules[0]):
            self.add_column(field)
        found = set()
        for query in backend.convert(collection):
            found.update(number for number, in self.db.execute(re.sub(r"^SELECT \*", "SELECT number", query)))
        return found

    def add_column(self, field):
        if field not in (ALL_VALUES, *self.columns):
            self.db.execute(f'ALTER TABLE {TABLE} ADD COLUMN "{field}" TEXT')
            self.columns.append(field)
