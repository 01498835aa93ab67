/* The columns of the sheet Input as a table, and the value of each for a service. */
#include <stdio.h>

#include "base/check.h"
#include "centre/exchange/internal.h"

const struct exchange_column exchange_columns[] = {
	{"service", COLUMN_SERVICE, 0, 7},
	{"name", COLUMN_NAME, 0, 30},
	{"name_other", COLUMN_NAME_OTHER, 0, 26},
	{"category", COLUMN_CATEGORY, 0, 7},
	{"proposal", COLUMN_PROPOSAL, 0, 12},
	{"level", COLUMN_FIELD, FIELD_LEVEL, 13},
	{"level_reason", COLUMN_FIELD, FIELD_LEVEL_REASON, 24},
	{"assignment", COLUMN_FIELD, FIELD_ASSIGNMENT, 13},
	{"team", COLUMN_FIELD, FIELD_TEAM, 18},
	{"provider", COLUMN_FIELD, FIELD_PROVIDER, 18},
	{"contract", COLUMN_FIELD, FIELD_CONTRACT, 16},
	{"owner", COLUMN_FIELD, FIELD_OWNER, 14},
	{"deputies", COLUMN_FIELD, FIELD_DEPUTIES, 16},
	{"in_now", COLUMN_FIELD, FIELD_IN_NOW, 9},
	{"in_target", COLUMN_FIELD, FIELD_IN_TARGET, 9},
	{"out_now", COLUMN_FIELD, FIELD_OUT_NOW, 9},
	{"out_target", COLUMN_FIELD, FIELD_OUT_TARGET, 9},
	{"used_now", COLUMN_USED_NOW, 0, 9},
	{"used_target", COLUMN_USED_TARGET, 0, 9},
	{"gap", COLUMN_GAP, 0, 8},
	{"evidence", COLUMN_EVIDENCE, 0, 9},
	{"not_applicable", COLUMN_FIELD, FIELD_NA, 8},
	{"not_applicable_reason", COLUMN_FIELD, FIELD_NA_REASON, 24},
	{"risk", COLUMN_FIELD, FIELD_RISK, 7},
	{"gap_owner", COLUMN_FIELD, FIELD_GAP_OWNER, 14},
	{"gap_due", COLUMN_FIELD, FIELD_GAP_DUE, 12},
	{"area", COLUMN_FIELD, FIELD_AREA, 7},
	{"version", COLUMN_VERSION, 0, 0},
};
const uint32_t exchange_column_count = COUNT_OF(exchange_columns);

enum value_kind exchange_value_kind(enum state_field field)
{
	switch (field) {
	case FIELD_LEVEL:
		return VALUE_LEVEL;
	case FIELD_ASSIGNMENT:
		return VALUE_ASSIGNMENT;
	case FIELD_NA:
		return VALUE_YES;
	case FIELD_GAP_DUE:
		return VALUE_DAY;
	default:
		return state_field_is_number(field) ? VALUE_NUMBER : VALUE_TEXT;
	}
}

uint32_t exchange_field_most(enum state_field field)
{
	switch (field) {
	case FIELD_AREA:
		return FRAMEWORK_AREAS;
	case FIELD_RISK:
		return 3;
	case FIELD_LEVEL_REASON:
	case FIELD_NA_REASON:
		return SERVICE_REASON_MAX;
	default:
		return exchange_value_kind(field) == VALUE_NUMBER ? FRAMEWORK_SCORE_MAX : SERVICE_PARTY_MAX;
	}
}

str exchange_title(const struct exchange_column *column, enum lang lang)
{
	char key[64];

	snprintf(key, sizeof(key), "exchange.column.%s", column->key);
	return words_get(lang, str_of(key));
}

static struct sheet_cell number_or_empty(uint32_t n)
{
	return n ? sheet_number(n) : (struct sheet_cell){0};
}

static struct sheet_cell score_cell(score_c score)
{
	return score == SCORE_NONE ? (struct sheet_cell){0} : sheet_number(score / 100.0);
}

static struct sheet_cell field_cell(const struct exchange_row_source *src, enum state_field field,
				    const struct service_state *s)
{
	const struct framework *fw = src->portfolio->framework;
	enum lang lang = src->order->lang;
	uint64_t number = 0;
	str text = state_field_text(s, field, src->arena);

	switch (exchange_value_kind(field)) {
	case VALUE_LEVEL:
		return s->level == SERVICE_UNDECIDED ? (struct sheet_cell){0}
						     : sheet_text(fw->levels[s->level].name.text.by_lang[lang]);
	case VALUE_ASSIGNMENT:
		return s->assignment == ASSIGN_UNDECIDED
			       ? (struct sheet_cell){0}
			       : sheet_text(fw->assignments[s->assignment].name.text.by_lang[lang]);
	case VALUE_YES:
		return text.len ? sheet_text(STR("N/A")) : (struct sheet_cell){0};
	case VALUE_NUMBER:
		return str_to_u64(text, &number) ? number_or_empty((uint32_t)number) : (struct sheet_cell){0};
	case VALUE_DAY:
		return sheet_date(s->gap_due);
	default:
		return sheet_text(text);
	}
}

struct sheet_cell exchange_cell(const struct exchange_row_source *src, const struct exchange_column *column,
				const struct portfolio_item *item)
{
	const struct framework *fw = src->portfolio->framework;
	enum lang lang = src->order->lang;

	switch (column->kind) {
	case COLUMN_SERVICE:
		return sheet_text(item->service->id);
	case COLUMN_NAME:
		return sheet_text(item->service->name.text.by_lang[lang]);
	case COLUMN_NAME_OTHER:
		return sheet_text(item->service->name.text.by_lang[lang == LANG_JA ? LANG_EN : LANG_JA]);
	case COLUMN_CATEGORY:
		return sheet_text(fw->categories[item->service->category].id);
	case COLUMN_PROPOSAL:
		return sheet_text(fw->levels[item->service->level].name.text.by_lang[lang]);
	case COLUMN_USED_NOW:
		return score_cell(item->now);
	case COLUMN_USED_TARGET:
		return score_cell(item->target);
	case COLUMN_GAP:
		return item->has_gap ? sheet_number(item->gap / 100.0) : (struct sheet_cell){0};
	case COLUMN_EVIDENCE:
		return number_or_empty(item->counts ? item->evidence.score : 0);
	case COLUMN_VERSION:
		return sheet_number((double)item->state.version);
	default:
		return field_cell(src, column->field, &item->state);
	}
}
