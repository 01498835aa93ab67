-- The portfolio: one row per organisation, framework and service, and every version of it.
-- level, assignment: NULL = not decided yet. Scores: 1..5, NULL = not declared.
CREATE TABLE service_state (
	tenant_id {I64} NOT NULL REFERENCES tenant (id),
	framework {TEXT} NOT NULL,
	service {TEXT} NOT NULL,
	version {I64} NOT NULL,
	level {TEXT},
	level_reason {TEXT} NOT NULL,
	assignment {TEXT},
	team {TEXT} NOT NULL,
	provider {TEXT} NOT NULL,
	not_applicable {BOOL} NOT NULL,
	not_applicable_reason {TEXT} NOT NULL,
	in_now {I64},
	in_target {I64},
	out_now {I64},
	out_target {I64},
	signed_by {TEXT} NOT NULL,
	signed_at {I64} NOT NULL,
	user_id {I64} NOT NULL,
	user_name {TEXT} NOT NULL,
	changed_at {I64} NOT NULL,
	PRIMARY KEY (tenant_id, framework, service)
) {KEYED};

CREATE TABLE service_state_version (
	tenant_id {I64} NOT NULL REFERENCES tenant (id),
	framework {TEXT} NOT NULL,
	service {TEXT} NOT NULL,
	version {I64} NOT NULL,
	level {TEXT},
	level_reason {TEXT} NOT NULL,
	assignment {TEXT},
	team {TEXT} NOT NULL,
	provider {TEXT} NOT NULL,
	not_applicable {BOOL} NOT NULL,
	not_applicable_reason {TEXT} NOT NULL,
	in_now {I64},
	in_target {I64},
	out_now {I64},
	out_target {I64},
	signed_by {TEXT} NOT NULL,
	signed_at {I64} NOT NULL,
	user_id {I64} NOT NULL,
	user_name {TEXT} NOT NULL,
	changed_at {I64} NOT NULL,
	PRIMARY KEY (tenant_id, framework, service, version)
) {KEYED};
