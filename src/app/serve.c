/* The verbs `serve` and `demo`: open the house, print one link, wait for a signal. */
#include "app/verbs.h"

#include <signal.h>
#include <time.h>

#include "app/house.h"
#include "base/mem.h"
#include "net/tls.h"

static const struct cli_option serve_options[] = {
	{"config", "FILE", false, false},
	{"listen", "HOST:PORT", false, false},
	{0},
};

static const struct cli_option demo_options[] = {
	{"config", "FILE", false, false},
	{"listen", "HOST:PORT", false, false},
	{"reset", NULL, false, false},
	{0},
};

/* So that a person can compare it with what the browser shows for a self-signed certificate. */
static void add_fingerprint(const struct cli *c, const struct house *h, struct buf *text)
{
	char digits[96] = "";
	struct word_arg arg = {"fingerprint", STR_NONE};

	if (tls_fingerprint(h->tls, digits) < 0)
		return;
	arg.value = str_of(digits);
	buf_add_byte(text, '\n');
	words_add(text, c->lang, STR("serve.fingerprint"), &arg, 1);
}

static void print_link(const struct cli *c, const struct house *h)
{
	struct word_arg args[] = {{"url", buf_str(&h->link)}, {"folder", buf_str(&h->data)}};
	const char *key = h->is_demo ? "serve.demo" : h->is_new ? "serve.setup" : "serve.running";
	struct buf text;

	buf_init(&text, 8192);
	words_add(&text, c->lang, str_of(key), args, sizeof(args) / sizeof(args[0]));
	if (h->tls)
		add_fingerprint(c, h, &text);
	fprintf(c->out, "%s\n", buf_cstr(&text));
	fflush(c->out);
	buf_done(&text);
}

/* Signals are taken by this thread alone; every other thread inherits the blocked set. */
static void block_signals(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGHUP);
	pthread_sigmask(SIG_BLOCK, set, NULL);
}

static void reload(struct house *h)
{
	struct err e;

	if (house_reload(h, &e) < 0)
		log_err(h->env->log, LOG_ERROR, "house.reload", &e);
	else
		log_event(h->env->log, LOG_INFO, "house.reload", LOG_STR("result", STR("done")));
}

static void run_until_signal(struct house *h, const sigset_t *set)
{
	static const struct timespec second = {1, 0};

	for (;;) {
		int got = sigtimedwait(set, NULL, &second);

		if (got == SIGINT || got == SIGTERM)
			return;
		if (got == SIGHUP)
			reload(h);
		house_tick(h);
	}
}

static void set_log(struct cli *c, const struct config *config)
{
	static const char *const levels[LOG_LEVEL_COUNT] = {"debug", "info", "warning", "error"};
	str level = config_text(config, CONFIG_LOG_LEVEL);

	for (int i = 0; i < LOG_LEVEL_COUNT; i++)
		if (str_eq(level, str_of(levels[i])))
			c->env->log->least = (enum log_level)i;
	c->env->log->json = str_eq(config_text(config, CONFIG_LOG_FORMAT), STR("json"));
}

static int house_run(struct cli *c, struct config *config, bool is_demo)
{
	_cleanup_free_ struct house *h = mem_alloc(1, sizeof(*h));
	struct err e;
	sigset_t set;

	h->env = c->env;
	h->config = config;
	h->is_demo = is_demo;
	h->demo_reset = is_demo && cli_has(c, "reset");
	h->listen = cli_has(c, "listen") ? cli_value(c, "listen") : config_text(config, CONFIG_LISTEN_HTTP);
	buf_init(&h->data, 4096);
	buf_add(&h->data, c->data_folder);
	if (is_demo)
		buf_add(&h->data, STR("/demo"));
	set_log(c, config);
	block_signals(&set);
	if (house_open(h, &e) < 0) {
		cli_report(c, &e);
		buf_done(&h->data);
		return EXIT_ERROR;
	}
	print_link(c, h);
	run_until_signal(h, &set);
	house_close(h);
	buf_done(&h->data);
	return EXIT_DONE;
}

static int run_with_config(struct cli *c, bool is_demo)
{
	struct config config;
	struct err e;
	int status;

	if (app_config_open(c, &config, &e) < 0) {
		cli_report(c, &e);
		return EXIT_ERROR;
	}
	status = house_run(c, &config, is_demo);
	config_done(&config);
	return status;
}

static int serve_run(struct cli *c)
{
	return run_with_config(c, false);
}

static int demo_run(struct cli *c)
{
	return run_with_config(c, true);
}

const struct verb verb_serve = {"serve", NULL, serve_options, serve_run};
const struct verb verb_demo = {"demo", NULL, demo_options, demo_run};
