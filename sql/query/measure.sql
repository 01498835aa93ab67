-- scope: tenant
-- One row each: part and whole; whole 0 = there is nothing to count. A middle value stands in part. Spans: from_at <= at < until_at.

-- name: measure_sources_heard
SELECT COALESCE(SUM(CASE WHEN last_at > $until_at - 86400000000 THEN 1 ELSE 0 END), 0) AS part, COUNT(*) AS whole
FROM rule_source WHERE {SCOPE};

-- name: measure_acknowledge_median
SELECT MIN(CASE WHEN place * 2 >= whole THEN span END) AS part, COALESCE(MAX(whole), 0) AS whole
FROM (SELECT acknowledged_at - created_at AS span, ROW_NUMBER() OVER (ORDER BY acknowledged_at - created_at) AS place,
		COUNT(*) OVER () AS whole
	FROM alert WHERE {SCOPE} AND acknowledged_at >= $from_at AND acknowledged_at < $until_at) AS spans;

-- name: measure_alert_close_median
SELECT MIN(CASE WHEN place * 2 >= whole THEN span END) AS part, COALESCE(MAX(whole), 0) AS whole
FROM (SELECT closed_at - created_at AS span, ROW_NUMBER() OVER (ORDER BY closed_at - created_at) AS place,
		COUNT(*) OVER () AS whole
	FROM alert WHERE {SCOPE} AND closed_at >= $from_at AND closed_at < $until_at) AS spans;

-- name: measure_alerts_judged
SELECT COALESCE(SUM(CASE WHEN verdict <> '' THEN 1 ELSE 0 END), 0) AS part, COUNT(*) AS whole
FROM alert WHERE {SCOPE} AND created_at >= $from_at AND created_at < $until_at;

-- name: measure_false_positives
SELECT COALESCE(SUM(CASE WHEN verdict IN ('false_positive_rule', 'false_positive_data') THEN 1 ELSE 0 END), 0) AS part, COUNT(*) AS whole
FROM alert WHERE {SCOPE} AND verdict <> '' AND closed_at >= $from_at AND closed_at < $until_at;

-- name: measure_rules_with_hits
SELECT COUNT(DISTINCT rule_id) AS part, COUNT(*) AS whole
FROM alert WHERE {SCOPE} AND last_at >= $from_at AND last_at < $until_at;

-- name: measure_contain_median
SELECT MIN(CASE WHEN place * 2 >= whole THEN span END) AS part, COALESCE(MAX(whole), 0) AS whole
FROM (SELECT span, ROW_NUMBER() OVER (ORDER BY span) AS place, COUNT(*) OVER () AS whole
	FROM (SELECT (SELECT MIN(e.at) FROM incident_entry e WHERE e.tenant_id = i.tenant_id AND e.incident_id = i.id AND e.kind = 'state'
				AND e.detail IN ('eradicate', 'recover', 'review')) AS contained_at, i.created_at,
			(SELECT MIN(e.at) FROM incident_entry e WHERE e.tenant_id = i.tenant_id AND e.incident_id = i.id AND e.kind = 'state'
				AND e.detail IN ('eradicate', 'recover', 'review')) - i.created_at AS span
		FROM incident i WHERE {SCOPE}) AS ends
	WHERE contained_at >= $from_at AND contained_at < $until_at) AS spans;

-- name: measure_incident_close_median
SELECT MIN(CASE WHEN place * 2 >= whole THEN span END) AS part, COALESCE(MAX(whole), 0) AS whole
FROM (SELECT closed_at - created_at AS span, ROW_NUMBER() OVER (ORDER BY closed_at - created_at) AS place,
		COUNT(*) OVER () AS whole
	FROM incident WHERE {SCOPE} AND closed_at >= $from_at AND closed_at < $until_at) AS spans;

-- name: measure_incidents_by_alert
SELECT COALESCE(SUM(CASE WHEN EXISTS (SELECT 1 FROM alert a WHERE a.tenant_id = incident.tenant_id AND a.incident_id = incident.id)
	THEN 1 ELSE 0 END), 0) AS part, COUNT(*) AS whole
FROM incident WHERE {SCOPE} AND created_at >= $from_at AND created_at < $until_at;

-- name: measure_evidence_verified
SELECT COALESCE(SUM(CASE WHEN EXISTS (SELECT 1 FROM custody c WHERE c.tenant_id = evidence.tenant_id AND c.evidence_id = evidence.id
	AND c.action = 'verified') THEN 1 ELSE 0 END), 0) AS part, COUNT(*) AS whole
FROM evidence WHERE {SCOPE} AND added_at < $until_at;

