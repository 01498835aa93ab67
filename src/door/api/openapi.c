/* The OpenAPI 3.1 document, made from the same route tables that dispatch, and the JSON Schemas of schema/.
 *
 * Only rows with an operation id appear: pages for people are not part of the API. "x-permission" names what a caller
 * needs; tests walk it. */
#include "door/api/api.h"

#include <jansson.h>
#include <stdio.h>

#include "base/check.h"
#include "base/mem.h"
#include "craft/content/content.h"

#define OPENAPI_KEY_MAX 96

extern const struct embedded schema_files[];
extern const size_t schema_files_count;

static void json_done(json_t **j)
{
	json_decref(*j);
}
#define _cleanup_json_ _cleanup_(json_done)

/* Taking ownership of a NULL is how jansson reports no memory; that aborts like every other allocation. */
static json_t *must(json_t *j)
{
	CHECK(j != NULL);
	return j;
}

static void put(json_t *object, const char *key, json_t *value)
{
	CHECK(json_object_set_new(object, key, must(value)) == 0);
}

static json_t *text(str s)
{
	return must(json_stringn(s.ptr ? s.ptr : "", s.len));
}

static json_t *schema_ref(const char *name)
{
	char ref[OPENAPI_KEY_MAX];

	snprintf(ref, sizeof(ref), "#/components/schemas/%s", name);
	return must(json_pack("{s:s}", "$ref", ref));
}

static json_t *json_content(const char *media_type, json_t *schema)
{
	return must(json_pack("{s:{s:o}}", media_type, "schema", must(schema)));
}

static json_t *parameter(str name, const char *in, bool required, const char *type)
{
	json_t *p = must(json_object());

	put(p, "name", text(name));
	put(p, "in", text(str_of(in)));
	put(p, "required", must(json_boolean(required)));
	put(p, "schema", must(json_pack("{s:s}", "type", type)));
	return p;
}

/* Path parameters are whole numbers unless their name says otherwise ("code", "key", "name", "event"). */
static const char *path_param_type(str name)
{
	return str_eq(name, STR("id")) || str_ends(name, STR("_id")) ? "integer" : "string";
}

static void add_parameters(json_t *operation, const struct route *r)
{
	json_t *list = must(json_array());
	str rest = str_of(r->pattern), part;

	while (str_next(&rest, '/', &part)) {
		str name;

		if (part.len < 3 || part.ptr[0] != '{')
			continue;
		name = str_sub(part, 1, part.len - 2);
		json_array_append_new(list, parameter(name, "path", true, path_param_type(name)));
	}
	for (const char *const *q = r->query; q && *q; q++)
		json_array_append_new(list, parameter(str_of(*q), "query", false, "string"));
	if (r->flags & ROUTE_IDEMPOTENT)
		json_array_append_new(list, parameter(STR("Idempotency-Key"), "header", false, "string"));
	if (json_array_size(list))
		put(operation, "parameters", list);
	else
		json_decref(list);
}

/* The schema Binary stands for bytes as they are; a stream of anything else is lines of JSON. */
static const char *media_type(const char *schema, bool streams)
{
	if (strcmp(schema, "Binary") == 0)
		return "application/octet-stream";
	return streams ? "application/x-ndjson" : "application/json";
}

/* What a route may answer with. One that writes files in the form that was asked for has several types. */
static json_t *answer_content(const char *schema)
{
	static const char *const files[] = {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
					    "text/csv", "application/pdf", NULL};
	json_t *content;

	if (strcmp(schema, "AssessmentFile") != 0)
		return json_content(media_type(schema, false), schema_ref(schema));
	content = json_content("application/json", schema_ref("Any"));
	for (const char *const *type = files; *type; type++)
		put(content, *type, must(json_pack("{s:o}", "schema", must(schema_ref(schema)))));
	return content;
}

