/* One event against the rules: witnesses name the candidates, their conditions decide. */
#include "flow/detect/matcher.h"
#include "base/check.h"
#include "base/mem.h"
#include "os/env.h"

int matcher_create(const struct rule_set *set, struct matcher **ret, struct err *e __attribute__((unused)))
{
	struct matcher *m = mem_alloc(1, sizeof(*m));
	struct env env = env_real(NULL);
	struct hash_key key;

	CHECK(set->sealed);
	env.random(env.ctx, &key, sizeof(key));
	m->set = set;
	m->rule_stamp = mem_alloc(set->rule_count + 1, sizeof(*m->rule_stamp));
	m->candidate_stamp = mem_alloc(set->rule_count + 1, sizeof(*m->candidate_stamp));
	m->candidates = mem_alloc(set->rule_count + 1, sizeof(*m->candidates));
	m->tried = mem_alloc(set->rule_count + 1, sizeof(*m->tried));
	m->hits = mem_alloc(set->rule_count + 1, sizeof(struct rule *));
	m->waiting = mem_alloc(set->rule_count + 1, sizeof(*m->waiting));
	m->pred_answer = mem_alloc(set->pred_count + 1, sizeof(*m->pred_answer));
	m->chains = mem_alloc((size_t)set->name_count + 1, sizeof(*m->chains));
	m->regex = regex_scratch_create();
	arena_init(&m->fold_arena, FOLDED_BYTES_MAX);
	/* The first block stays over resets: large enough for nearly every event. */
	(void)arena_alloc(&m->fold_arena, FOLDED_BYTES_USUAL);
	programs_init(&m->programs, key);
	cache_init(&m->cache, key);
	m->memo.slots = mem_alloc(MEMO_SLOTS, sizeof(*m->memo.slots));
	*ret = m;
	return 0;
}

void matcher_free(struct matcher *m)
{
	if (!m)
		return;
	programs_done(m->set, &m->programs);
	cache_done(&m->cache);
	regex_scratch_free(m->regex);
	arena_done(&m->fold_arena);
	free(m->rule_stamp);
	free(m->candidate_stamp);
	free(m->candidates);
	free(m->hits);
	free(m->tried);
	free(m->waiting);
	free(m->pred_answer);
	free(m->chains);
	free(m->next);
	free(m->values);
	free(m->memo.slots);
	free(m->folded);
	free(m);
}

void matcher_counts(const struct matcher *m, struct matcher_counts *ret)
{
	*ret = m->counts;
	ret->regex_exhausted = regex_scratch_exhausted(m->regex);
}

const uint64_t *matcher_tried(const struct matcher *m)
{
	return m->tried;
}

/* A new number makes every stamp stale; when numbers run out the stamps are wiped. */
static void next_event_number(struct matcher *m)
{
	const struct rule_set *set = m->set;

	if (++m->event <= EVENT_NUMBER_MAX)
		return;
	memset(m->rule_stamp, 0, set->rule_count * sizeof(*m->rule_stamp));
	memset(m->pred_answer, 0, set->pred_count * sizeof(*m->pred_answer));
	memset(m->chains, 0, ((size_t)set->name_count + 1) * sizeof(*m->chains));
	m->event = 1;
}

void matcher_begin(struct matcher *m, const struct event *ev)
{
	CHECK(ev->field_count <= EVENT_FIELDS_MAX);
	next_event_number(m);
	m->ev = ev;
	m->keywords_known = false;
	arena_reset(&m->fold_arena);
	if (ev->field_count > m->field_cap) {
		m->field_cap = EVENT_FIELDS_MAX;
		m->next = mem_realloc(m->next, m->field_cap, sizeof(*m->next));
		m->folded = mem_realloc(m->folded, m->field_cap, sizeof(*m->folded));
		m->values = mem_realloc(m->values, m->field_cap, sizeof(*m->values));
	}
	for (uint32_t i = 0; i < ev->field_count; i++) {
		uint32_t id = ev->fields[i].name_id;
		struct chain *chain = &m->chains[id <= m->set->name_count ? id : 0];

		m->next[i] = 0;
		m->folded[i] = STR_NONE;
		m->values[i] = 0;
		if (chain->event != m->event)
			*chain = (struct chain){m->event, (uint16_t)i, (uint16_t)i};
		else
			m->next[chain->last] = (uint16_t)i;
		chain->last = (uint16_t)i;
	}
}

static str folded_of(struct matcher *m, uint32_t i)
{
	str text = m->ev->fields[i].text;
	char *copy;

	if (m->folded[i].ptr || text.len == 0)
		return m->folded[i];
	m->folded[i] = text;
	if (text_has_capitals(text)) {
		copy = arena_alloc(&m->fold_arena, text.len);
		/* One event is at most EVENT_BYTES_MAX, so its values fit many times. */
		CHECK(copy != NULL);
		text_fold(text, copy);
		m->folded[i] = (str){copy, text.len};
	}
	return m->folded[i];
}

