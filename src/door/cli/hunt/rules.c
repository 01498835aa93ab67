/* The verb `rules check`: what a compiler would say about rules. */
#include <inttypes.h>

#include "base/mem.h"
#include "door/cli/hunt/rules_load.h"
#include "door/cli/verbs.h"
#include "model/event_json.h"

static void add_message(struct buf *out, const struct cli *c, const struct rule_problem *p)
{
	struct buf text;

	buf_init(&text, 16384);
	words_add_err(&text, c->lang, &p->err);
	json_add_text(out, buf_str(&text));
	buf_done(&text);
}

static void add_problem_json(struct buf *out, const struct cli *c, const struct rule_problem *p, const char *severity)
{
	buf_add(out, STR("{\"path\":"));
	json_add_text(out, p->path);
	buf_add_fmt(out,
		    ",\"line\":%u,\"column\":%u,\"severity\":\"%s\",\"code\":\"%s\",\"key\":\"%s\",\"value\":", p->line,
		    p->column, severity, err_code_name(p->err.code), p->err.id);
	json_add_text(out, str_of(p->err.value));
	buf_add(out, STR(",\"message\":"));
	add_message(out, c, p);
	buf_add_byte(out, '}');
}

static void print_json(const struct cli *c, const struct rule_set *set)
{
	uint32_t problems = rule_set_problem_count(set), notes = rule_set_note_count(set);
	struct buf out;

	buf_init(&out, 256u << 20);
	buf_add_fmt(&out, "{\"rules\":%u,\"failed\":%u,\"problems\":[", rule_set_count(set), problems);
	for (uint32_t i = 0; i < problems; i++) {
		if (i)
			buf_add_byte(&out, ',');
		add_problem_json(&out, c, rule_set_problem(set, i), "error");
	}
	for (uint32_t i = 0; i < notes; i++) {
		if (i || problems)
			buf_add_byte(&out, ',');
		add_problem_json(&out, c, rule_set_note(set, i), "note");
	}
	buf_add(&out, STR("]}\n"));
	fwrite(out.ptr, 1, out.len, c->out);
	buf_done(&out);
}

static void print_lines(const struct cli *c, const struct rule_problem *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct buf text;

		buf_init(&text, 16384);
		words_add_err(&text, c->lang, &list[i]->err);
		fprintf(c->out, "%s\n", buf_cstr(&text));
		buf_done(&text);
	}
}

static void print_text(const struct cli *c, const struct rule_set *set)
{
	uint32_t problems = rule_set_problem_count(set), notes = rule_set_note_count(set);
	_cleanup_free_ const struct rule_problem **list = mem_alloc(problems + notes + 1u, sizeof(*list));
	struct buf rules, failed, out;

	for (uint32_t i = 0; i < problems; i++)
		list[i] = rule_set_problem(set, i);
	for (uint32_t i = 0; i < notes; i++)
		list[problems + i] = rule_set_note(set, i);
	print_lines(c, list, problems + notes);
	buf_init(&rules, 32);
	buf_init(&failed, 32);
	buf_init(&out, 4096);
	buf_add_u64(&rules, rule_set_count(set));
	buf_add_u64(&failed, problems);
	words_add(&out, c->lang, STR("detect.checked"),
		  (const struct word_arg[]){{"rules", buf_str(&rules)}, {"failed", buf_str(&failed)}}, 2);
	fprintf(c->out, "%s\n", buf_cstr(&out));
	buf_done(&rules);
	buf_done(&failed);
	buf_done(&out);
}

static int rules_check_run(struct cli *c)
{
	struct name_table *names = name_table_create();
	struct rule_set *set = NULL;
	int status = EXIT_ERROR;
	struct err e;

	if (rules_load(c, c->args, c->arg_count, names, &set, &e) < 0) {
		cli_report(c, &e);
	} else {
		if (cli_has(c, "json"))
			print_json(c, set);
		else
			print_text(c, set);
		status = rule_set_problem_count(set) ? EXIT_RULES : EXIT_DONE;
	}
	rule_set_free(set);
	name_table_free(names);
	return status;
}

static const struct cli_option rules_check_options[] = {
	{"json", NULL, false, false},
	{0},
};

const struct verb verb_rules_check = {"rules check", "PATH…", rules_check_options, rules_check_run};
