"""tools/gen_sql.py refuses what would break the rules of data, and says where. Each case is a schema and a query file."""
import importlib.util
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = os.environ.get("NOROSHI_SOURCE_ROOT") or os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
TOOL = os.path.join(ROOT, "tools", "gen_sql.py")
BOOTSTRAP = "CREATE TABLE schema_migration (version {I64} NOT NULL PRIMARY KEY) {KEYED};\n"
SCHEMA = """CREATE TABLE tenant (id {ID}) {STRICT};
CREATE TABLE tenant_tree (ancestor_id {I64} NOT NULL, descendant_id {I64} NOT NULL, PRIMARY KEY (ancestor_id, descendant_id)) {KEYED};
CREATE TABLE thing (id {ID}, tenant_id {I64} NOT NULL, name {TEXT} NOT NULL, UNIQUE (tenant_id, name), UNIQUE (name)) {STRICT};
CREATE TABLE part (id {ID}, tenant_id {I64} NOT NULL, thing_id {I64} NOT NULL) {STRICT};
CREATE TABLE fact (key {TEXT} NOT NULL PRIMARY KEY, value {TEXT} NOT NULL) {KEYED};
"""


def run(queries, schema=SCHEMA, more=None):
    """(status, words, header) for one query file."""
    with tempfile.TemporaryDirectory() as folder:
        files = {"schema/0000_bootstrap.sql": BOOTSTRAP, "schema/0001_a.sql": schema, "query/a.sql": queries, **(more or {})}
        for name, text in files.items():
            path = os.path.join(folder, "sql", name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as f:
                f.write(text)
        out = [os.path.join(folder, n) for n in ("q.c", "q.h", "q.d")]
        done = subprocess.run([sys.executable, TOOL, *out, os.path.join(folder, "sql")], capture_output=True, text=True)
        read = [pathlib.Path(p).read_text(encoding="utf-8") if os.path.exists(p) else "" for p in out]
        return done.returncode, done.stderr, read


class Refusals(unittest.TestCase):
    def refused(self, queries, words, **more):
        status, said, written = run(queries, **more)
        self.assertEqual(status, 1, said)
        self.assertIn(words, said)
        self.assertRegex(said, r"\.sql:\d+: ")
        self.assertEqual(written, ["", "", ""])

    def taken(self, queries, **more):
        status, said, written = run(queries, **more)
        self.assertEqual(status, 0, said)
        return written

    def tenant(self, sql):
        return f"-- scope: tenant\n-- name: q\n{sql}\n"

    def test_a_tenant_table_needs_its_scope(self):
        for sql in ("SELECT id FROM thing", "SELECT count(*) AS n FROM thing", "UPDATE thing SET name = $n WHERE id = $id",
                    "DELETE FROM thing WHERE id = $id", "SELECT f.key FROM fact f WHERE f.key IN (SELECT name FROM thing)",
                    "WITH x AS (SELECT id FROM thing) SELECT id FROM x",
                    "SELECT f.key FROM fact f LEFT JOIN thing t ON t.name = f.key"):
            self.refused(self.tenant(sql), "without {SCOPE}")
            self.refused(self.tenant(sql).replace("tenant\n", "subtree\n", 1), "without {SCOPE}")

    def test_a_comment_or_a_string_is_no_scope(self):
        self.refused(self.tenant("SELECT id FROM thing -- {SCOPE}"), "without {SCOPE}")
        self.refused(self.tenant("SELECT id FROM thing WHERE name = '{SCOPE}'"), "without {SCOPE}")

    def test_an_insert_sets_the_tenant(self):
        self.refused(self.tenant("INSERT INTO thing (name) VALUES ($name)"), "must set tenant_id")
        self.refused(self.tenant("INSERT INTO thing (tenant_id, name) VALUES ($tenant, $name)"), "must set tenant_id")
        self.refused(self.tenant("INSERT INTO thing (name, tenant_id) VALUES ($scope_tenant, $name)"), "must set tenant_id")
        self.refused(self.tenant("INSERT INTO thing VALUES (1, $scope_tenant, $name)"), "must name its columns")
        self.refused(self.tenant("INSERT INTO thing (tenant_id, name) SELECT tenant_id, name FROM thing WHERE {SCOPE}"), "must set tenant_id")
        self.refused(self.tenant("INSERT INTO thing (tenant_id, name) SELECT $scope_tenant, name FROM thing"), "without {SCOPE}")
        self.refused(self.tenant("INSERT INTO part (tenant_id, thing_id) VALUES ($scope_tenant, (SELECT max(id) FROM thing))"), "without {SCOPE}")
        self.taken(self.tenant("INSERT INTO thing (tenant_id, name) VALUES ($scope_tenant, $name) RETURNING id"))

    def test_an_upsert_does_not_reach_another_tenant(self):
        sql = "INSERT INTO thing (tenant_id, name) VALUES ($scope_tenant, $name) ON CONFLICT ({}) DO UPDATE SET name = excluded.name"
        self.refused(self.tenant(sql.format("name")), "ON CONFLICT")
        self.taken(self.tenant(sql.format("tenant_id, name")))
        self.taken(self.tenant(sql.format("name") + " WHERE {SCOPE:thing}"))

    def test_system_queries_on_tenant_tables_give_a_reason(self):
        self.refused("-- scope: system\n-- name: q\nSELECT id FROM thing\n", "needs -- why:")
        self.taken("-- scope: system\n-- name: q\n-- why: a job for all\nSELECT id FROM thing\n")
        self.refused("-- scope: system\n-- name: q\n-- why: x\nSELECT id FROM thing WHERE {SCOPE}\n", "has no {SCOPE}")
        self.refused("-- scope: system\n-- name: q\n-- why: x\nSELECT id FROM thing WHERE tenant_id = $scope_tenant\n", "no $scope_tenant")

    def test_the_form_of_files(self):
        self.refused("-- name: q\nSELECT 1 AS a\n", "must open with -- scope")
        self.refused("-- scope: everybody\n", "unknown scope")
        self.refused("-- scope: tenant\nSELECT 1 AS a;\n", "before the first -- name")
        self.refused("-- scope: tenant\n-- name: q\n-- name: r\nSELECT 1 AS a\n", "is empty")
        self.refused("-- scope: tenant\n-- name: Q1\nSELECT 1 AS a\n", "bad query name")

    def test_names_are_unique_over_files(self):
        self.refused(self.tenant("SELECT 1 AS a"), "exists already", more={"query/b.sql": self.tenant("SELECT 1 AS a")})

    def test_placeholders_parameters_and_columns(self):
        self.refused(self.tenant("SELECT id FROM thing WHERE {SCOPES}"), "unknown placeholder")
        self.refused(self.tenant("SELECT id FROM thing WHERE {SCOPE:1=1 OR t}"), "bad placeholder")
        self.refused(self.tenant("SELECT id FROM thing WHERE {SCOPE} AND id = ?"), "written $name")
        self.refused(self.tenant("SELECT id FROM thing WHERE {SCOPE} AND id = :id"), "written $name")
        self.refused(self.tenant("SELECT count(*) FROM thing WHERE {SCOPE}"), "needs a name")
        self.refused(self.tenant("SELECT id, id FROM thing WHERE {SCOPE}"), "two result columns")
        self.refused(self.tenant("SELECT nothing FROM thing WHERE {SCOPE}"), "SQLite refuses it")
        self.refused(self.tenant("SELECT 1 AS a; DELETE FROM fact"), "SQLite refuses it")
        self.refused(self.tenant("PRAGMA user_version"), "SQLite refuses it")

    def test_what_one_engine_does_not_understand(self):
        for sql in ("INSERT OR REPLACE INTO fact (key, value) VALUES ($k, $v)", "SELECT ifnull(key, 'x') AS k FROM fact",
                    "SELECT strftime('%s', 'now') AS t FROM fact", "SELECT key FROM fact WHERE key IS $k", "SELECT rowid AS r FROM thing WHERE {SCOPE}"):
            self.refused(self.tenant(sql), "not understood by both engines")

    def test_the_schema(self):
        self.refused(self.tenant("SELECT 1 AS a"), "unknown token", schema="CREATE TABLE x (id {INT}) {STRICT};")
        self.refused(self.tenant("SELECT 1 AS a"), "must end with", schema="CREATE TABLE x (id {ID});")
        self.refused(self.tenant("SELECT 1 AS a"), "exists twice", more={"schema/0001_b.sql": "CREATE TABLE y (id {ID}) {STRICT};"})
        self.refused(self.tenant("SELECT 1 AS a"), "NNNN_name", more={"schema/1_b.sql": ""})

    def test_scopes_expand_to_bound_predicates(self):
        source = self.taken(self.tenant("SELECT t.id FROM thing t WHERE {SCOPE:t} AND t.name = $name AND t.id <> $id"))[0]
        self.assertIn("t.tenant_id = $scope_tenant", source)
        self.assertIn('{"scope_tenant", "name", "id", NULL}', source)
        source = self.taken(self.tenant("SELECT t.id FROM tenant t WHERE {SCOPE:t.id}").replace("tenant\n", "subtree\n", 1))[0]
        self.assertIn("t.id IN (SELECT descendant_id FROM tenant_tree WHERE ancestor_id = $scope_tenant)", source)

    def test_the_schema_for_the_other_engine(self):
        spec = importlib.util.spec_from_file_location("gen_sql", TOOL)
        tool = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(tool)
        text = "CREATE TABLE x (id {ID}, b {BLOB}) {STRICT};\n-- only: sqlite\nPRAGMA a;\n-- end\n-- only: postgres\nSELECT 1;\n-- end\n"
        self.assertEqual(tool.schema_for("x", text, 0), "CREATE TABLE x (id INTEGER PRIMARY KEY, b BLOB) STRICT;\nPRAGMA a;\n")
        self.assertEqual(tool.schema_for("x", text, 1), "CREATE TABLE x (id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, b BYTEA) ;\nSELECT 1;\n")


if __name__ == "__main__":
    unittest.main()
