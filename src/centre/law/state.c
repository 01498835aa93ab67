/* How an organisation stands to each law: answers, states, rows of its own. */
#include "base/mem.h"
#include "centre/law/internal.h"
#include "craft/record/record.h"
#include "store/queries.gen.h"
#include "store/rows.h"

static const char *const verdict_names[] = {"open", "yes", "no"};
static const char *const compliance_names[] = {"unknown", "met", "partly", "not_met"};
static const struct name_table verdicts = {verdict_names, LAW_VERDICT_COUNT},
			       compliances = {compliance_names, COMPLIANCE_COUNT};

const char *law_verdict_name(enum law_verdict verdict)
{
	return verdict_names[verdict];
}

bool law_verdict_parse(str name, enum law_verdict *ret)
{
	int at = name_find(&verdicts, name);

	if (at >= 0)
		*ret = (enum law_verdict)at;
	return at >= 0;
}

const char *law_compliance_name(enum law_compliance c)
{
	return compliance_names[c];
}

bool law_compliance_parse(str name, enum law_compliance *ret)
{
	int at = name_find(&compliances, name);

	if (at >= 0)
		*ret = (enum law_compliance)at;
	return at >= 0;
}

/* ---- answers ---- */

static enum law_verdict judge_one(const struct law_condition *c, const struct law_answer *a)
{
	if (a->kind == ANSWER_NONE)
		return LAW_OPEN;
	if (c->at_least)
		return a->number >= c->number ? LAW_APPLIES : LAW_DOES_NOT;
	return a->kind == ANSWER_YES ? LAW_APPLIES : LAW_DOES_NOT;
}

enum law_verdict law_judge(const struct law *law, const struct law_answer *answers, uint32_t *ret_question)
{
	enum law_verdict verdict = LAW_APPLIES;

	*ret_question = law->condition_count ? law->conditions[0].question : UINT32_MAX;
	for (uint32_t i = 0; i < law->condition_count; i++) {
		const struct law_condition *c = &law->conditions[i];
		enum law_verdict one = judge_one(c, &answers[c->question]);

		if (one == LAW_APPLIES || (one == LAW_OPEN && verdict == LAW_OPEN))
			continue;
		*ret_question = c->question;
		verdict = one;
		if (one == LAW_DOES_NOT)
			break;
	}
	return verdict;
}

static struct law_answer *answer_of(const struct law_index *index, struct law_answer *answers, str question)
{
	for (uint32_t i = 0; i < index->question_count; i++)
		if (str_eq(index->questions[i].id, question))
			return &answers[i];
	return NULL;
}

int law_answers_load(struct db *db, struct scope scope, const struct law_index *index, struct arena *a,
		     struct law_answer **ret, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct law_answer *answers = arena_alloc(a, index->question_count * sizeof(*answers));
	int rc = db_prepare(db, &Q_law_answer_list, &scope, &st, e);

	if (rc)
		return rc;
	if (!answers)
		return err_set(e, ERR_LIMIT, "err.reader.budget");
	while ((rc = stmt_step(&st, e)) > 0) {
		struct law_answer *n = answer_of(index, answers, stmt_col_text(&st, "question"));

		if (!n) /* of a question that the content no longer asks */
			continue;
		n->number = stmt_col_i64(&st, "number");
		n->user_name = stmt_take(&st, "user_name", a);
		n->at = stmt_col_i64(&st, "at");
		n->kind = stmt_col_i64(&st, "is_number") ? ANSWER_NUMBER : n->number ? ANSWER_YES : ANSWER_NO;
	}
	if (!rc)
		*ret = answers;
	return rc;
}

