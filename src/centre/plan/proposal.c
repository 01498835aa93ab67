/* Starting proposals by size and sector; saving what a person chose of a plan. */
#include "base/check.h"
#include "base/mem.h"
#include "centre/plan/plan.h"
#include "craft/content/content.h"
#include "craft/reader/reader.h"

#define PROPOSALS_PATH STR("proposals.yaml")

static const char *const level_words[] = {"unnecessary", "basic", "standard", "advanced", "optional", NULL};
static const char *const assignment_words[] = {"insource", "outsource", "both", "unassigned", NULL};
static const char *const source_words[] = {"judgement", NULL};

/* ---- reading ---- */

static int read_word(struct reader *r, const struct yaml_node *node, struct proposal_word *w)
{
	static const char *const keys[] = {"id", "name", NULL};
	int rc = reader_keys(r, node, keys);

	if (rc || (rc = reader_string(r, node, STR("id"), &w->id)))
		return rc;
	return reader_texts(r, node, STR("name"), READER_BOTH, w->name.by_lang);
}

static int read_words(struct reader *r, const struct yaml_node *root, struct proposals *p)
{
	const struct yaml_node *list;
	int rc = reader_list(r, root, STR("sizes"), (uint32_t[]){PROPOSAL_SIZES, PROPOSAL_SIZES}, &list);

	for (uint32_t i = 0; !rc && i < PROPOSAL_SIZES; i++)
		rc = read_word(r, &list->items[i], &p->sizes[i]);
	if (rc || (rc = reader_list(r, root, STR("sectors"), (uint32_t[]){1, PROPOSAL_SECTORS_MAX}, &list)))
		return rc;
	for (; !rc && p->sector_count < list->count; p->sector_count++)
		rc = read_word(r, &list->items[p->sector_count], &p->sectors[p->sector_count]);
	return rc;
}

static int read_question(struct reader *r, const struct yaml_node *node, struct proposal_question *q)
{
	static const char *const keys[] = {"id", "text", "services", NULL};
	const struct yaml_node *list;
	int rc = reader_keys(r, node, keys);

	if (rc || (rc = reader_string(r, node, STR("id"), &q->id)) ||
	    (rc = reader_texts(r, node, STR("text"), READER_BOTH, q->text.by_lang)) ||
	    (rc = reader_list(r, node, STR("services"), (uint32_t[]){1, FRAMEWORK_CATEGORIES_MAX}, &list)))
		return rc;
	for (; q->service_count < list->count; q->service_count++)
		q->services[q->service_count] = list->items[q->service_count].text;
	return 0;
}

static int read_sector_rule(struct reader *r, const struct proposals *p, const struct yaml_node *node,
			    struct proposal_sector_rule *rule)
{
	static const char *const keys[] = {"sector", "level", "reason", NULL};
	uint32_t level;
	str sector;
	int rc = reader_keys(r, node, keys);

	if (rc || (rc = reader_string(r, node, STR("sector"), &sector)) ||
	    (rc = reader_word(r, node, STR("level"), level_words, &level)) ||
	    (rc = reader_texts(r, node, STR("reason"), READER_BOTH, rule->reason.by_lang)))
		return rc;
	rule->level = (enum service_level)level;
	for (rule->sector = 0; rule->sector < p->sector_count; rule->sector++)
		if (str_eq(p->sectors[rule->sector].id, sector))
			return 0;
	return reader_refuse(r, yaml_get(node, STR("sector")), "err.reader.word", STR("sectors"));
}

/* {micro: basic, small: …}: a word for each size. */
static int read_by_size(struct reader *r, const struct proposals *p, const struct yaml_node *node,
			const char *const *words, uint32_t ret[PROPOSAL_SIZES])
{
	int rc = 0;

	for (uint32_t i = 0; !rc && i < PROPOSAL_SIZES; i++)
		rc = reader_word(r, node, p->sizes[i].id, words, &ret[i]);
	return rc;
}

