/* The parts of the house in the order in which they open. */
#include "app/house.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "app/demo.h"
#include "base/check.h"
#include "base/mem.h"
#include "centre/law/law.h"
#include "centre/lens/lens.h"
#include "centre/manage/manage.h"
#include "centre/map/map.h"
#include "centre/register/register.h"
#include "craft/view/assets.h"
#include "door/http/door.h"
#include "flow/alert/station.h"
#include "flow/archive/archive.h"
#include "flow/collect/collect.h"
#include "guard/setup.h"
#include "net/tls.h"
#include "os/file.h"
#include "store/blobs.h"

#define URL_MAX 512u

/* What the whole process gives up before it touches a stranger's byte: gaining rights through a program it runs, and
 * core dumps, which would put secrets on the disk. */
static int process_open(struct house *h, struct err *e)
{
	struct rlimit none = {0, 0};

	(void)h;
	signal(SIGPIPE, SIG_IGN);
	umask(077);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || setrlimit(RLIMIT_CORE, &none) < 0)
		return err_set(e, ERR_INTERNAL, "err.house.process");
	return 0;
}

static int folder_open(struct house *h, struct err *e)
{
	int rc = folder_make(buf_str(&h->data), e);

	return rc ? rc : folder_lock(buf_str(&h->data), &h->lock_fd, e);
}

static void folder_close(struct house *h)
{
	folder_unlock(&h->lock_fd);
}

static int records_open(struct house *h, struct err *e)
{
	int rc;

	house_path(h, "noroshi.db", &h->database);
	rc = db_open(buf_str(&h->database), &h->db, e);
	if (rc)
		return rc;
	rc = db_migrate(h->db, e);
	if (!rc)
		rc = db_check(h->db, false, e);
	if (rc) {
		db_close(h->db);
		h->db = NULL;
	}
	return rc;
}

static void records_close(struct house *h)
{
	db_close(h->db);
	h->db = NULL;
	buf_done(&h->database);
}

static int blobs_part_open(struct house *h, struct err *e)
{
	return blobs_open(buf_str(&h->data), &h->services.blobs, e);
}

static void blobs_part_close(struct house *h)
{
	blobs_close(h->services.blobs);
}

static int archive_part_open(struct house *h, struct err *e)
{
	struct archive_options options = {
		.segment_bytes = (uint64_t)config_integer(h->config, CONFIG_ARCHIVE_SEGMENT) << 20,
	};

	return archive_open(buf_str(&h->data), &options, h->env, &h->services.archive, e);
}

static void archive_part_close(struct house *h)
{
	archive_close(h->services.archive);
}

static int frameworks_open(struct house *h, struct err *e)
{
	return content_index_load(buf_str(&h->data), &h->services.frameworks, e);
}

static int lenses_open(struct house *h, struct err *e)
{
	const struct lens_load how = {.data_folder = buf_str(&h->data), .frameworks = h->services.frameworks};

	return lens_index_load(&how, &h->services.lenses, e);
}

static int laws_open(struct house *h, struct err *e)
{
	return law_index_load(buf_str(&h->data), content_index_find(h->services.frameworks, STR(FRAMEWORK_DEFAULT)),
			      &h->services.laws, e);
}

static void laws_close(struct house *h)
{
	law_index_free(h->services.laws);
}

static int map_open(struct house *h, struct err *e)
{
	return service_map_load(buf_str(&h->data), content_index_find(h->services.frameworks, STR(FRAMEWORK_DEFAULT)),
				&h->services.map, e);
}

static void map_close(struct house *h)
{
	service_map_free(h->services.map);
}

static void lenses_close(struct house *h)
{
	lens_index_free(h->services.lenses);
}

static void frameworks_close(struct house *h)
{
	content_index_free(h->services.frameworks);
}

static int calendar_open(struct house *h, struct err *e)
{
	const struct framework *fw = content_index_find(h->services.frameworks, STR(FRAMEWORK_DEFAULT));
	int rc = holidays_load(buf_str(&h->data), &h->services.holidays, e);

	if (rc)
		return rc;
	if (!(rc = task_proposals_load(buf_str(&h->data), fw, &h->services.proposals, e)) &&
	    !(rc = registers_load(buf_str(&h->data), fw, &h->services.registers, e)))
		return 0;
	task_proposals_free(h->services.proposals);
	holidays_free(h->services.holidays);
	return rc;
}