static int answer_write(struct db *db, const struct actor *who, str question, const struct law_answer *n, time_us now,
			struct err *e)
{
	struct scope scope = actor_scope(who);
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, n->kind == ANSWER_NONE ? &Q_law_answer_drop : &Q_law_answer_put, &scope, &st, e);

	if (rc)
		return rc;
	stmt_text(&st, "question", question);
	if (n->kind != ANSWER_NONE) {
		stmt_i64(&st, "number", n->kind == ANSWER_NUMBER ? n->number : n->kind == ANSWER_YES);
		stmt_i64(&st, "is_number", n->kind == ANSWER_NUMBER);
		stmt_i64(&st, "user_id", who->user_id);
		stmt_text(&st, "user_name", str_of(who->name));
		stmt_i64(&st, "at", now);
	}
	return stmt_run(&st, e);
}

static bool is_same(const struct law_answer *a, const struct law_answer *b)
{
	return a->kind == b->kind && (a->kind != ANSWER_NUMBER || a->number == b->number);
}

static int answers_inside(struct db *db, const struct actor *who, const struct law_index *index,
			  const struct law_answer *answers, time_us now, struct err *e)
{
	static const char *const words[] = {"", "no", "yes", "number"};
	_cleanup_(arena_done) struct arena a = {0};
	struct law_answer *before;
	int rc;

	arena_init(&a, 256u << 10);
	rc = law_answers_load(db, actor_scope(who), index, &a, &before, e);
	for (uint32_t i = 0; !rc && i < index->question_count; i++) {
		const struct law_answer *n = &answers[i];
		const struct trail_pair pairs[] = {{"question", index->questions[i].id},
						   {"answer", str_of(words[n->kind])},
						   {"number", arena_fmt(&a, "%lld", (long long)n->number)},
						   {0}};
		const struct trail t = {
			.action = "law.answer", .kind = "law_question", .id = i + 1, .now = now, .pairs = pairs};

		if (is_same(n, &before[i]))
			continue;
		if (!(rc = answer_write(db, who, index->questions[i].id, n, now, e)))
			rc = trail_add(db, who, &t, e);
	}
	return rc;
}

int law_answers_save(struct db *db, const struct actor *who, const struct law_index *index,
		     const struct law_answer *answers, time_us now, struct err *e)
{
	int rc;

	for (uint32_t i = 0; i < index->question_count; i++)
		if (answers[i].kind == ANSWER_NUMBER && (answers[i].number < 0 || answers[i].number > LAW_NUMBER_MAX)) {
			rc = err_set(e, ERR_RANGE, "err.law.number");
			err_path(e, index->questions[i].id);
			err_expected(e, STR("0–100000000"));
			return rc;
		}
	if ((rc = db_begin(db, e)))
		return rc;
	return db_end(db, answers_inside(db, who, index, answers, now, e), e);
}

/* ---- the register ---- */

struct stored {
	str law;
	struct law_state state;
};

static int read_state(struct stmt *st, struct arena *a, void *ret, struct err *e)
{
	struct stored *s = ret;

	(void)e;
	s->law = stmt_take(st, "law", a);
	s->state = (struct law_state){.version = stmt_col_i64(st, "version"),
				      .evidence = stmt_take(st, "evidence", a),
				      .responsible = stmt_take(st, "responsible", a),
				      .remark = stmt_take(st, "remark", a),
				      .next_check = stmt_col_i64(st, "next_check"),
				      .user_name = stmt_take(st, "user_name", a),
				      .changed_at = stmt_col_i64(st, "changed_at")};
	(void)law_verdict_parse(stmt_col_text(st, "applies"), &s->state.applies);
	(void)law_compliance_parse(stmt_col_text(st, "compliance"), &s->state.compliance);
	return 0;
}

static void both(str ret[LANG_COUNT], str text)
{
	for (size_t lang = 0; lang < LANG_COUNT; lang++)
		ret[lang] = text;
}

static int read_own(struct stmt *st, struct arena *a, void *ret, struct err *e)
{
	struct law *law = ret;

	(void)e;
	law->id = arena_fmt(a, "own-%lld", (long long)stmt_col_i64(st, "id"));
	law->jurisdiction = STR("");
	both(law->article, stmt_take(st, "article", a));
	law->source = stmt_take(st, "source", a);
	both(law->name, stmt_take(st, "name", a));
	both(law->title, stmt_take(st, "title", a));
	both(law->requirement, stmt_take(st, "requirement", a));
	law->certainty = LAW_OWN;
	return 0;
}