-- name: measure_procedures_in_date
SELECT COALESCE(SUM(CASE WHEN expires_at > $until_at THEN 1 ELSE 0 END), 0) AS part, COUNT(*) AS whole
FROM procedure_version WHERE {SCOPE} AND state = 'approved';

-- name: measure_walks_signed
SELECT COALESCE(SUM(CASE WHEN signed_at > 0 THEN 1 ELSE 0 END), 0) AS part, COUNT(*) AS whole
FROM procedure_walk WHERE {SCOPE} AND walked_at >= $from_at AND walked_at < $until_at;

-- name: measure_duties_done
SELECT COALESCE(SUM(CASE WHEN done_at > 0 AND done_at <= due_at THEN 1 ELSE 0 END), 0) AS part, COUNT(*) AS whole
FROM duty WHERE {SCOPE} AND dropped_at = 0 AND due_at >= $from_at AND due_at < $until_at;

-- name: measure_duties_missed
SELECT COALESCE(SUM(CASE WHEN done_at = 0 THEN 1 ELSE 0 END), 0) AS part, COUNT(*) AS whole
FROM duty WHERE {SCOPE} AND dropped_at = 0 AND due_at >= $from_at AND due_at < $until_at;

-- name: measure_training_attended
SELECT COALESCE(SUM(CASE WHEN part = 'attended' THEN 1 ELSE 0 END), 0) AS part, COUNT(*) AS whole
FROM register_person WHERE {SCOPE} AND part IN ('invited', 'attended', 'absent') AND at >= $from_at AND at < $until_at
	AND item_id IN (SELECT i.id FROM register_item i WHERE i.tenant_id = register_person.tenant_id AND i.kind = 'training');

-- name: measure_exercise_attended
SELECT COALESCE(SUM(CASE WHEN part = 'attended' THEN 1 ELSE 0 END), 0) AS part, COUNT(*) AS whole
FROM register_person WHERE {SCOPE} AND part IN ('invited', 'attended', 'absent') AND at >= $from_at AND at < $until_at
	AND item_id IN (SELECT i.id FROM register_item i WHERE i.tenant_id = register_person.tenant_id AND i.kind = 'exercises');

-- name: measure_notices_read
SELECT COALESCE(SUM(CASE WHEN part = 'read' THEN 1 ELSE 0 END), 0) AS part, COUNT(*) AS whole
FROM register_person WHERE {SCOPE} AND part IN ('invited', 'read') AND at >= $from_at AND at < $until_at
	AND item_id IN (SELECT i.id FROM register_item i WHERE i.tenant_id = register_person.tenant_id AND i.kind = 'notices');

-- name: measure_reports_opened
SELECT COALESCE(SUM(CASE WHEN opened_at > 0 THEN 1 ELSE 0 END), 0) AS part, COUNT(*) AS whole
FROM provider_report WHERE {SCOPE} AND received_at > 0 AND due_at >= $from_at AND due_at < $until_at;

-- name: measure_levels_met
SELECT COALESCE(SUM(levels_met), 0) AS part, COALESCE(SUM(levels_met + levels_missed), 0) AS whole
FROM provider_report WHERE {SCOPE} AND judged_at > 0 AND due_at >= $from_at AND due_at < $until_at;

-- name: measure_laws_met
SELECT COALESCE(SUM(CASE WHEN compliance = 'met' THEN 1 ELSE 0 END), 0) AS part, COUNT(*) AS whole
FROM law_state WHERE {SCOPE} AND applies = 'yes' AND changed_at < $until_at;

-- name: measure_two_people
SELECT COALESCE(SUM(CASE WHEN people > 1 THEN 1 ELSE 0 END), 0) AS part, COUNT(*) AS whole
FROM (SELECT service, COUNT(DISTINCT user_id) AS people FROM work_record
	WHERE {SCOPE} AND user_id > 0 AND ended_at >= $from_at AND ended_at < $until_at GROUP BY service) AS services;

-- name: measure_actions_in_time
SELECT COALESCE(SUM(CASE WHEN state = 'done' AND done_at < due_at + 86400000000 THEN 1 ELSE 0 END), 0) AS part, COUNT(*) AS whole
FROM improvement_action WHERE {SCOPE} AND state <> 'dropped' AND due_at >= $from_at AND due_at < $until_at;

-- name: measure_registers_in_time
SELECT COALESCE(SUM(CASE WHEN review_day * 86400000000 + 86400000000 > $until_at THEN 1 ELSE 0 END), 0) AS part, COUNT(*) AS whole
FROM register_item WHERE {SCOPE} AND NOT is_final AND review_day > 0;
