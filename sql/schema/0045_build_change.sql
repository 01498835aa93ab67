-- More about each service: who answers for it, under which contract, where it lies on the map, and what its gap needs.
-- owner, deputies, gap_owner: names as written; owner_id: the account of that name, NULL when it is none. area: NULL = as
-- the framework proposes. risk: 1..3, NULL = not judged. gap_due: midnight UTC of the day, NULL = none.
ALTER TABLE service_state ADD COLUMN contract {TEXT} NOT NULL DEFAULT '';
ALTER TABLE service_state ADD COLUMN owner {TEXT} NOT NULL DEFAULT '';
ALTER TABLE service_state ADD COLUMN owner_id {I64};
ALTER TABLE service_state ADD COLUMN deputies {TEXT} NOT NULL DEFAULT '';
ALTER TABLE service_state ADD COLUMN area {I64};
ALTER TABLE service_state ADD COLUMN risk {I64};
ALTER TABLE service_state ADD COLUMN gap_owner {TEXT} NOT NULL DEFAULT '';
ALTER TABLE service_state ADD COLUMN gap_due {I64};
ALTER TABLE service_state_version ADD COLUMN contract {TEXT} NOT NULL DEFAULT '';
ALTER TABLE service_state_version ADD COLUMN owner {TEXT} NOT NULL DEFAULT '';
ALTER TABLE service_state_version ADD COLUMN owner_id {I64};
ALTER TABLE service_state_version ADD COLUMN deputies {TEXT} NOT NULL DEFAULT '';
ALTER TABLE service_state_version ADD COLUMN area {I64};
ALTER TABLE service_state_version ADD COLUMN risk {I64};
ALTER TABLE service_state_version ADD COLUMN gap_owner {TEXT} NOT NULL DEFAULT '';
ALTER TABLE service_state_version ADD COLUMN gap_due {I64};

-- What was changed together and is taken back together. undoes, undone_by: ids of changes, NULL = none.
CREATE TABLE service_change (
	id {ID},
	tenant_id {I64} NOT NULL REFERENCES tenant (id),
	framework {TEXT} NOT NULL,
	kind {TEXT} NOT NULL,
	row_count {I64} NOT NULL,
	user_id {I64} NOT NULL,
	user_name {TEXT} NOT NULL,
	at {I64} NOT NULL,
	undoes {I64},
	undone_by {I64}
) {STRICT};
CREATE INDEX service_change_by_id ON service_change (tenant_id, framework, id);
CREATE INDEX service_change_by_user ON service_change (tenant_id, framework, user_id, id);

-- before_version: 0 = the service had no row.
CREATE TABLE service_change_row (
	tenant_id {I64} NOT NULL REFERENCES tenant (id),
	change_id {I64} NOT NULL REFERENCES service_change (id),
	service {TEXT} NOT NULL,
	before_version {I64} NOT NULL,
	after_version {I64} NOT NULL,
	PRIMARY KEY (tenant_id, change_id, service)
) {KEYED};

-- What people say about a service. removed_at: taken back by its author, the text is gone; 0 = it stands.
CREATE TABLE service_comment (
	id {ID},
	tenant_id {I64} NOT NULL REFERENCES tenant (id),
	framework {TEXT} NOT NULL,
	service {TEXT} NOT NULL,
	body {TEXT} NOT NULL,
	user_id {I64} NOT NULL,
	user_name {TEXT} NOT NULL,
	at {I64} NOT NULL,
	removed_at {I64} NOT NULL
) {STRICT};
CREATE INDEX service_comment_by_service ON service_comment (tenant_id, framework, service, id);

-- Services of the organisation's own, in a category of the framework. is_removed: no longer offered, its rows stay.
CREATE TABLE own_service (
	tenant_id {I64} NOT NULL REFERENCES tenant (id),
	framework {TEXT} NOT NULL,
	service {TEXT} NOT NULL,
	version {I64} NOT NULL,
	category {TEXT} NOT NULL,
	name_en {TEXT} NOT NULL,
	name_ja {TEXT} NOT NULL,
	description_en {TEXT} NOT NULL,
	description_ja {TEXT} NOT NULL,
	level {TEXT} NOT NULL,
	area {I64} NOT NULL,
	cadence {TEXT} NOT NULL,
	is_removed {BOOL} NOT NULL,
	user_name {TEXT} NOT NULL,
	changed_at {I64} NOT NULL,
	PRIMARY KEY (tenant_id, framework, service)
) {KEYED};
