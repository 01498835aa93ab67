-- People of the security response, with or without a login (account_id 0), their teams, what they are named for, and when they are away.
-- lead_id, team_id 0 = none. skills: ids of content/skills.yaml, one blank between two.
CREATE TABLE team (
	id {ID},
	tenant_id {I64} NOT NULL REFERENCES tenant (id),
	version {I64} NOT NULL,
	name {TEXT} NOT NULL,
	lead_id {I64} NOT NULL,
	changed_by {TEXT} NOT NULL,
	changed_at {I64} NOT NULL
) {STRICT};
CREATE UNIQUE INDEX team_by_name ON team (tenant_id, name);

CREATE TABLE person (
	id {ID},
	tenant_id {I64} NOT NULL REFERENCES tenant (id),
	version {I64} NOT NULL,
	account_id {I64} NOT NULL,
	name {TEXT} NOT NULL,
	team_id {I64} NOT NULL,
	skills {TEXT} NOT NULL,
	is_active {BOOL} NOT NULL,
	changed_by {TEXT} NOT NULL,
	changed_at {I64} NOT NULL
) {STRICT};
CREATE INDEX person_by_name ON person (tenant_id, name);

-- Who is named for a service: 'owner' (one) or 'deputy'.
CREATE TABLE service_person (
	tenant_id {I64} NOT NULL REFERENCES tenant (id),
	service {TEXT} NOT NULL,
	person_id {I64} NOT NULL REFERENCES person (id),
	part {TEXT} NOT NULL,
	PRIMARY KEY (tenant_id, service, person_id)
) {KEYED};

CREATE TABLE person_absence (
	id {ID},
	tenant_id {I64} NOT NULL REFERENCES tenant (id),
	person_id {I64} NOT NULL REFERENCES person (id),
	from_at {I64} NOT NULL,
	to_at {I64} NOT NULL,
	created_by {TEXT} NOT NULL,
	created_at {I64} NOT NULL
) {STRICT};
CREATE INDEX person_absence_by_end ON person_absence (tenant_id, to_at);
