-- Files that came in to change the portfolio. file: its bytes while it was only looked at, empty once applied.
-- change_id: the change that applied it, NULL = none. applied_at, undone_at: 0 = not.
CREATE TABLE portfolio_import (
	id {ID},
	tenant_id {I64} NOT NULL REFERENCES tenant (id),
	framework {TEXT} NOT NULL,
	name {TEXT} NOT NULL,
	sha256 {TEXT} NOT NULL,
	file {BLOB} NOT NULL,
	state {TEXT} NOT NULL,
	row_count {I64} NOT NULL,
	change_id {I64},
	user_id {I64} NOT NULL,
	user_name {TEXT} NOT NULL,
	created_at {I64} NOT NULL,
	applied_at {I64} NOT NULL,
	undone_at {I64} NOT NULL
) {STRICT};
CREATE INDEX portfolio_import_by_time ON portfolio_import (tenant_id, created_at, id);
