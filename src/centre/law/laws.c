/* The two content files. */
#include "base/mem.h"
#include "centre/law/internal.h"
#include "craft/content/content.h"

static const char *const certainty_names[] = {"high", "medium", "recalled", "own", NULL};
static const char *const content_certainties[] = {"high", "medium", "recalled", NULL};
static const char *const units[] = {"at_once", "hours", "days", "business_days", "months", "unknown", NULL};
static const char *const starts[] = {"know",
				     "occurrence",
				     "classification",
				     "materiality",
				     "notification",
				     "initial_report",
				     "intermediate_report",
				     "receipt",
				     "order",
				     "transaction",
				     "fix",
				     NULL};

const char *law_certainty_name(enum law_certainty certainty)
{
	return certainty_names[certainty];
}

/* ---- questions ---- */

static int read_question(struct reader *r, const struct yaml_node *node, struct law_question *q)
{
	static const char *const keys[] = {"id", "kind", "text", NULL};
	static const char *const kinds[] = {"yes_no", "number", NULL};
	uint32_t kind;
	int rc;

	if ((rc = reader_keys(r, node, keys)) || (rc = reader_string(r, node, STR("id"), &q->id)) ||
	    (rc = reader_word(r, node, STR("kind"), kinds, &kind)) ||
	    (rc = reader_texts(r, node, STR("text"), READER_BOTH, q->text)))
		return rc;
	if (q->id.len > LAW_ID_MAX)
		return reader_refuse(r, yaml_get(node, STR("id")), "err.reader.id_long", STR("32"));
	q->is_number = kind == 1;
	return 0;
}

static int read_questions(struct reader *r, str text, struct law_index *index)
{
	static const char *const keys[] = {"questions", NULL};
	const struct yaml_node *root, *list;
	int rc = reader_document(r, text, &root);

	if (rc || (rc = reader_keys(r, root, keys)) ||
	    (rc = reader_list(r, root, STR("questions"), (uint32_t[]){1, LAW_QUESTIONS_MAX}, &list)) ||
	    (rc = reader_alloc(r, list->count, sizeof(*index->questions), &index->questions)))
		return rc;
	for (uint32_t i = 0; !rc && i < list->count; i++) {
		rc = read_question(r, &list->items[i], &index->questions[i]);
		for (uint32_t k = 0; !rc && k < i; k++)
			if (str_eq(index->questions[k].id, index->questions[i].id))
				rc = reader_refuse(r, yaml_get(&list->items[i], STR("id")), "err.reader.twice",
						   STR_NONE);
	}
	index->question_count = rc ? 0 : list->count;
	return rc;
}

/* ---- conditions ---- */

static bool read_condition(const struct law_index *index, str text, struct law_condition *ret)
{
	ptrdiff_t yes = str_find(text, STR("=yes")), least = str_find(text, STR(">="));
	struct law_condition c = {.at_least = least >= 0};
	str id;

	if (c.at_least)
		id = str_sub(text, 0, (size_t)least);
	else if (yes >= 0 && (size_t)yes + 4 == text.len)
		id = str_sub(text, 0, (size_t)yes);
	else
		return false;
	if (c.at_least &&
	    (!str_to_i64(str_from(text, (size_t)least + 2), &c.number) || c.number < 0 || c.number > LAW_NUMBER_MAX))
		return false;
	for (; c.question < index->question_count; c.question++)
		if (str_eq(index->questions[c.question].id, id) &&
		    index->questions[c.question].is_number == c.at_least) {
			*ret = c;
			return true;
		}
	return false;
}

/* "a=yes&b>=301" or "always". */
static int read_applies(struct reader *r, const struct law_index *index, const struct yaml_node *node, struct law *law)
{
	str text, part;
	int rc = reader_string(r, node, STR("applies"), &text);

	if (rc || str_eq(text, STR("always")))
		return rc;
	while (str_next(&text, '&', &part))
		if (law->condition_count == LAW_LIST_MAX ||
		    !read_condition(index, str_trim(part), &law->conditions[law->condition_count++]))
			return reader_refuse(r, yaml_get(node, STR("applies")), "err.law.applies", STR_NONE);
	return 0;
}

/* ---- laws ---- */