/* The first field of a name, or -1; then m->next. */
static int32_t first_of(const struct matcher *m, uint32_t name_id)
{
	const struct chain *chain = &m->chains[name_id];

	return chain->event == m->event ? chain->first : -1;
}

static int32_t next_of(const struct matcher *m, int32_t i)
{
	return m->next[i] ? m->next[i] : -1;
}

static bool texts_match(const struct pred *p, str a, str b)
{
	switch ((enum glob_kind)p->how) {
	case GLOB_PREFIX:
		return str_starts(a, b);
	case GLOB_SUFFIX:
		return str_ends(a, b);
	case GLOB_CONTAINS:
		return str_find(a, b) >= 0;
	default:
		return str_eq(a, b);
	}
}

static int32_t find_fieldref(struct matcher *m, const struct pred *p)
{
	const struct event_field *f = m->ev->fields;

	for (int32_t i = first_of(m, p->field); i >= 0; i = next_of(m, i)) {
		for (int32_t k = first_of(m, p->other); k >= 0; k = next_of(m, k)) {
			bool null = f[i].type == VALUE_NULL || f[k].type == VALUE_NULL;

			if (!null && texts_match(p, p->cased ? f[i].text : folded_of(m, (uint32_t)i),
						 p->cased ? f[k].text : folded_of(m, (uint32_t)k)))
				return i;
		}
	}
	return -1;
}

/* The first value that satisfies the predicate, or -1. Of an array, any element will do. */
static int32_t find_value(struct matcher *m, const struct pred *p)
{
	const struct event_field *f = m->ev->fields;

	if (p->field == FIELD_KEYWORD) {
		for (uint32_t i = 0; i < m->ev->field_count; i++)
			if (pred_test(p, &f[i], folded_of(m, i), m->regex))
				return (int32_t)i;
		return -1;
	}
	if (p->kind == PRED_FIELDREF)
		return find_fieldref(m, p);
	for (int32_t i = first_of(m, p->field); i >= 0; i = next_of(m, i))
		if (pred_test(p, &f[i], folded_of(m, (uint32_t)i), m->regex))
			return i;
	return -1;
}

static bool ask(struct matcher *m, const struct pred *p)
{
	return find_value(m, p) >= 0 || (p->kind == PRED_NULL && first_of(m, p->field) < 0);
}

#define MEMO_PRED_BITS 24u

/* A field with one remembered value: its answers are remembered too. */
static bool ask_memo(struct matcher *m, uint32_t pred, uint64_t value)
{
	uint64_t question = value << (MEMO_PRED_BITS + 1) | (uint64_t)pred << 1;
	uint64_t *slot = &m->memo.slots[(question * 0x9E3779B97F4A7C15u) >> 48 & (MEMO_SLOTS - 1)];

	if ((*slot & ~1ull) != question)
		*slot = question | ask(m, &m->set->preds[pred]);
	return *slot & 1;
}

/* All values were searched for it, and where it was found the answer is known already. */
static bool keyword_missed(const struct matcher *m, uint32_t pred)
{
	const struct program_field *f = &m->program->fields[FIELD_KEYWORD];
	uint32_t low = f->first, high = f->first + f->count;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (m->program->preds[mid] < pred)
			low = mid + 1;
		else
			high = mid;
	}
	return low < f->first + f->count && m->program->preds[low] == pred;
}

static bool answer(struct matcher *m, uint32_t pred)
{
	const struct pred *p = &m->set->preds[pred];
	int32_t i;

	if (p->field == FIELD_KEYWORD)
		return !(m->keywords_known && keyword_missed(m, pred)) && ask(m, p);
	i = p->kind == PRED_FIELDREF ? -1 : first_of(m, p->field);
	if (i >= 0 && m->values[i] && !m->next[i] && pred < 1u << MEMO_PRED_BITS)
		return ask_memo(m, pred, m->values[i]);
	return ask(m, p);
}

bool matcher_pred(struct matcher *m, uint32_t pred)
{
	uint32_t known = m->pred_answer[pred];

	if (known >> 1 != m->event) {
		known = m->event << 1 | answer(m, pred);
		m->pred_answer[pred] = known;
	}
	return known & 1;
}

const struct event_field *matcher_value(struct matcher *m, uint32_t pred, bool matched)
{
	const struct pred *p = &m->set->preds[pred];
	int32_t i = matched ? find_value(m, p) : -1;

	if (i < 0 && p->field != FIELD_KEYWORD)
		i = first_of(m, p->field);
	return i < 0 ? NULL : &m->ev->fields[i];
}

