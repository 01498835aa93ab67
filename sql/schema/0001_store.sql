-- Organisations form a tree. tenant_tree is its closure: one row for every pair of an organisation and itself or one
-- above it, so that "this and everything below" is one indexed look-up in both engines.
CREATE TABLE tenant (
	id {ID},
	parent_id {I64} REFERENCES tenant (id),
	slug {TEXT} NOT NULL UNIQUE CHECK (length(slug) BETWEEN 1 AND 64),
	name {TEXT} NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
	kind {TEXT} NOT NULL CHECK (kind IN ('group', 'company', 'site', 'provider', 'customer')),
	language {TEXT} NOT NULL DEFAULT 'en',
	time_zone {TEXT} NOT NULL DEFAULT 'UTC',
	is_demo {BOOL} NOT NULL DEFAULT 0,
	created_at {I64} NOT NULL,
	closed_at {I64},
	version {I64} NOT NULL DEFAULT 1
) {STRICT};
CREATE INDEX tenant_parent ON tenant (parent_id);

CREATE TABLE tenant_tree (
	ancestor_id {I64} NOT NULL REFERENCES tenant (id),
	descendant_id {I64} NOT NULL REFERENCES tenant (id),
	depth {I64} NOT NULL,
	PRIMARY KEY (ancestor_id, descendant_id)
) {KEYED};
CREATE INDEX tenant_tree_up ON tenant_tree (descendant_id, depth);

-- Small facts about the installation itself: its id, its secrets' salts, the set-up token's hash.
CREATE TABLE installation (
	key {TEXT} NOT NULL PRIMARY KEY,
	value {TEXT} NOT NULL,
	changed_at {I64} NOT NULL
) {KEYED};

-- Durable jobs: written in the transaction that wants them, taken with a lease, tried again with growing waits.
CREATE TABLE job (
	id {ID},
	tenant_id {I64} REFERENCES tenant (id),
	queue {TEXT} NOT NULL,
	kind {TEXT} NOT NULL,
	dedup_key {TEXT},
	payload {TEXT} NOT NULL,
	state {TEXT} NOT NULL DEFAULT 'ready' CHECK (state IN ('ready', 'taken', 'dead')),
	attempts {I64} NOT NULL DEFAULT 0,
	attempts_max {I64} NOT NULL,
	due_at {I64} NOT NULL,
	lease_until {I64},
	last_error {TEXT},
	created_at {I64} NOT NULL
) {STRICT};
CREATE INDEX job_due ON job (queue, state, due_at);
CREATE UNIQUE INDEX job_dedup ON job (queue, dedup_key) WHERE dedup_key IS NOT NULL;

-- Which organisation may read which content-addressed file.
CREATE TABLE blob_ref (
	id {ID},
	tenant_id {I64} NOT NULL REFERENCES tenant (id),
	sha256 {TEXT} NOT NULL CHECK (length(sha256) = 64),
	size_bytes {I64} NOT NULL,
	owner {TEXT} NOT NULL,
	created_at {I64} NOT NULL,
	UNIQUE (tenant_id, sha256, owner)
) {STRICT};
CREATE INDEX blob_ref_sha256 ON blob_ref (sha256);
