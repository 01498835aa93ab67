-- What flowed: an improvement action may be what response gave to operation (short cycle) or to strategy (long cycle).
ALTER TABLE improvement_action ADD COLUMN flow {TEXT} NOT NULL DEFAULT '';
ALTER TABLE improvement_action ADD COLUMN need {TEXT} NOT NULL DEFAULT '';
ALTER TABLE improvement_action ADD COLUMN source {TEXT} NOT NULL DEFAULT '';
CREATE INDEX improvement_action_by_flow ON improvement_action (tenant_id, flow, state, id);
