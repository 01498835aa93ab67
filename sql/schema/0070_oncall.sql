-- Who is called, in which order, by which means. layers: bits of 1 business day, 2 night, 4 weekend, 8 holiday. Minutes and days are on the
-- wall of the organisation's zone.
CREATE TABLE oncall_rotation (
	id {ID},
	tenant_id {I64} NOT NULL REFERENCES tenant (id),
	version {I64} NOT NULL,
	name {TEXT} NOT NULL,
	level {I64} NOT NULL,
	layers {I64} NOT NULL,
	day_from {I64} NOT NULL,
	day_to {I64} NOT NULL,
	turn_weeks {I64} NOT NULL,
	handover_weekday {I64} NOT NULL,
	handover_min {I64} NOT NULL,
	start_day {I64} NOT NULL,
	is_active {BOOL} NOT NULL,
	changed_by {TEXT} NOT NULL,
	changed_at {I64} NOT NULL
) {STRICT};
CREATE INDEX oncall_rotation_by_level ON oncall_rotation (tenant_id, level, id);

-- The order of a rotation.
CREATE TABLE oncall_member (
	tenant_id {I64} NOT NULL REFERENCES tenant (id),
	rotation_id {I64} NOT NULL REFERENCES oncall_rotation (id),
	position {I64} NOT NULL,
	person_id {I64} NOT NULL REFERENCES person (id),
	PRIMARY KEY (tenant_id, rotation_id, position)
) {KEYED};

-- Somebody else for once.
CREATE TABLE oncall_swap (
	id {ID},
	tenant_id {I64} NOT NULL REFERENCES tenant (id),
	rotation_id {I64} NOT NULL REFERENCES oncall_rotation (id),
	person_id {I64} NOT NULL REFERENCES person (id),
	from_at {I64} NOT NULL,
	to_at {I64} NOT NULL,
	reason {TEXT} NOT NULL,
	created_by {TEXT} NOT NULL,
	created_at {I64} NOT NULL
) {STRICT};
CREATE INDEX oncall_swap_by_end ON oncall_swap (tenant_id, to_at);

-- How a person is reached, the first means first; checked_at 0 = never tried.
CREATE TABLE oncall_contact (
	id {ID},
	tenant_id {I64} NOT NULL REFERENCES tenant (id),
	person_id {I64} NOT NULL REFERENCES person (id),
	means {TEXT} NOT NULL,
	address {TEXT} NOT NULL,
	checked_at {I64} NOT NULL,
	checked_by {TEXT} NOT NULL,
	created_at {I64} NOT NULL
) {STRICT};
CREATE INDEX oncall_contact_by_person ON oncall_contact (tenant_id, person_id, id);