static int read_rule(struct reader *r, const struct proposals *p, const struct yaml_node *node,
		     struct proposal_rule *rule)
{
	static const char *const keys[] = {"id", "levels", "assignments", "reason", "sectors", NULL};
	const struct yaml_node *sectors = yaml_get(node, STR("sectors"));
	uint32_t levels[PROPOSAL_SIZES], assignments[PROPOSAL_SIZES];
	int rc = reader_keys(r, node, keys);

	if (rc || (rc = reader_string(r, node, STR("id"), &rule->service)) ||
	    (rc = read_by_size(r, p, yaml_get(node, STR("levels")), level_words, levels)) ||
	    (rc = read_by_size(r, p, yaml_get(node, STR("assignments")), assignment_words, assignments)) ||
	    (rc = reader_texts(r, node, STR("reason"), READER_BOTH, rule->reason.by_lang)))
		return rc;
	for (uint32_t i = 0; i < PROPOSAL_SIZES; i++) {
		rule->levels[i] = (enum service_level)levels[i];
		rule->assignments[i] = (enum assignment)assignments[i];
	}
	if (sectors && (rc = reader_list(r, node, STR("sectors"), (uint32_t[]){1, PROPOSAL_SECTORS_MAX}, &sectors)))
		return rc;
	for (; !rc && sectors && rule->sector_count < sectors->count; rule->sector_count++)
		rc = read_sector_rule(r, p, &sectors->items[rule->sector_count], &rule->sectors[rule->sector_count]);
	return rc;
}

int proposals_load(str data_folder, struct arena *a, struct proposals *ret, struct err *e)
{
	static const char *const keys[] = {"source", "sizes", "sectors", "outsourced", "services", NULL};
	_cleanup_(buf_done) struct buf bytes = {0};
	struct reader r = {.path = PROPOSALS_PATH, .arena = a, .e = e};
	const struct yaml_node *root, *list;
	struct proposals p = {0};
	uint32_t source;
	int rc;

	buf_init(&bytes, CONTENT_FILE_MAX);
	if ((rc = content_read(data_folder, PROPOSALS_PATH, &bytes, e)) ||
	    (rc = reader_document(&r, arena_str(a, buf_str(&bytes)), &root)) || (rc = reader_keys(&r, root, keys)) ||
	    (rc = reader_word(&r, root, STR("source"), source_words, &source)) || (rc = read_words(&r, root, &p)) ||
	    (rc = reader_list(&r, root, STR("outsourced"), (uint32_t[]){1, PROPOSAL_QUESTIONS_MAX}, &list)))
		return rc;
	for (; !rc && p.question_count < list->count; p.question_count++)
		rc = read_question(&r, &list->items[p.question_count], &p.questions[p.question_count]);
	if (rc || (rc = reader_list(&r, root, STR("services"), (uint32_t[]){1, FRAMEWORK_SERVICES_MAX}, &list)) ||
	    (rc = reader_alloc(&r, list->count, sizeof(*p.rules), &p.rules)))
		return rc;
	for (; !rc && p.rule_count < list->count; p.rule_count++)
		rc = read_rule(&r, &p, &list->items[p.rule_count], &p.rules[p.rule_count]);
	if (!rc)
		*ret = p;
	return rc;
}

/* ---- the plan ---- */

static const struct proposal_rule *rule_of(const struct proposals *p, str service)
{
	for (uint32_t i = 0; i < p->rule_count; i++)
		if (str_eq(p->rules[i].service, service))
			return &p->rules[i];
	return NULL;
}

static bool is_outsourced(const struct proposals *p, uint32_t answers, str service)
{
	for (uint32_t i = 0; i < p->question_count; i++)
		for (uint32_t k = 0; (answers & (1u << i)) && k < p->questions[i].service_count; k++)
			if (str_eq(p->questions[i].services[k], service))
				return true;
	return false;
}