static int read_texts_list(struct reader *r, const struct yaml_node *node, str key, str (*ret)[LANG_COUNT],
			   uint32_t *ret_count)
{
	static const char *const langs[] = {"en", "ja", NULL};
	const struct yaml_node *list;
	int rc;

	if (!yaml_get(node, key))
		return 0;
	rc = reader_list(r, node, key, (uint32_t[]){1, LAW_LIST_MAX}, &list);
	for (uint32_t i = 0; !rc && i < list->count; i++)
		if (!(rc = reader_keys(r, &list->items[i], langs)) &&
		    !(rc = reader_string(r, &list->items[i], STR("en"), &ret[i][LANG_EN])))
			rc = reader_string(r, &list->items[i], STR("ja"), &ret[i][LANG_JA]);
	if (!rc)
		*ret_count = list->count;
	return rc;
}

static int read_flag(struct reader *r, const struct yaml_node *node, str key, bool *ret)
{
	static const char *const words[] = {"false", "true", NULL};
	uint32_t at = 0;
	int rc = yaml_get(node, key) ? reader_word(r, node, key, words, &at) : 0;

	*ret = at == 1;
	return rc;
}

static int read_deadline(struct reader *r, const struct yaml_node *node, struct law_deadline *d)
{
	static const char *const keys[] = {"name", "unit", "amount", "from", "first_day", "moves", "note", NULL};
	uint32_t unit, from;
	int rc;

	if ((rc = reader_keys(r, node, keys)) || (rc = reader_texts(r, node, STR("name"), READER_BOTH, d->name)) ||
	    (rc = reader_word(r, node, STR("unit"), units, &unit)) ||
	    (rc = reader_number(r, node, STR("amount"), (uint32_t[]){0, 3660}, &d->amount)) ||
	    (rc = reader_word(r, node, STR("from"), starts, &from)) ||
	    (rc = read_flag(r, node, STR("first_day"), &d->first_day)) ||
	    (rc = read_flag(r, node, STR("moves"), &d->moves)))
		return rc;
	d->unit = (enum law_unit)unit;
	d->from = str_of(starts[from]);
	return reader_texts_if(r, node, STR("note"), READER_BOTH, d->note);
}

static int read_deadlines(struct reader *r, const struct yaml_node *node, struct law *law)
{
	const struct yaml_node *list;
	int rc;

	if (!yaml_get(node, STR("deadlines")))
		return 0;
	rc = reader_list(r, node, STR("deadlines"), (uint32_t[]){1, LAW_LIST_MAX}, &list);
	for (uint32_t i = 0; !rc && i < list->count; i++)
		rc = read_deadline(r, &list->items[i], &law->deadlines[i]);
	if (!rc)
		law->deadline_count = list->count;
	return rc;
}

static int read_services(struct reader *r, const struct framework *fw, const struct yaml_node *node, struct law *law)
{
	const struct yaml_node *list;
	int rc = reader_list(r, node, STR("services"), (uint32_t[]){0, LAW_LIST_MAX}, &list);

	for (uint32_t i = 0; !rc && i < list->count; i++) {
		law->services[i] = framework_service(fw, list->items[i].text);
		if (!law->services[i])
			rc = reader_refuse(r, &list->items[i], "err.lens.no_service", fw->id);
	}
	if (!rc)
		law->service_count = list->count;
	return rc;
}

static int read_law(struct reader *r, const struct law_files *files, const struct law_index *index,
		    const struct yaml_node *node, struct law *law)
{
	static const char *const keys[] = {"id",          "jurisdiction",  "law",      "article", "title",
					   "requirement", "scene",         "status",   "measure", "triggers",
					   "addressees",  "deadlines",     "services", "applies", "source",
					   "certainty",   "register_2009", NULL};
	uint32_t certainty;
	int rc;

	if ((rc = reader_keys(r, node, keys)) || (rc = reader_string(r, node, STR("id"), &law->id)) ||
	    (rc = reader_string(r, node, STR("jurisdiction"), &law->jurisdiction)) ||
	    (rc = reader_texts(r, node, STR("law"), READER_BOTH, law->name)) ||
	    (rc = reader_texts(r, node, STR("article"), READER_BOTH, law->article)) ||
	    (rc = reader_texts(r, node, STR("title"), READER_BOTH, law->title)) ||
	    (rc = reader_texts(r, node, STR("requirement"), READER_BOTH, law->requirement)) ||
	    (rc = reader_texts_if(r, node, STR("scene"), READER_BOTH, law->scene)) ||
	    (rc = reader_texts(r, node, STR("status"), READER_BOTH, law->status)) ||
	    (rc = reader_texts_if(r, node, STR("measure"), READER_BOTH, law->measure)) ||
	    (rc = read_texts_list(r, node, STR("triggers"), law->triggers, &law->trigger_count)) ||
	    (rc = read_texts_list(r, node, STR("addressees"), law->addressees, &law->addressee_count)) ||
	    (rc = read_deadlines(r, node, law)) || (rc = read_services(r, files->framework, node, law)) ||
	    (rc = read_applies(r, index, node, law)) || (rc = reader_string(r, node, STR("source"), &law->source)) ||
	    (rc = reader_word(r, node, STR("certainty"), content_certainties, &certainty)) ||
	    (rc = reader_string_if(r, node, STR("register_2009"), &law->register_2009)))
		return rc;
	law->certainty = (enum law_certainty)certainty;
	if (law->id.len > LAW_ID_MAX || str_starts(law->id, STR("own-")))
		return reader_refuse(r, yaml_get(node, STR("id")), "err.reader.id_long", STR("32"));
	return 0;
}

