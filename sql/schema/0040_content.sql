-- Corrections of framework content: an organisation knows a name or a description better. Appended, never changed; the
-- newest row of one text counts, an empty body gives the content's own text back.
CREATE TABLE content_correction (
	id {ID},
	tenant_id {I64} NOT NULL REFERENCES tenant (id),
	content_set {TEXT} NOT NULL,
	item {TEXT} NOT NULL,
	field {TEXT} NOT NULL,
	lang {TEXT} NOT NULL,
	body {TEXT} NOT NULL,
	source {TEXT} NOT NULL,
	user_id {I64} NOT NULL,
	user_name {TEXT} NOT NULL,
	at {I64} NOT NULL
) {STRICT};
CREATE INDEX content_correction_item ON content_correction (tenant_id, content_set, item, field, lang, id);