static void propose_assignment(const struct proposals *p, const struct proposal_ask *ask,
			       const struct proposal_rule *rule, struct service_state *s)
{
	enum assignment to = rule->assignments[ask->size];
	bool bought = is_outsourced(p, ask->outsourced, rule->service);

	/* What nobody was bought for is done inside or by nobody; what was bought is not done inside alone. */
	if (bought)
		to = to == ASSIGN_INSOURCE ? ASSIGN_BOTH : to;
	else if (to == ASSIGN_OUTSOURCE)
		to = ASSIGN_NOBODY;
	else if (to == ASSIGN_BOTH)
		to = ASSIGN_INSOURCE;
	s->assignment = to;
	if (to == ASSIGN_INSOURCE || to == ASSIGN_BOTH)
		s->team = s->team.len ? s->team : ask->team;
	if (to == ASSIGN_OUTSOURCE || to == ASSIGN_BOTH)
		s->provider = s->provider.len ? s->provider : ask->provider;
	s->owner = s->owner.len ? s->owner : ask->owner;
}

static bool propose(const struct proposals *p, const struct proposal_ask *ask, const struct portfolio_item *item,
		    struct plan_row *row)
{
	const struct proposal_rule *rule = rule_of(p, item->service->id);
	const struct fw_text *reason;
	uint32_t differs;

	if (!rule)
		return false;
	*row = (struct plan_row){.item = item, .state = item->state};
	row->state.level = rule->levels[ask->size];
	reason = &rule->reason;
	for (uint32_t i = 0; i < rule->sector_count; i++)
		if (rule->sectors[i].sector == ask->sector) {
			row->state.level = rule->sectors[i].level;
			reason = &rule->sectors[i].reason;
		}
	for (size_t lang = 0; lang < LANG_COUNT; lang++)
		row->reason[lang] = reason->by_lang[lang];
	if (ask->assignments && row->state.level != SERVICE_UNNECESSARY && !item->state.not_applicable)
		propose_assignment(p, ask, rule, &row->state);
	differs = state_differs(&item->state, &row->state, FIELDS_ALL);
	row->decided = (item->state.level != SERVICE_UNDECIDED && (differs & FIELD_BIT(FIELD_LEVEL))) ||
		       (item->state.assignment != ASSIGN_UNDECIDED && (differs & FIELDS_PROFILE));
	return differs != 0;
}

int proposal_plan(const struct proposals *p, const struct proposal_ask *ask, const struct portfolio *present,
		  struct arena *a, struct plan *ret, struct err *e)
{
	struct plan plan = {.rows = arena_alloc(a, present->framework->service_count * sizeof(*plan.rows))};

	if (!plan.rows)
		return err_set(e, ERR_LIMIT, "err.build.budget");
	CHECK(ask->size < PROPOSAL_SIZES && ask->sector < p->sector_count);
	for (uint32_t i = 0; i < present->framework->service_count; i++)
		plan.count += propose(p, ask, &present->items[i], &plan.rows[plan.count]);
	*ret = plan;
	return 0;
}

/* ---- saving what was chosen ---- */

static const struct plan_row *row_of(const struct plan *plan, str service)
{
	for (uint32_t i = 0; i < plan->count; i++)
		if (str_eq(plan->rows[i].item->service->id, service))
			return &plan->rows[i];
	return NULL;
}

int plan_apply(struct db *db, const struct actor *who, const struct plan_apply *apply, int64_t *ret_id, struct err *e)
{
	struct service_edit edits[CHANGE_ROWS_MAX];
	struct change_set set = {.framework = apply->framework, .kind = apply->kind, .edits = edits, .now = apply->now};

	for (uint32_t i = 0; i < apply->count && set.count < CHANGE_ROWS_MAX; i++) {
		const struct plan_choice *choice = &apply->choices[i];
		const struct plan_row *row = row_of(apply->plan, choice->service);

		if (!framework_service(apply->framework, choice->service))
			return err_set_value(e, ERR_NOT_FOUND, "err.build.service", choice->service);
		if (!row) /* somebody has decided so meanwhile */
			continue;
		edits[set.count++] = (struct service_edit){choice->service, choice->version, &row->state};
	}
	if (set.count == 0)
		return err_set(e, ERR_RANGE, "err.build.rows");
	return change_set_save(db, who, &set, ret_id, e);
}