static int read_laws(struct reader *r, const struct law_files *files, struct law_index *index)
{
	static const char *const keys[] = {"checked", "laws", NULL};
	const struct yaml_node *root, *list;
	day_t day;
	int rc = reader_document(r, files->laws, &root);

	if (rc || (rc = reader_keys(r, root, keys)) || (rc = reader_string(r, root, STR("checked"), &index->checked)) ||
	    (rc = reader_list(r, root, STR("laws"), (uint32_t[]){1, LAWS_MAX}, &list)) ||
	    (rc = reader_alloc(r, list->count, sizeof(*index->laws), &index->laws)))
		return rc;
	if (!day_parse(index->checked, &day))
		return reader_refuse(r, yaml_get(root, STR("checked")), "err.reader.word", STR("2026-11-21"));
	for (uint32_t i = 0; !rc && i < list->count; i++) {
		rc = read_law(r, files, index, &list->items[i], &index->laws[i]);
		for (uint32_t k = 0; !rc && k < i; k++)
			if (str_eq(index->laws[k].id, index->laws[i].id))
				rc = reader_refuse(r, yaml_get(&list->items[i], STR("id")), "err.reader.twice",
						   STR_NONE);
	}
	index->law_count = rc ? 0 : list->count;
	return rc;
}

int law_index_read(const struct law_files *files, struct law_index **ret, struct err *e)
{
	struct law_index *index = mem_alloc(1, sizeof(*index));
	struct reader r = {.path = STR(LAW_QUESTIONS_CONTENT), .arena = &index->arena, .e = e};
	str questions, laws;
	int rc;

	arena_init(&index->arena, LAW_BUDGET);
	questions = arena_str(&index->arena, files->questions);
	laws = arena_str(&index->arena, files->laws);
	rc = questions.ptr && laws.ptr ? read_questions(&r, questions, index)
				       : err_set(e, ERR_LIMIT, "err.reader.budget");
	if (!rc) {
		r.path = STR(LAWS_CONTENT);
		rc = read_laws(&r, &(struct law_files){.laws = laws, .framework = files->framework}, index);
	}
	if (rc) {
		law_index_free(index);
		return rc;
	}
	*ret = index;
	return 0;
}

int law_index_load(str data_folder, const struct framework *framework, struct law_index **ret, struct err *e)
{
	_cleanup_(buf_done) struct buf laws = {0}, questions = {0};
	int rc;

	buf_init(&laws, CONTENT_FILE_MAX);
	buf_init(&questions, CONTENT_FILE_MAX);
	if ((rc = content_read(data_folder, STR(LAWS_CONTENT), &laws, e)) ||
	    (rc = content_read(data_folder, STR(LAW_QUESTIONS_CONTENT), &questions, e)))
		return rc;
	return law_index_read(&(struct law_files){buf_str(&laws), buf_str(&questions), framework}, ret, e);
}

void law_index_free(struct law_index *index)
{
	if (!index)
		return;
	arena_done(&index->arena);
	free(index);
}

uint32_t law_count(const struct law_index *index)
{
	return index->law_count;
}

const struct law *law_at(const struct law_index *index, uint32_t at)
{
	return at < index->law_count ? &index->laws[at] : NULL;
}

str law_checked(const struct law_index *index)
{
	return index->checked;
}

uint32_t law_question_count(const struct law_index *index)
{
	return index->question_count;
}

const struct law_question *law_question_at(const struct law_index *index, uint32_t at)
{
	return at < index->question_count ? &index->questions[at] : NULL;
}