static void calendar_close(struct house *h)
{
	registers_free(h->services.registers);
	task_proposals_free(h->services.proposals);
	holidays_free(h->services.holidays);
}

static int detector_part_open(struct house *h, struct err *e)
{
	const struct config_value *rules = &h->config->values[CONFIG_DETECT_RULES];
	const struct config_value *lists = &h->config->values[CONFIG_DETECT_INDICATORS];
	const struct config_value *warnings = &h->config->values[CONFIG_DETECT_WARNINGS];
	struct detector_options options = {
		.data_folder = buf_str(&h->data),
		.paths = rules->items,
		.path_count = rules->count,
		.starter = config_boolean(h->config, CONFIG_DETECT_STARTER),
		.lists = {.env = h->env,
			  .paths = lists->items,
			  .path_count = lists->count,
			  .warnings = warnings->items,
			  .warning_count = warnings->count,
			  .content = h->is_demo ? STR("demo/indicators.csv") : STR_NONE},
	};

	return detector_open(&options, &h->services.detector, e);
}

static void detector_part_close(struct house *h)
{
	detector_close(h->services.detector);
}

static int desk_part_open(struct house *h, struct err *e)
{
	return desk_open(h->db, h->env, &h->services.desk, e);
}

static void desk_part_close(struct house *h)
{
	desk_close(h->services.desk);
}

static int intake_part_open(struct house *h, struct err *e)
{
	return intake_open(h->env, archive_sink(h->services.archive), &h->services.intake, e);
}

static void intake_part_close(struct house *h)
{
	intake_close(h->services.intake);
}

static int station_part_open(struct house *h, struct err *e)
{
	struct station_options options = {
		.env = h->env,
		.archive = h->services.archive,
		.detector = h->services.detector,
		.desk = h->services.desk,
		.database = buf_str(&h->database),
		.lateness = config_integer(h->config, CONFIG_DETECT_LATENESS) * TIME_SECOND,
		.correlate_bytes = (size_t)config_integer(h->config, CONFIG_DETECT_MEMORY) << 20,
	};

	return station_start(&options, &h->station, e);
}

static void station_part_close(struct house *h)
{
	station_stop(h->station);
}

static bool is_loopback(str host)
{
	return str_starts(host, STR("127.")) || str_eq(host, STR("::1")) || str_eq(host, STR("localhost"));
}

static int tls_part_open(struct house *h, struct err *e)
{
	str cert = config_text(h->config, CONFIG_TLS_CERTIFICATE), key = config_text(h->config, CONFIG_TLS_KEY);
	const struct config_value *names = &h->config->values[CONFIG_TLS_NAMES];
	struct tls_names self = {names->items, names->count};
	uint16_t port;
	str host;

	if (!config_split_address(h->listen, &host, &port))
		return err_set_value(e, ERR_RANGE, "err.house.listen", h->listen);
	if (cert.len)
		return tls_open(cert, key.len ? key : cert, &h->tls, e);
	if (is_loopback(host))
		return 0;
	return tls_open_self_signed(buf_str(&h->data), &self, h->env->now(h->env->ctx), &h->tls, e);
}

static void tls_part_close(struct house *h)
{
	tls_close(h->tls);
}

/* A link names a host that a browser can open: of "every address" that is the first configured name, or this machine.
 */
static str link_host(const struct house *h, str host)
{
	const struct config_value *names = &h->config->values[CONFIG_TLS_NAMES];

	if (!str_eq(host, STR("0.0.0.0")) && !str_eq(host, STR("::")))
		return host;
	return names->count ? names->items[0] : STR("localhost");
}

static void url_of(struct house *h, str host, uint16_t port)
{
	bool is_v6;

	host = link_host(h, host);
	is_v6 = str_find_byte(host, ':') >= 0;
	buf_init(&h->url, URL_MAX);
	buf_add_fmt(&h->url, "%s://%s" STR_FMT "%s:%u", h->tls ? "https" : "http", is_v6 ? "[" : "", STR_ARG(host),
		    is_v6 ? "]" : "", (unsigned)port);
}

