#include "app/house.h"

#include "base/check.h"
#include "base/mem.h"
#include "centre/manage/manage.h"
#include "door/http/door.h"
#include "flow/alert/detector.h"
#include "flow/collect/collect.h"
#include "flow/rules/hits.h"
#include "guard/login.h"
#include "guard/session.h"
#include "guard/tenant.h"

#define HOUSE_PATH_MAX 4096u
#define SWEEP_EVERY (10 * TIME_MINUTE)
#define SYSLOG_RETRY (10 * TIME_SECOND)

void house_path(const struct house *h, const char *name, struct buf *out)
{
	buf_init(out, HOUSE_PATH_MAX);
	buf_add(out, buf_str(&h->data));
	buf_add_byte(out, '/');
	buf_add(out, str_of(name));
}

int house_open(struct house *h, struct err *e)
{
	h->services.env = h->env;
	h->services.data_folder = buf_str(&h->data);
	h->services.is_demo = h->is_demo;
	h->services.routes = house_routes;
	h->services.metrics = house_metrics;
	for (h->opened = 0; house_parts[h->opened].open; h->opened++) {
		const struct house_part *part = &house_parts[h->opened];
		int rc = part->open(h, e);

		if (rc) {
			house_close(h);
			return rc;
		}
		log_event(h->env->log, LOG_DEBUG, "house.open", LOG_STR("part", str_of(part->name)));
	}
	h->services.is_ready = true;
	return 0;
}

void house_close(struct house *h)
{
	h->services.is_ready = false;
	while (h->opened > 0) {
		const struct house_part *part = &house_parts[--h->opened];

		log_event(h->env->log, LOG_DEBUG, "house.close", LOG_STR("part", str_of(part->name)));
		if (part->close)
			part->close(h);
	}
}

int house_reload(struct house *h, struct err *e)
{
	return detector_reload(h->services.detector, e);
}

static void address_of(const struct house *h, enum config_key key, str *ret_host, uint16_t *ret_port)
{
	str text = config_text(h->config, key);

	*ret_host = STR_NONE;
	*ret_port = 0;
	if (text.len)
		CHECK(config_split_address(text, ret_host, ret_port));
}

/* Syslog carries no credentials: what comes in belongs to the first organisation, so it waits for one. */
static int syslog_try(struct house *h, struct err *e)
{
	struct syslog_options options = {.name = "syslog"};
	int rc = tenant_root(h->db, &options.tenant_id, e);

	if (rc || options.tenant_id == 0)
		return rc;
	address_of(h, CONFIG_LISTEN_SYSLOG_UDP, &options.udp_host, &options.udp_port);
	address_of(h, CONFIG_LISTEN_SYSLOG_TCP, &options.tcp_host, &options.tcp_port);
	if (!options.udp_host.len && !options.tcp_host.len)
		return 0;
	return syslog_start(h->services.intake, &options, &h->syslog, e);
}

static void complain(struct house *h, const char *id, const struct err *e)
{
	log_err(h->env->log, LOG_ERROR, id, e);
}

/* What forgets outlived rows: sessions that ended, old failures of signing in. */
static void sweep(struct house *h)
{
	static int (*const sweeps[])(struct db * db, time_us now, struct err * e) = {session_sweep, login_sweep,
										     rule_hits_sweep};
	time_us now = h->env->now(h->env->ctx);
	struct err e;

	for (size_t i = 0; i < COUNT_OF(sweeps); i++)
		if (sweeps[i](h->db, now, &e) < 0)
			complain(h, "house.sweep", &e);
}

/* The days of recurring work are opened ahead, whether somebody looks or not. */
static void roll(struct house *h)
{
	const struct task_house house = {
		.framework = content_index_find(h->services.frameworks, STR(FRAMEWORK_DEFAULT)),
		.holidays = h->services.holidays,
		.now = h->env->now(h->env->ctx)};
	struct err e;

	if (task_roll(h->db, &house, &e) < 0)
		complain(h, "house.roll", &e);
}

void house_tick(struct house *h)
{
	time_us now = h->env->monotonic(h->env->ctx);
	struct err e;

	if (!h->syslog && now >= h->syslog_retry) {
		h->syslog_retry = now + SYSLOG_RETRY;
		if (syslog_try(h, &e) < 0)
			complain(h, "house.syslog", &e);
	}
	if (now >= h->sweep_next) {
		h->sweep_next = now + SWEEP_EVERY;
		sweep(h);
		roll(h);
	}
}