bool matcher_eval(struct matcher *m, const struct expr *x)
{
	uint32_t held = 0;

	switch ((enum expr_kind)x->kind) {
	case EXPR_PRED:
		return matcher_pred(m, x->pred);
	case EXPR_NOT:
		return !matcher_eval(m, &x->kids[0]);
	case EXPR_AND:
		for (uint32_t i = 0; i < x->count; i++)
			if (!matcher_eval(m, &x->kids[i]))
				return false;
		return true;
	case EXPR_OR:
		for (uint32_t i = 0; i < x->count; i++)
			if (matcher_eval(m, &x->kids[i]))
				return true;
		return false;
	case EXPR_AT_LEAST:
		for (uint32_t i = 0; i < x->count && held < x->least; i++)
			held += matcher_eval(m, &x->kids[i]);
		return held >= x->least;
	}
	return false;
}

/* ---- candidates ---- */

static str fold_field(void *ctx)
{
	struct matcher *m = ctx;

	return folded_of(m, m->field);
}

/* A text without wildcards that may stand anywhere was found as it is: there is nothing left to test. */
static bool holds_when_found(const struct pred *p)
{
	return p->kind == PRED_TEXT && !p->cased && p->glob->kind == GLOB_CONTAINS &&
	       p->glob->segments[0].text.len == p->literal.len && p->literal.len >= LITERAL_LEN_MIN;
}

static bool witness_holds(struct matcher *m, uint32_t pred)
{
	const struct pred *p = &m->set->preds[pred];

	if (!holds_when_found(p) && !pred_test(p, &m->ev->fields[m->field], fold_field(m), m->regex))
		return false;
	m->pred_answer[pred] = m->event << 1 | 1;
	return true;
}

static void on_witness(void *ctx, uint32_t pred)
{
	struct matcher *m = ctx;
	const struct rule_set *set = m->set;
	uint32_t from = set->rules_of_first[pred], to = set->rules_of_first[pred + 1];
	bool tested = false;

	for (uint32_t i = from; i < to; i++) {
		uint32_t rule = set->rules_of[i];

		if (!m->program->rules[rule] || m->candidate_stamp[rule] == m->candidate_round)
			continue;
		if (!tested && !witness_holds(m, pred))
			return;
		tested = true;
		m->candidate_stamp[rule] = m->candidate_round;
		m->candidates[m->candidate_count++] = rule;
	}
}

static void next_round(struct matcher *m)
{
	if (++m->candidate_round)
		return;
	memset(m->candidate_stamp, 0, m->set->rule_count * sizeof(*m->candidate_stamp));
	m->candidate_round = 1;
}

/* Fills m->candidates with the rules of which a witness in this field holds for the event's field i. */
static void find_candidates(struct matcher *m, const struct field_index *x, uint32_t i)
{
	struct index_value value = {m->ev->fields[i].text, fold_field, m};

	next_round(m);
	m->candidate_count = 0;
	m->field = i;
	field_index_find(x, &value, on_witness, m);
}

/* True when the rule was not tried yet for this event. */
static bool rule_begins(struct matcher *m, uint32_t rule)
{
	if (m->rule_stamp[rule] == m->event)
		return false;
	m->rule_stamp[rule] = m->event;
	m->tried[rule]++;
	return true;
}

static void try_rule(struct matcher *m, uint32_t rule, uint32_t *hits)
{
	if (rule_begins(m, rule) && matcher_eval(m, &m->set->exprs[rule]))
		m->hits[(*hits)++] = &m->set->rules[rule];
}

static void try_candidates(struct matcher *m, uint32_t *hits)
{
	for (uint32_t k = 0; k < m->candidate_count; k++)
		try_rule(m, m->candidates[k] & CANDIDATE_RULE, hits);
}

/* Candidates that came with a value of the cache. alone: no other value of the field is in the event. */
static void try_known(struct matcher *m, const struct cache_entry *known, bool alone, uint32_t *hits)
{
	for (uint32_t k = 0; k < known->count; k++) {
		uint32_t candidate = known->rules[k], rule = candidate & CANDIDATE_RULE;

		if (!rule_begins(m, rule) || (alone && candidate & CANDIDATE_NO))
			continue;
		if ((alone && candidate & CANDIDATE_YES) || matcher_eval(m, &m->set->exprs[rule]))
			m->hits[(*hits)++] = &m->set->rules[rule];
	}
}