static int door_part_open(struct house *h, struct err *e)
{
	const struct config_value *names = &h->config->values[CONFIG_TLS_NAMES];
	struct door_config config = {
		.services = &h->services,
		.db_path = buf_str(&h->database),
		.files = web_files,
		.file_count = web_files_count,
		.names = names->items,
		.name_count = names->count,
		.workers = (unsigned)config_integer(h->config, CONFIG_HTTP_WORKERS),
	};
	_cleanup_(buf_done) struct buf socket = {0};
	uint16_t port;
	str host;
	int rc;

	CHECK(config_split_address(h->listen, &host, &port));
	house_path(h, "noroshi.sock", &socket);
	config.net.loops = (unsigned)config_integer(h->config, CONFIG_HTTP_LOOPS);
	config.net.connections_max = (unsigned)config_integer(h->config, CONFIG_HTTP_CONNECTIONS);
	config.net.tls = h->tls;
	config.net.listen[0] = (struct net_listen){host, port, h->tls != NULL};
	buf_init(&h->link, URL_MAX);
	h->services.metrics_open = is_loopback(host) || config_boolean(h->config, CONFIG_METRICS_REMOTE);
	_cleanup_(buf_done) struct buf unix_address = {0};
	buf_init(&unix_address, URL_MAX);
	buf_add_fmt(&unix_address, "unix:%s", buf_cstr(&socket));
	config.net.listen[1] = (struct net_listen){.address = buf_str(&unix_address)};
	config.net.listen_count = 2;
	rc = door_open(&config, &h->door, e);
	if (!rc)
		url_of(h, host, door_port(h->door, 0));
	return rc;
}

static void door_part_close(struct house *h)
{
	door_close(h->door);
	buf_done(&h->url);
	buf_done(&h->link);
}

/* The link to open first: the set-up of an empty house with its one-time token, else the front page. */
static int link_open(struct house *h, struct err *e)
{
	_cleanup_secret_ struct secret token = {0};
	bool is_done = false;
	int rc;

	if (h->is_demo)
		return demo_link(h->services.demo, h->db, buf_str(&h->url), &h->link, e);
	rc = setup_is_done(h->db, &is_done, e);
	if (rc)
		return rc;
	h->is_new = !is_done;
	buf_add(&h->link, buf_str(&h->url));
	if (!h->is_new) {
		buf_add_byte(&h->link, '/');
		return buf_check(&h->link, e);
	}
	rc = setup_issue(h->db, h->env, &token, e);
	if (!rc)
		buf_add_fmt(&h->link, "/setup?token=%s", token.text);
	return rc ? rc : buf_check(&h->link, e);
}

static void syslog_close(struct house *h)
{
	if (h->syslog)
		syslog_stop(h->syslog);
	h->syslog = NULL;
}

/* Syslog starts with the first tick: it needs an organisation, which may be set up later. */
static int syslog_open(struct house *h, struct err *e)
{
	(void)e;
	h->syslog = NULL;
	return 0;
}

static int demo_part_open(struct house *h, struct err *e)
{
	return h->is_demo ? demo_open(&h->services, h->db, h->demo_reset, &h->services.demo, e) : 0;
}

static void demo_part_close(struct house *h)
{
	demo_close(h->services.demo);
}

const struct house_part house_parts[] = {
	{"process", process_open, NULL},
	{"folder", folder_open, folder_close},
	{"records", records_open, records_close},
	{"blobs", blobs_part_open, blobs_part_close},
	{"archive", archive_part_open, archive_part_close},
	{"frameworks", frameworks_open, frameworks_close},
	{"calendar", calendar_open, calendar_close},
	{"lenses", lenses_open, lenses_close},
	{"laws", laws_open, laws_close},
	{"service map", map_open, map_close},
	{"detector", detector_part_open, detector_part_close},
	{"desk", desk_part_open, desk_part_close},
	{"intake", intake_part_open, intake_part_close},
	{"station", station_part_open, station_part_close},
	{"worker", worker_open, worker_close},
	{"tls", tls_part_open, tls_part_close},
	{"syslog", syslog_open, syslog_close},
	{"demo", demo_part_open, demo_part_close},
	{"door", door_part_open, door_part_close},
	{"link", link_open, NULL},
	{0},
};