static int read_all(struct db *db, const struct query *query, struct scope scope, const struct row_kind *kind,
		    struct arena *a, struct rows *ret, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	uint32_t most = LAWS_MAX + LAW_OWN_MAX;
	int rc = db_prepare(db, query, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "count", most);
	return rows_read(&st, kind, most, a, ret, e);
}

static void put_row(struct law_register *r, const struct law *law, const struct rows *states)
{
	struct law_row *row = &r->rows[r->count++];
	const struct stored *list = states->items;

	row->law = law;
	row->is_own = law->certainty == LAW_OWN;
	for (uint32_t i = 0; i < states->count; i++)
		if (str_eq(list[i].law, law->id))
			row->state = list[i].state;
	row->by_answers = law_judge(law, r->answers, &row->question);
	row->applies = row->state.applies == LAW_OPEN ? row->by_answers : row->state.applies;
}

int law_register_load(struct db *db, struct scope scope, const struct law_index *index, struct arena *a,
		      struct law_register *ret, struct err *e)
{
	static const struct row_kind state_kind = {sizeof(struct stored), read_state},
				     own_kind = {sizeof(struct law), read_own};
	struct law_register r = {.count = 0};
	struct rows states, own;
	int rc;

	if ((rc = law_answers_load(db, scope, index, a, &r.answers, e)) ||
	    (rc = read_all(db, &Q_law_state_list, scope, &state_kind, a, &states, e)) ||
	    (rc = read_all(db, &Q_law_own_list, scope, &own_kind, a, &own, e)))
		return rc;
	r.rows = arena_alloc(a, (index->law_count + own.count) * sizeof(*r.rows));
	if (!r.rows)
		return err_set(e, ERR_LIMIT, "err.reader.budget");
	for (uint32_t i = 0; i < index->law_count; i++)
		put_row(&r, &index->laws[i], &states);
	for (uint32_t i = 0; i < own.count; i++)
		put_row(&r, &((const struct law *)own.items)[i], &states);
	*ret = r;
	return 0;
}

const struct law_row *law_row_find(const struct law_register *r, str law_id)
{
	for (uint32_t i = 0; i < r->count; i++)
		if (str_eq(r->rows[i].law->id, law_id))
			return &r->rows[i];
	return NULL;
}

bool law_row_matches(const struct law_row *row, str text)
{
	const struct law *l = row->law;

	for (size_t lang = 0; lang < LANG_COUNT; lang++) {
		const str texts[] = {l->name[lang],  l->title[lang],  l->requirement[lang],
				     l->scene[lang], l->status[lang], l->measure[lang]};

		for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
			if (str_find_nocase(texts[i], text) >= 0)
				return true;
		for (uint32_t i = 0; i < l->addressee_count; i++)
			if (str_find_nocase(l->addressees[i][lang], text) >= 0)
				return true;
	}
	for (uint32_t i = 0; i < l->service_count; i++)
		if (str_eq_nocase(l->services[i]->id, text))
			return true;
	return str_find_nocase(l->id, text) >= 0 || str_find_nocase(row->state.responsible, text) >= 0 ||
	       str_find_nocase(row->state.evidence, text) >= 0;
}

/* ---- writing ---- */

static int state_check(const struct law_state *s, struct err *e)
{
	int rc;

	if ((rc = check_length("responsible", s->responsible, LAW_NAME_MAX, false, e)) ||
	    (rc = check_length("evidence", s->evidence, LAW_TEXT_MAX, false, e)))
		return rc;
	return check_length("remark", s->remark, LAW_TEXT_MAX, false, e);
}

