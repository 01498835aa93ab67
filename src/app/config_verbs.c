/* The verbs `config check`, `config show` and `config doc`: all from the table in config.h. */
#include "app/verbs.h"

#include <stdlib.h>

#include "app/config.h"
#include "base/mem.h"
#include "os/file.h"

static const struct cli_option options[] = {{"config", "FILE", false, false}, {0}};

static void put(FILE *out, str s)
{
	fwrite(s.ptr ? s.ptr : "", 1, s.len, out);
}

static const char *lookup_environment(const char *name)
{
	return getenv(name);
}

int app_config_open(const struct cli *c, struct config *ret, struct err *e)
{
	str path = cli_value(c, "config");
	_cleanup_(buf_done) struct buf fallback = {0};

	if (!path.ptr) {
		buf_init(&fallback, 8192);
		buf_add(&fallback, c->data_folder);
		buf_add(&fallback, STR("/noroshi.yaml"));
		path = file_exists(buf_str(&fallback)) ? buf_str(&fallback) : STR("");
	}
	return config_load(path, lookup_environment, ret, e);
}

static int open_or_report(struct cli *c, struct config *ret)
{
	struct err e;

	if (app_config_open(c, ret, &e) == 0)
		return 0;
	cli_report(c, &e);
	return EXIT_ERROR;
}

static int check_run(struct cli *c)
{
	struct config config;
	int status = open_or_report(c, &config);

	if (status)
		return status;
	put(c->out, words_get(c->lang, STR("config.ok")));
	fputc('\n', c->out);
	config_done(&config);
	return EXIT_DONE;
}

static void show_value(FILE *out, const struct config_item *item, const struct config_value *value)
{
	if (item->type != CONFIG_LIST) {
		fputc('"', out);
		put(out, value->text);
		fputs("\"", out);
		return;
	}
	fputc('[', out);
	for (uint32_t i = 0; i < value->count; i++) {
		fputs(i ? ", \"" : "\"", out);
		put(out, value->items[i]);
		fputc('"', out);
	}
	fputc(']', out);
}

static int show_run(struct cli *c)
{
	struct config config;
	int status = open_or_report(c, &config);

	if (status)
		return status;
	for (size_t i = 0; i < CONFIG_COUNT; i++) {
		const struct config_item *item = &config_items[i];

		fprintf(c->out, "%s: ", item->key);
		show_value(c->out, item, &config.values[i]);
		fputs(config.values[i].is_set ? "\n" : "  # default\n", c->out);
	}
	config_done(&config);
	return EXIT_DONE;
}

static str text_of(const struct cli *c, const struct config_item *item)
{
	char key[96];

	snprintf(key, sizeof(key), "config.%s", item->key);
	return words_get(c->lang, str_of(key));
}

static int doc_run(struct cli *c)
{
	put(c->out, words_get(c->lang, STR("config.doc.head")));
	fputc('\n', c->out);
	for (size_t i = 0; i < CONFIG_COUNT; i++) {
		const struct config_item *item = &config_items[i];

		fprintf(c->out, "| `%s` | %s | `%s` | ", item->key, config_type_name(item->type), item->fallback);
		if (item->type == CONFIG_INTEGER)
			fprintf(c->out, "%lld…%lld %s", (long long)item->least, (long long)item->most, item->unit);
		for (const char *at = item->unit; item->type == CONFIG_CHOICE && *at; at++)
			fprintf(c->out, *at == '|' ? ", " : "%c", *at);
		fputs(" | ", c->out);
		put(c->out, text_of(c, item));
		fputs(" |\n", c->out);
	}
	return EXIT_DONE;
}

const struct verb verb_config_check = {"config check", NULL, options, check_run};
const struct verb verb_config_show = {"config show", NULL, options, show_run};
const struct verb verb_config_doc = {"config doc", NULL, NULL, doc_run};
