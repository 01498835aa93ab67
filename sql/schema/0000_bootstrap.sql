-- Which migrations a database has. Run at every start, so it must change nothing when it exists.
CREATE TABLE IF NOT EXISTS schema_migration (
	version {I64} NOT NULL PRIMARY KEY,
	name {TEXT} NOT NULL,
	applied_at {I64} NOT NULL DEFAULT {NOW}
) {KEYED};
