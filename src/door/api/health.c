/* Is it alive, is it ready, what are its numbers: for supervisors and monitoring, without a session. */
#include "door/api/api.h"

#include "door/api/metrics.h"
#include "flow/archive/archive.h"

static int healthz(struct request *rq, struct response *rs, struct err *e)
{
	(void)rq;
	rs->content_type = STR("application/json");
	buf_add(&rs->body, STR("{\"status\":\"live\"}\n"));
	return buf_check(&rs->body, e);
}

static int readyz(struct request *rq, struct response *rs, struct err *e)
{
	rs->content_type = STR("application/json");
	if (!rq->services->is_ready) {
		rs->status = 503;
		buf_add(&rs->body, STR("{\"status\":\"starting\"}\n"));
		return buf_check(&rs->body, e);
	}
	if (rq->services->archive && !archive_takes(rq->services->archive)) {
		rs->status = 503;
		buf_add(&rs->body, STR("{\"status\":\"archive_full\"}\n"));
		return buf_check(&rs->body, e);
	}
	buf_add(&rs->body, STR("{\"status\":\"ready\"}\n"));
	return buf_check(&rs->body, e);
}

static int metrics(struct request *rq, struct response *rs, struct err *e)
{
	if (!rq->services->metrics_open)
		return err_set(e, ERR_NOT_FOUND, "err.api.closed");
	rs->content_type = STR("application/openmetrics-text; version=1.0.0; charset=utf-8");
	metrics_write(rq->services->metrics, rq->services, &rs->body);
	return buf_check(&rs->body, e);
}

const struct route health_routes[] = {
	{"GET", "/healthz", PERM_NONE, 0, healthz, "healthz", NULL, "Status", NULL},
	{"GET", "/readyz", PERM_NONE, 0, readyz, "readyz", NULL, "Status", NULL},
	{"GET", "/metrics", PERM_NONE, 0, metrics, NULL, NULL, NULL, NULL},
	{0},
};
