-- Who is asked for which answers of a round: a person or a team (the other is 0), for a category or one service, until when.
-- A round is answered by many; each of them sees what is asked of them, and the round sees how far each is.
CREATE TABLE evaluation_ask (
	id {ID},
	tenant_id {I64} NOT NULL REFERENCES tenant (id),
	round_id {I64} NOT NULL REFERENCES evaluation_round (id),
	item {TEXT} NOT NULL,
	person_id {I64} NOT NULL,
	team_id {I64} NOT NULL,
	due_at {I64} NOT NULL,
	remark {TEXT} NOT NULL,
	asked_by {TEXT} NOT NULL,
	asked_at {I64} NOT NULL,
	reminders {I64} NOT NULL,
	reminded_at {I64} NOT NULL,
	answered_by {TEXT} NOT NULL,
	answered_at {I64} NOT NULL,
	withdrawn_at {I64} NOT NULL
) {STRICT};
CREATE INDEX evaluation_ask_by_round ON evaluation_ask (tenant_id, round_id, id);
CREATE UNIQUE INDEX evaluation_ask_once ON evaluation_ask (tenant_id, round_id, item, person_id, team_id) WHERE withdrawn_at = 0;
