#include "door/cli/remote.h"

#include <curl/curl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/check.h"
#include "base/mem.h"
#include "guard/session.h"
#include "os/file.h"

#define REMOTE_PATH_MAX 4096

static void json_done(json_t **j)
{
	json_decref(*j);
}

static void data_path(const struct cli *c, const char *name, char out[REMOTE_PATH_MAX])
{
	snprintf(out, REMOTE_PATH_MAX, STR_FMT "/%s", STR_ARG(c->data_folder), name);
}

static int call_room(struct cli *c, struct db *db, const struct remote_op *op, json_t **ret, struct err *e)
{
	struct admin_call call = {.db = db,
				  .env = c->env,
				  .data_folder = c->data_folder,
				  .in = op->in,
				  .id = op->id,
				  .raw_in = op->raw_in,
				  .raw_out = op->raw_out};
	struct actor who;
	int rc = actor_from_peer(db, (unsigned)geteuid(), &who, e);

	call.who = &who;
	return rc ? rc : op->fn(&call, ret, e);
}

static int call_local(struct cli *c, const struct remote_op *op, json_t **ret, struct err *e)
{
	char path[REMOTE_PATH_MAX];
	struct db *db = NULL;
	int rc;

	data_path(c, "noroshi.db", path);
	if (!file_exists(str_of(path)))
		return err_set_value(e, ERR_NOT_FOUND, "err.remote.no_data", c->data_folder);
	rc = db_open(str_of(path), &db, e);
	if (!rc)
		rc = db_migrate(db, e);
	if (!rc)
		rc = call_room(c, db, op, ret, e);
	db_close(db);
	return rc;
}

static size_t take_answer(char *bytes, size_t one, size_t count, void *ctx)
{
	struct buf *answer = ctx;

	buf_add(answer, (str){bytes, one * count});
	return answer->failed ? 0 : one * count;
}

/* The server's problem details as our error: its code, and its sentence, which is in our language already. */
static int problem(const json_t *answer, long status, struct err *e)
{
	const char *code = json_string_value(json_object_get(answer, "code"));
	const char *detail = json_string_value(json_object_get(answer, "detail"));
	enum err_code found = ERR_IO;
	char number[16];
	int rc;

	for (int i = ERR_NONE + 1; code && i < ERR_CODE_COUNT; i++)
		if (strcmp(code, err_code_name((enum err_code)i)) == 0)
			found = (enum err_code)i;
	snprintf(number, sizeof(number), "%ld", status);
	rc = err_set_value(e, found, "err.remote.refused", str_of(number));
	err_detail(e, str_of(detail ? detail : number));
	return rc;
}

static struct curl_slist *headers_of(const struct cli *c, const struct remote_op *op)
{
	char language[64];
	struct curl_slist *list = curl_slist_append(NULL, op->raw_in.ptr ? "Content-Type: application/octet-stream"
									 : "Content-Type: application/json");

	snprintf(language, sizeof(language), "Accept-Language: %s", lang_code(c->lang));
	list = curl_slist_append(list, language);
	CHECK(list != NULL);
	return list;
}

static CURLcode perform(const struct cli *c, const struct remote_op *op, const char *body, struct buf *answer,
			long *ret_status)
{
	char socket[REMOTE_PATH_MAX], url[512];
	struct curl_slist *headers = headers_of(c, op);
	CURL *curl = curl_easy_init();
	CURLcode rc;

	CHECK(curl != NULL);
	data_path(c, "noroshi.sock", socket);
	snprintf(url, sizeof(url), "http://localhost%s", op->path);
	curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, socket);
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, op->method);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)REMOTE_WAIT_S);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_answer);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer);
	if (op->raw_in.ptr) {
		curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)op->raw_in.len);
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, op->raw_in.ptr);
	} else if (body) {
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
	}
	rc = curl_easy_perform(curl);
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, ret_status);
	curl_easy_cleanup(curl);
	curl_slist_free_all(headers);
	return rc;
}

static int call_server(struct cli *c, const struct remote_op *op, json_t **ret, struct err *e)
{
	_cleanup_(json_done) json_t *parsed = NULL;
	_cleanup_(buf_done) struct buf answer;
	_cleanup_free_ char *body = op->in && !op->raw_in.ptr ? json_dumps(op->in, JSON_COMPACT) : NULL;
	long status = 0;
	CURLcode code;
	int rc;

	CHECK(!op->in || op->raw_in.ptr || body);
	buf_init(&answer, REMOTE_ANSWER_MAX);
	code = perform(c, op, body, &answer, &status);
	if (code != CURLE_OK) {
		rc = err_set_value(e, ERR_IO, "err.remote.connect", c->data_folder);
		err_detail(e, str_of(curl_easy_strerror(code)));
		return rc;
	}
	if (op->raw_out && status < 400) {
		buf_add(op->raw_out, buf_str(&answer));
		*ret = json_object();
		return buf_check(op->raw_out, e);
	}
	parsed = json_loadb(answer.ptr ? answer.ptr : "", answer.len, 0, NULL);
	if (status >= 400 || !parsed)
		return problem(parsed, status, e);
	*ret = TAKE(parsed);
	return 0;
}

int remote_call(struct cli *c, const struct remote_op *op, json_t **ret, struct err *e)
{
	int lock = -1;
	int rc;

	if (!file_exists(c->data_folder))
		return err_set_value(e, ERR_NOT_FOUND, "err.remote.no_data", c->data_folder);
	rc = folder_lock(c->data_folder, &lock, e);
	if (rc == -ERR_BUSY)
		return call_server(c, op, ret, e);
	if (rc)
		return rc;
	rc = call_local(c, op, ret, e);
	folder_unlock(&lock);
	return rc;
}