static int state_write(struct db *db, const struct actor *who, const struct law_change *c, struct err *e)
{
	const struct law_state *s = c->state;
	const struct trail_pair pairs[] = {{"law", c->law},
					   {"applies", str_of(law_verdict_name(s->applies))},
					   {"compliance", str_of(law_compliance_name(s->compliance))},
					   {"responsible", s->responsible},
					   {"evidence", s->evidence},
					   {0}};
	const struct trail t = {
		.action = "law.state", .kind = "law_state", .id = s->version + 1, .now = c->now, .pairs = pairs};
	struct scope scope = actor_scope(who);
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, s->version ? &Q_law_state_update : &Q_law_state_insert, &scope, &st, e);

	if (rc)
		return rc;
	stmt_text(&st, "law", c->law);
	if (s->version)
		stmt_i64(&st, "version", s->version);
	stmt_text(&st, "applies", str_of(law_verdict_name(s->applies)));
	stmt_text(&st, "compliance", str_of(law_compliance_name(s->compliance)));
	stmt_text(&st, "evidence", s->evidence.ptr ? str_trim(s->evidence) : STR(""));
	stmt_text(&st, "responsible", s->responsible.ptr ? str_trim(s->responsible) : STR(""));
	stmt_text(&st, "remark", s->remark.ptr ? str_trim(s->remark) : STR(""));
	stmt_i64(&st, "next_check", s->next_check);
	stmt_i64(&st, "user_id", who->user_id);
	stmt_text(&st, "user_name", str_of(who->name));
	stmt_i64(&st, "changed_at", c->now);
	if ((rc = stmt_run(&st, e)))
		return rc;
	if (db_changes(db) != 1)
		return err_set_value(e, ERR_CONFLICT, "err.law.changed", c->law);
	return trail_add(db, who, &t, e);
}

int law_state_save(struct db *db, const struct actor *who, const struct law_change *change, struct err *e)
{
	int rc = state_check(change->state, e);

	if (rc || (rc = db_begin(db, e)))
		return rc;
	return db_end(db, state_write(db, who, change, e), e);
}

static int own_write(struct db *db, const struct actor *who, const struct law_own *own, time_us now, int64_t *ret_id,
		     struct err *e)
{
	const struct trail_pair pairs[] = {{"name", own->name}, {"title", own->title}, {"source", own->source}, {0}};
	struct trail t = {.action = "law.own", .kind = "law", .now = now, .pairs = pairs};
	struct scope scope = actor_scope(who);
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_law_own_insert, &scope, &st, e);

	if (rc)
		return rc;
	stmt_text(&st, "name", str_trim(own->name));
	stmt_text(&st, "article", own->article.ptr ? str_trim(own->article) : STR(""));
	stmt_text(&st, "title", str_trim(own->title));
	stmt_text(&st, "requirement", own->requirement.ptr ? str_trim(own->requirement) : STR(""));
	stmt_text(&st, "source", own->source.ptr ? str_trim(own->source) : STR(""));
	stmt_text(&st, "user_name", str_of(who->name));
	stmt_i64(&st, "at", now);
	stmt_i64(&st, "most", LAW_OWN_MAX);
	if ((rc = stmt_run(&st, e)))
		return rc;
	if (db_changes(db) != 1)
		return err_set_value(e, ERR_LIMIT, "err.law.too_many", STR("200"));
	*ret_id = t.id = db_last_id(db);
	return trail_add(db, who, &t, e);
}

int law_own_add(struct db *db, const struct actor *who, const struct law_own *own, time_us now, int64_t *ret_id,
		struct err *e)
{
	int rc;

	if ((rc = check_length("name", own->name, LAW_NAME_MAX, true, e)) ||
	    (rc = check_length("article", own->article, LAW_NAME_MAX, false, e)) ||
	    (rc = check_length("title", own->title, LAW_NAME_MAX, true, e)) ||
	    (rc = check_length("requirement", own->requirement, LAW_TEXT_MAX, false, e)) ||
	    (rc = check_length("source", own->source, LAW_TEXT_MAX, false, e)) || (rc = db_begin(db, e)))
		return rc;
	return db_end(db, own_write(db, who, own, now, ret_id, e), e);
}