/* The value's candidates from the cache, or into it. */
static void try_cached(struct matcher *m, const struct program_field *f, uint32_t i, uint32_t field, uint32_t *hits)
{
	struct cache_entry entry = {.program = m->program->number, .field = field};
	const struct chain *chain = &m->chains[field];
	bool alone = field != FIELD_KEYWORD && chain->first == chain->last;
	str text = m->ev->fields[i].text;
	const struct cache_entry *known = cache_get(&m->cache, entry.program, field, text, &entry.hash);

	if (known) {
		m->values[i] = field == FIELD_KEYWORD ? m->values[i] : known->number;
		try_known(m, known, alone, hits);
		return;
	}
	find_candidates(m, f->index, i);
	for (uint32_t k = 0; alone && k < m->candidate_count; k++)
		m->candidates[k] = candidate_decide(m, m->candidates[k], field);
	entry.count = m->candidate_count;
	entry.rules = m->candidates;
	entry.number = cache_put(&m->cache, &entry, text);
	m->values[i] = field == FIELD_KEYWORD ? m->values[i] : entry.number;
	try_candidates(m, hits);
}

static void try_value(struct matcher *m, uint32_t i, uint32_t field, uint32_t *hits)
{
	const struct program_field *f = &m->program->fields[field];
	const struct event_field *value = &m->ev->fields[i];

	if (f->count == 0 || value->type == VALUE_NULL)
		return;
	if (!f->index)
		program_field_make(m->set, m->program, field);
	if (value->text.len < f->shortest || (f->plain && literal_set_misses(f->plain, value->text)))
		return;
	if (!f->plain && value->text.len <= CACHE_VALUE_MAX) {
		try_cached(m, f, i, field, hits);
		return;
	}
	find_candidates(m, f->index, i);
	try_candidates(m, hits);
}

/* ---- keywords: looked for in every value ---- */

static void on_keyword(void *ctx, uint32_t pred)
{
	struct matcher *m = ctx;
	const struct rule_set *set = m->set;

	if (m->pred_answer[pred] == (m->event << 1 | 1) || !witness_holds(m, pred))
		return;
	for (uint32_t i = set->rules_of_first[pred]; i < set->rules_of_first[pred + 1]; i++) {
		uint32_t rule = set->rules_of[i];

		if (!m->program->rules[rule] || m->candidate_stamp[rule] == m->candidate_round)
			continue;
		m->candidate_stamp[rule] = m->candidate_round;
		m->waiting[m->waiting_count++] = rule;
	}
}

/* All values first, the rules afterwards: what was found nowhere need not be looked for again when a rule asks. */
static void find_keywords(struct matcher *m, const struct program_field *f)
{
	next_round(m);
	for (uint32_t i = 0; i < m->ev->field_count; i++) {
		const struct event_field *value = &m->ev->fields[i];
		struct index_value text = {value->text, fold_field, m};

		if (value->type == VALUE_NULL || text.text.len < f->shortest || literal_set_misses(f->plain, text.text))
			continue;
		m->field = i;
		field_index_find(f->index, &text, on_keyword, m);
	}
	m->keywords_known = true;
}

static void try_keywords(struct matcher *m, uint32_t *hits)
{
	struct program_field *f = &m->program->fields[FIELD_KEYWORD];

	if (!f->count)
		return;
	if (!f->index)
		program_field_make(m->set, m->program, FIELD_KEYWORD);
	if (f->plain)
		find_keywords(m, f);
	for (uint32_t i = 0; !f->plain && i < m->ev->field_count; i++)
		try_value(m, i, FIELD_KEYWORD, hits);
}

static int rule_cmp(const void *a, const void *b)
{
	const struct rule *const *x = a, *const *y = b;

	return ((*x)->index > (*y)->index) - ((*x)->index < (*y)->index);
}

uint32_t matcher_match(struct matcher *m, const struct event *ev, const struct rule *const **ret_rules)
{
	struct program *p = program_for(m->set, &m->programs, ev);
	uint32_t hits = 0;

	matcher_begin(m, ev);
	m->program = p;
	m->counts.unknown_source += !ev->source_known;
	m->waiting_count = 0;
	try_keywords(m, &hits);
	for (uint32_t i = 0; i < ev->field_count; i++) {
		uint32_t id = ev->fields[i].name_id;

		if (id && id <= m->set->name_count)
			try_value(m, i, id, &hits);
	}
	/* Last, when the values are known to the cache. */
	for (uint32_t i = 0; i < m->waiting_count; i++)
		try_rule(m, m->waiting[i], &hits);
	for (uint32_t i = 0; i < p->always_count; i++)
		try_rule(m, p->always[i], &hits);
	if (hits > 1)
		qsort(m->hits, hits, sizeof(struct rule *), rule_cmp);
	*ret_rules = m->hits;
	return hits;
}