static json_t *operation_of(const struct route *r, enum lang lang)
{
	json_t *operation = must(json_object()), *responses = must(json_object());
	char key[OPENAPI_KEY_MAX];

	snprintf(key, sizeof(key), "api.%s", r->operation);
	put(operation, "operationId", text(str_of(r->operation)));
	put(operation, "summary", text(words_get(lang, str_of(key))));
	put(operation, "x-permission", text(str_of(permission_name(r->permission))));
	add_parameters(operation, r);
	if (r->request_schema)
		put(operation, "requestBody",
		    must(json_pack("{s:b, s:o}", "required", 1, "content",
				   json_content(media_type(r->request_schema, r->flags & ROUTE_STREAM),
						schema_ref(r->request_schema)))));
	put(responses, "2XX",
	    r->response_schema ? must(json_pack("{s:s, s:o}", "description", "done", "content",
						answer_content(r->response_schema)))
			       : must(json_pack("{s:s}", "description", "done")));
	put(responses, "default",
	    must(json_pack("{s:s, s:o}", "description", "problem details (RFC 9457)", "content",
			   json_content("application/problem+json", schema_ref("Problem")))));
	put(operation, "responses", responses);
	if (r->permission == PERM_NONE)
		put(operation, "security", must(json_array()));
	return operation;
}

static void add_route(json_t *paths, const struct route *r, enum lang lang)
{
	json_t *path = json_object_get(paths, r->pattern);
	char method[16];
	size_t i;

	if (!path) {
		path = must(json_object());
		put(paths, r->pattern, path);
	}
	for (i = 0; i < sizeof(method) - 1 && r->method[i]; i++)
		method[i] = (char)(r->method[i] | 0x20);
	method[i] = '\0';
	put(path, method, operation_of(r, lang));
}

static json_t *schemas_of(struct err *e)
{
	json_t *schemas = must(json_object());

	for (size_t i = 0; i < schema_files_count; i++) {
		const struct embedded *file = &schema_files[i];
		char name[OPENAPI_KEY_MAX];
		json_error_t at;
		json_t *schema = json_loadb(file->bytes.ptr, file->bytes.len, 0, &at);

		if (!schema || !str_ends(file->path, STR(".json"))) {
			err_set(e, ERR_CORRUPT, "err.api.schema");
			err_path(e, file->path);
			err_detail(e, str_of(schema ? "" : at.text));
			json_decref(schema);
			json_decref(schemas);
			return NULL;
		}
		snprintf(name, sizeof(name), STR_FMT, STR_ARG(str_sub(file->path, 0, file->path.len - 5)));
		put(schemas, name, schema);
	}
	return schemas;
}

static json_t *document_of(const struct request *rq, struct err *e)
{
	json_t *schemas = schemas_of(e), *paths;

	if (!schemas)
		return NULL;
	paths = must(json_object());
	for (const struct route *const *table = rq->services->routes; *table; table++)
		for (const struct route *r = *table; r->method; r++)
			if (r->operation && (!(r->flags & ROUTE_DEMO) || rq->services->is_demo))
				add_route(paths, r, rq->lang);
	return must(json_pack("{s:s, s:{s:s, s:s, s:{s:s}}, s:[{s:s}], s:[{s:[]}, {s:[]}], s:o, s:{s:o, "
			      "s:{s:{s:s,s:s}, s:{s:s,s:s,s:s}}}}",
			      "openapi", "3.1.0", "info", "title", "Noroshi", "version", NOROSHI_VERSION, "license",
			      "name", "Apache-2.0", "servers", "url", "/", "security", "token", "session", "paths",
			      paths, "components", "schemas", schemas, "securitySchemes", "token", "type", "http",
			      "scheme", "bearer", "session", "type", "apiKey", "in", "cookie", "name",
			      rq->is_tls ? "__Host-noroshi" : "noroshi"));
}

static int openapi(struct request *rq, struct response *rs, struct err *e)
{
	_cleanup_json_ json_t *document = document_of(rq, e);
	_cleanup_free_ char *dumped = NULL;

	if (!document)
		return -ERR_CORRUPT;
	dumped = json_dumps(document, JSON_COMPACT);
	CHECK(dumped != NULL);
	rs->content_type = STR("application/json");
	buf_add(&rs->body, str_of(dumped));
	return buf_check(&rs->body, e);
}

const struct route openapi_routes[] = {
	{"GET", "/api/v1/openapi.json", PERM_NONE, 0, openapi, "getOpenapi", NULL, "Any", NULL},
	{0},
};
