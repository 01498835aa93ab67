#include "door/cli/hunt/rules_load.h"

#include "craft/content/content.h"

#define CONTENT_RULES STR("sigma/")

struct loading {
	const struct cli *cli;
	struct rule_set *set;
};

static int add_content(void *ctx, str path, struct err *e)
{
	const struct loading *l = ctx;
	struct buf text;
	int rc;

	if (!str_ends(path, STR(".yml")) && !str_ends(path, STR(".yaml")))
		return 0;
	buf_init(&text, CONTENT_FILE_MAX);
	rc = content_read(l->cli->data_folder, path, &text, e);
	if (rc == 0)
		rc = rule_set_add(l->set, buf_str(&text), path, e);
	buf_done(&text);
	return rc;
}

static int load_content(const struct cli *c, struct name_table *names, struct rule_set **ret, struct err *e)
{
	struct loading l = {.cli = c};
	int rc = rule_set_create(names, &l.set, e);

	if (rc < 0)
		return rc;
	rc = content_each(c->data_folder, CONTENT_RULES, add_content, &l, e);
	if (rc == 0)
		rc = rule_set_seal(l.set, e);
	if (rc < 0)
		rule_set_free(l.set);
	else
		*ret = l.set;
	return rc;
}

int rules_load(const struct cli *c, const str *paths, size_t count, struct name_table *names, struct rule_set **ret,
	       struct err *e)
{
	if (count)
		return rule_set_load(paths, count, names, ret, e);
	return load_content(c, names, ret, e);
}

void rules_tell_problems(const struct cli *c, const struct rule_set *set)
{
	for (uint32_t i = 0; i < rule_set_problem_count(set); i++)
		cli_report(c, &rule_set_problem(set, i)->err);
}
