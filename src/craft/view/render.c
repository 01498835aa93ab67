#include "base/check.h"
#include "craft/view/internal.h"

struct render {
	const struct view_set *set;
	struct buf *out;
	struct view_page *page;
	enum lang lang;
	unsigned depth;
};

static const struct view_template *template_find(const struct view_set *set, str name)
{
	size_t low = 0, high = set->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int order = str_cmp(name, set->templates[mid].name);

		if (order == 0)
			return &set->templates[mid];
		if (order < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return NULL;
}

static const struct view_value *map_find(const struct view *v, str name, uint32_t hash)
{
	for (const struct view_value *value = v->values; value; value = value->next)
		if (value->hash == hash && str_eq(str_of(value->name), name))
			return value;
	return NULL;
}

/* "a.b": a is looked up from the innermost map outwards, b only inside a. */
static const struct view_value *find(const struct view *v, str name, uint32_t hash)
{
	const struct view_value *value = NULL;
	str rest = name, part = STR_NONE;

	str_next(&rest, '.', &part);
	for (; v && !value; v = v->parent)
		value = map_find(v, part, hash);
	while (value && rest.ptr) {
		str_next(&rest, '.', &part);
		value = value->kind == VIEW_MAP ? map_find(value->first, part, view_hash(part)) : NULL;
	}
	return value;
}

static void note_missing(struct render *r, str name)
{
	if (!r->page->missing_count++)
		r->page->missing_name = name;
#ifdef NOROSHI_DEBUG
	check_failed(name.ptr, "template", 0); /* a name in a template that no handler filled */
#endif
}

static void render_word(struct render *r, const struct view *v, str key, enum view_escape place, unsigned depth);

static void render_value(struct render *r, const struct view *v, const struct view_value *value, enum view_escape place,
			 unsigned depth)
{
	switch (value->kind) {
	case VIEW_TEXT:
		view_escape(r->out, value->text, place);
		break;
	case VIEW_I64:
		buf_add_i64(r->out, value->number);
		break;
	case VIEW_BOOL:
		buf_add(r->out, value->number ? STR("true") : STR("false"));
		break;
	case VIEW_WORD:
		render_word(r, v, value->text, place, depth);
		break;
	case VIEW_HTML:
		if (place == ESCAPE_TEXT)
			buf_add(r->out, value->text);
		else
			view_escape(r->out, value->text, place);
		break;
	case VIEW_MAP:
	case VIEW_LIST:
		break;
	}
}

static void render_name(struct render *r, const struct view *v, const struct view_op *op)
{
	const struct view_value *value = find(v, op->text, op->hash);

	if (value)
		render_value(r, v, value, (enum view_escape)op->escape, 0);
	else if (str_eq(op->text, STR("lang")))
		buf_add(r->out, str_of(lang_code(r->lang)));
	else
		note_missing(r, op->text);
}

static void render_word(struct render *r, const struct view *v, str key, enum view_escape place, unsigned depth)
{
	str sentence = words_get(r->lang, key), text, name;
	const struct view_value *value;

	while (words_next(&sentence, &text, &name)) {
		view_escape(r->out, text, place);
		if (!name.ptr)
			continue;
		value = depth < VIEW_WORD_DEPTH_MAX ? find(v, name, view_hash(name)) : NULL;
		if (value)
			render_value(r, v, value, place, depth + 1);
		else
			note_missing(r, name);
	}
}

static bool is_true(const struct view_value *value)
{
	if (!value)
		return false;
	switch (value->kind) {
	case VIEW_I64:
	case VIEW_BOOL:
		return value->number != 0;
	case VIEW_TEXT:
	case VIEW_HTML:
		return value->text.len > 0;
	case VIEW_LIST:
		return value->first != NULL;
	default:
		return true;
	}
}

static void render_ops(struct render *r, const struct view *v, const struct view_op *ops, unsigned from, unsigned to);

static void render_section(struct render *r, const struct view *v, const struct view_op *ops, unsigned at)
{
	const struct view_value *value = find(v, ops[at].text, ops[at].hash);
	unsigned end = ops[at].end;

	if (is_true(value) != (ops[at].kind == OP_SECTION))
		return;
	if (ops[at].kind == OP_INVERTED || (value->kind != VIEW_LIST && value->kind != VIEW_MAP)) {
		render_ops(r, v, ops, at + 1, end);
		return;
	}
	for (const struct view *item = value->first; item && !r->out->failed; item = item->next)
		render_ops(r, item, ops, at + 1, end);
}

static void render_ops(struct render *r, const struct view *v, const struct view_op *ops, unsigned from, unsigned to)
{
	const struct view_template *partial;

	CHECK(++r->depth < VIEW_DEPTH_MAX);
	for (unsigned at = from; at < to; at++)
		switch (ops[at].kind) {
		case OP_TEXT:
			buf_add(r->out, ops[at].text);
			break;
		case OP_VALUE:
			render_name(r, v, &ops[at]);
			break;
		case OP_WORD:
			render_word(r, v, ops[at].text, (enum view_escape)ops[at].escape, 0);
			break;
		case OP_PARTIAL:
			partial = &r->set->templates[ops[at].end];
			render_ops(r, v, partial->ops, partial->from, partial->to);
			break;
		default:
			render_section(r, v, ops, at);
			at = ops[at].end - 1u;
			break;
		}
	r->depth--;
}

int view_render_from(const struct view_set *set, str template_name, const struct view *v, enum lang lang,
		     struct buf *out)
{
	const struct view_template *t = template_find(set, template_name);
	struct render r = {.set = set, .out = out, .lang = lang};

	if (!t)
		return -ERR_NOT_FOUND;
	if (!v || v->page->failed)
		return -ERR_LIMIT;
	r.page = v->page;
	render_ops(&r, v, t->ops, t->from, t->to);
	return 0;
}

static struct view_set pages(void)
{
	return (struct view_set){view_templates, view_templates_count};
}

int view_render(str template_name, const struct view *v, enum lang lang, struct buf *out, struct err *e)
{
	struct view_set set = pages();
	int rc = view_render_from(&set, template_name, v, lang, out);

	if (rc == -ERR_NOT_FOUND)
		return err_set_value(e, ERR_NOT_FOUND, "err.view.unknown", template_name);
	if (rc)
		return err_set_value(e, ERR_LIMIT, "err.view.memory", template_name);
	return buf_check(out, e);
}

bool view_exists(str template_name)
{
	struct view_set set = pages();

	return template_find(&set, template_name) != NULL;
}

size_t view_missing(const struct view *v, str *ret_name)
{
	*ret_name = v->page->missing_name;
	return v->page->missing_count;
}
