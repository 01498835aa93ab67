#include "flow/parse/text_parser.h"

#include <stdlib.h>

#include "flow/parse/mapping.h"

void text_parsers_init(struct text_parsers *t, struct hash_key key)
{
	map_init(&t->exact, key);
	map_init(&t->ids, key);
}

void text_parsers_done(struct text_parsers *t)
{
	map_done(&t->exact);
	map_done(&t->ids);
	free(t->programs);
	free(t->items);
}

const struct text_program *text_parsers_program(const struct text_parsers *t, str program)
{
	char room[TEXT_PROGRAM_MAX];
	uint64_t at;
	str low;

	if (t->program_count == 0 || program.len == 0 || !lower_into(program, room, sizeof(room), &low))
		return NULL;
	if (map_get(&t->exact, low, &at))
		return &t->programs[at];
	for (size_t i = 0; i < t->program_count; i++)
		if (t->programs[i].begins && str_starts(low, t->programs[i].name))
			return &t->programs[i];
	return NULL;
}

static bool add(struct leaves *l, str name, str text)
{
	text = leaves_clean(l, text);
	if (text.len && !text.ptr)
		return false;
	leaves_add(l, path_child(l->paths, PATH_ROOT, name), name, text, LEAF_TEXT);
	return true;
}

static bool add_values(const struct text_pattern *tp, const struct pattern_value *values, int count, struct leaves *l)
{
	for (int i = 0; i < count; i++) {
		const struct pattern_value *v = &values[i];
		str text = pattern_text(v, l);

		if (!text.ptr && v->text.len)
			return false;
		for (uint32_t n = 0; n < tp->name_count[v->field]; n++)
			if (!add(l, tp->names[v->field][n], text))
				return false;
	}
	for (uint32_t i = 0; i < tp->fixed_count; i++)
		if (!add(l, tp->fixed[i].name, tp->fixed[i].text))
			return false;
	return true;
}

int text_parser_match(const struct text_parser *p, str message, struct leaves *l)
{
	struct pattern_value values[PATTERN_FIELDS_MAX];

	for (uint32_t i = 0; i < p->pattern_count; i++) {
		int count = pattern_match(p->patterns[i].pattern, message, values);

		if (count < 0)
			continue;
		return add_values(&p->patterns[i], values, count, l) ? (int)i : -2;
	}
	return -1;
}

static enum text_answer answer(const struct text_parser *p, str message, struct leaves *l)
{
	int found = text_parser_match(p, message, l);

	if (found == -1)
		return TEXT_NOT_OURS;
	return found >= 0 && add(l, STR(TEXT_PARSER_FIELD), p->id) ? TEXT_FITS : TEXT_NO_ROOM;
}

enum text_answer text_parsers_message(const struct text_parsers *t, str program, str message, struct leaves *l)
{
	const struct text_program *claimed = t ? text_parsers_program(t, program) : NULL;
	enum text_answer said = TEXT_NOT_OURS;

	message = str_trim(message);
	for (uint32_t i = 0; claimed && i < claimed->count && said == TEXT_NOT_OURS; i++)
		said = answer(&t->items[claimed->parsers[i]], message, l);
	if (!claimed || said != TEXT_NOT_OURS)
		return said;
	return add(l, STR(TEXT_PARSER_FIELD), t->items[claimed->parsers[0]].id) ? TEXT_CLAIMED : TEXT_NO_ROOM;
}

enum text_answer text_parsers_line(const struct text_parsers *t, str line, struct leaves *l)
{
	enum text_answer said = TEXT_NOT_OURS;

	if (!t || !t->any_lines)
		return said;
	line = str_trim(line);
	for (size_t i = 0; i < t->count && said == TEXT_NOT_OURS; i++)
		if (t->items[i].lines)
			said = answer(&t->items[i], line, l);
	return said;
}

const struct text_parser *text_parsers_find(const struct text_parsers *t, str id)
{
	uint64_t at;

	return map_get(&t->ids, id, &at) ? &t->items[at] : NULL;
}
