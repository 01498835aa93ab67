-- Work that was due of a service. done_at, dropped_at 0 = not; missed = due_at has passed and both are 0.
CREATE TABLE duty (
	id {ID},
	tenant_id {I64} NOT NULL REFERENCES tenant (id),
	service {TEXT} NOT NULL,
	source {TEXT} NOT NULL,
	what {TEXT} NOT NULL,
	due_at {I64} NOT NULL,
	opened_at {I64} NOT NULL,
	done_at {I64} NOT NULL,
	done_by {TEXT} NOT NULL,
	dropped_at {I64} NOT NULL
) {STRICT};
CREATE UNIQUE INDEX duty_by_source ON duty (tenant_id, source, service);
CREATE INDEX duty_by_due ON duty (tenant_id, due_at, service);
