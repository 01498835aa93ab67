/* An event's values against a set. The way of a value that no list holds is what counts: lower case, one hash, one
 * cache line of the filter. */
#include "flow/intel/internal.h"

#include "base/check.h"
#include "base/mem.h"

struct matching {
	const struct intel_set *set;
	const struct event *event;
	struct arena *arena;
	struct intel_hit *hits;
	uint32_t count;
	str field;
	struct value *value; /* scratch */
};

/* ---- warning lists ---- */

static bool warned_range(const struct intel_set *set, const struct address *a, uint32_t *ret_origin)
{
	uint32_t range;

	if (!table_find_range(&set->warning, a, &range))
		return false;
	*ret_origin = set->warning.ranges[range].origin;
	return true;
}

static bool walk_find(const struct table *t, enum indicator_type type, str text, str *ret_text, uint32_t *ret_origin)
{
	char mark = type == INDICATOR_REGISTRY ? '\\' : '.';
	bool down = type == INDICATOR_REGISTRY;

	for (uint32_t i = 0; text.len && i < INTEL_WALK_MAX; i++) {
		ptrdiff_t cut = down ? str_find_last_byte(text, mark) : str_find_byte(text, mark);

		if (table_find(t, type, text, ret_origin)) {
			*ret_text = text;
			return true;
		}
		if (cut < 0)
			return false;
		text = down ? str_sub(text, 0, (size_t)cut) : str_from(text, (size_t)cut + 1);
	}
	return false;
}

/* A URL, an endpoint and a mail address are suspect no more than their host is. */
static bool warned_host(const struct intel_set *set, str host, struct value *room, uint32_t *ret_origin)
{
	struct address a;
	str ignored;

	if (address_parse(host, &a)) {
		value_address(&a, room);
		return table_find(&set->warning, INDICATOR_IP, (str){room->text, room->len}, ret_origin) ||
		       warned_range(set, &a, ret_origin);
	}
	return value_domain(host, room) &&
	       walk_find(&set->warning, INDICATOR_DOMAIN, (str){room->text, room->len}, &ignored, ret_origin);
}

static str host_of(enum indicator_type type, str value)
{
	ptrdiff_t at = -1;

	if (type == INDICATOR_EMAIL)
		return str_from(value, (size_t)(str_find_last_byte(value, '@') + 1));
	if (type == INDICATOR_URL)
		at = str_find_byte(value, '/');
	if (at >= 0)
		value = str_sub(value, 0, (size_t)at);
	if (type == INDICATOR_URL || type == INDICATOR_ENDPOINT) {
		at = str_find_last_byte(value, ':');
		if (at > 0 && value.ptr[value.len - 1] != ']')
			value = str_sub(value, 0, (size_t)at);
	}
	return value;
}

static void ask_warnings(const struct intel_set *set, str key, struct intel_hit *hit, struct value *room)
{
	struct intel_hit from = {0};
	uint32_t origin = 0;
	bool warned = false;

	if (!set->warning.count && !set->warning.range_count)
		return;
	if (hit->type != INDICATOR_CIDR)
		warned = table_find(&set->warning, hit->type, key, &origin);
	if (!warned && hit->type != INDICATOR_PATH && hit->type != INDICATOR_FILENAME)
		warned = warned_host(set, host_of(hit->type, hit->value), room, &origin);
	if (!warned)
		return;
	set_origin(set, origin, &from);
	hit->suppressed = true;
	hit->warning_source = from.source;
	hit->warning_line = from.line;
}

/* ---- hits ---- */

/* shown: the value for people; key: its bytes in the table. */
static void add_hit(struct matching *m, enum indicator_type type, uint32_t origin, str shown, str key)
{
	struct intel_hit hit = {.type = type, .field = m->field};
	struct value *room;

	set_origin(m->set, origin, &hit);
	for (uint32_t i = 0; i < m->count; i++)
		if (m->hits[i].type == type && m->hits[i].line == hit.line && str_eq(m->hits[i].source, hit.source))
			return;
	if (m->count == INTEL_HITS_MAX)
		return;
	if (!m->hits)
		m->hits = arena_alloc(m->arena, INTEL_HITS_MAX * sizeof(*m->hits));
	hit.value = arena_str(m->arena, shown);
	room = arena_alloc(m->arena, sizeof(*room));
	if (!m->hits || !hit.value.ptr || !room)
		return;
	ask_warnings(m->set, key, &hit, room);
	m->hits[m->count++] = hit;
}

static void look(struct matching *m, enum indicator_type type, str text)
{
	uint32_t origin;

	if (table_find(&m->set->watch, type, text, &origin))
		add_hit(m, type, origin, text, text);
}

static void look_walking(struct matching *m, enum indicator_type type, str text)
{
	uint32_t origin;
	str held;

	if (m->set->watch.of_type[type] && walk_find(&m->set->watch, type, text, &held, &origin))
		add_hit(m, type, origin, held, held);
}

static bool watches(const struct matching *m, enum indicator_type type)
{
	return m->set->watch.of_type[type] != 0;
}

/* ---- by kind of field ---- */

/* The port that belongs to the host in m->value makes it an endpoint. */
static void look_endpoint(struct matching *m, str shown, uint32_t partner)
{
	struct value *v = m->value;
	uint32_t origin;
	uint64_t port = 0;
	str text = STR_NONE;

	if (!partner || !watches(m, INDICATOR_ENDPOINT))
		return;
	for (uint32_t i = 0; i < m->event->field_count; i++)
		if (m->event->fields[i].name_id == partner)
			text = m->event->fields[i].text;
	if (!str_to_u64(text, &port) || port == 0 || port > 65535)
		return;
	v->text[v->len++] = ':';
	v->text[v->len++] = (char)(port >> 8);
	v->text[v->len++] = (char)(port & 0xFF);
	if (table_find(&m->set->watch, INDICATOR_ENDPOINT, (str){v->text, v->len}, &origin)) {
		str both = arena_fmt(m->arena, STR_FMT ":%u", STR_ARG(shown), (unsigned)port);

		if (both.ptr)
			add_hit(m, INDICATOR_ENDPOINT, origin, both, (str){v->text, v->len});
	}
}

static void match_ip(struct matching *m, str text, const struct field_use *use)
{
	struct address a;
	uint32_t found;

	if (!address_parse(text, &a))
		return;
	value_address(&a, m->value);
	if (table_find(&m->set->watch, INDICATOR_IP, (str){m->value->text, 16}, &found))
		add_hit(m, INDICATOR_IP, found, text, (str){m->value->text, 16});
	if (table_find_range(&m->set->watch, &a, &found))
		add_hit(m, INDICATOR_CIDR, m->set->watch.ranges[found].origin, text, STR_NONE);
	look_endpoint(m, text, use->partner);
}

static void match_host(struct matching *m, str text, const struct field_use *use)
{
	struct address a;

	if (address_parse(text, &a)) {
		match_ip(m, text, use);
		return;
	}
	if (!value_domain(text, m->value))
		return;
	look_walking(m, INDICATOR_DOMAIN, (str){m->value->text, m->value->len});
	look_endpoint(m, text, use->partner);
}

static void match_whole_url(struct matching *m, str url)
{
	static const struct field_use alone = {KIND_HOST, 0};
	str key, host, path;
	ptrdiff_t slash, mark;

	if (!value_url(url, m->value))
		return;
	key = arena_str(m->arena, (str){m->value->text, m->value->len});
	slash = str_find_byte(key, '/');
	if (!key.ptr || slash < 0)
		return;
	host = host_of(INDICATOR_URL, key);
	mark = str_find_byte(key, '?');
	look(m, INDICATOR_URL, key);
	if (mark > slash)
		look(m, INDICATOR_URL, str_sub(key, 0, (size_t)mark));
	path = str_from(mark > slash ? str_sub(key, 0, (size_t)mark) : key, (size_t)slash);
	look(m, INDICATOR_PATH, path);
	if (mark > slash)
		look(m, INDICATOR_PATH, str_from(key, (size_t)slash));
	match_host(m, host, &alone);
}

static void match_url(struct matching *m, str text, const struct field_use *use)
{
	str host = STR_NONE, whole;

	if (!watches(m, INDICATOR_URL) && !watches(m, INDICATOR_PATH) && !watches(m, INDICATOR_DOMAIN) &&
	    !watches(m, INDICATOR_IP) && !m->set->watch.range_count)
		return;
	if (!text.len || text.ptr[0] != '/') {
		match_whole_url(m, text);
		return;
	}
	for (uint32_t i = 0; use->partner && i < m->event->field_count; i++)
		if (m->event->fields[i].name_id == use->partner)
			host = m->event->fields[i].text;
	/* A path whose host is not known can still be a known path: any host stands for it. */
	whole = arena_fmt(m->arena, "http://" STR_FMT STR_FMT, STR_ARG(host.len ? host : STR("host.invalid")),
			  STR_ARG(str_sub(text, 0, INTEL_VALUE_MAX)));
	if (whole.ptr)
		match_whole_url(m, whole);
}

static void match_hash(struct matching *m, str name, str text)
{
	enum indicator_type type = text.len == 32   ? INDICATOR_MD5
				   : text.len == 40 ? INDICATOR_SHA1
				   : text.len == 64 ? INDICATOR_SHA256
						    : INDICATOR_NONE;

	if (type == INDICATOR_MD5 && str_eq_nocase(name, STR("imphash")))
		type = INDICATOR_IMPHASH;
	if (type == INDICATOR_NONE || !watches(m, type) || !text_is_hex(text, text.len))
		return;
	if (value_lower(text, m->value))
		look(m, type, (str){m->value->text, m->value->len});
}

/* "SHA1=…,MD5=…,IMPHASH=…", or one hash. */
static void match_hashes(struct matching *m, str text)
{
	str part;

	while (str_next(&text, ',', &part)) {
		ptrdiff_t mark = str_find_byte(part, '=');

		if (mark > 0)
			match_hash(m, str_trim(str_sub(part, 0, (size_t)mark)), str_from(part, (size_t)mark + 1));
		else
			match_hash(m, STR_NONE, str_trim(part));
	}
}

static void match_file(struct matching *m, str text)
{
	ptrdiff_t cut;
	str path;

	if (!watches(m, INDICATOR_FILENAME) || !value_lower(text, m->value))
		return;
	path = (str){m->value->text, m->value->len};
	cut = str_find_last_byte(path, '\\');
	if (str_find_last_byte(path, '/') > cut)
		cut = str_find_last_byte(path, '/');
	look(m, INDICATOR_FILENAME, str_from(path, (size_t)(cut + 1)));
	if (cut >= 0)
		look(m, INDICATOR_FILENAME, path);
}

static void match_lower(struct matching *m, enum indicator_type type, str text)
{
	if (watches(m, type) && value_lower(text, m->value))
		look(m, type, (str){m->value->text, m->value->len});
}

static void match_field(struct matching *m, const struct event_field *field, const struct field_use *use)
{
	str text = field->text;

	m->field = field->name;
	switch (use->kind) {
	case KIND_IP:
		match_ip(m, text, use);
		break;
	case KIND_HOST:
		match_host(m, text, use);
		break;
	case KIND_URL:
		match_url(m, text, use);
		break;
	case KIND_HASH:
		match_hash(m, field->name, text);
		break;
	case KIND_HASHES:
		match_hashes(m, text);
		break;
	case KIND_FILE:
		match_file(m, text);
		break;
	case KIND_EMAIL:
		match_lower(m, INDICATOR_EMAIL, text);
		break;
	case KIND_JA3:
		match_lower(m, INDICATOR_JA3, text);
		break;
	case KIND_JA4:
		match_lower(m, INDICATOR_JA4, text);
		break;
	case KIND_AGENT:
		look(m, INDICATOR_USER_AGENT, text);
		break;
	case KIND_REGISTRY:
		if (watches(m, INDICATOR_REGISTRY) && value_registry(text, m->value))
			look_walking(m, INDICATOR_REGISTRY, (str){m->value->text, m->value->len});
		break;
	case KIND_MUTEX:
		look(m, INDICATOR_MUTEX, text);
		break;
	case KIND_NONE:
	case KIND_COUNT:
		break;
	}
}

unsigned indicator_level(enum indicator_type type)
{
	/* Addresses and names of files are shared by many and change hands. */
	bool shared = type == INDICATOR_IP || type == INDICATOR_CIDR || type == INDICATOR_ENDPOINT ||
		      type == INDICATOR_FILENAME || type == INDICATOR_USER_AGENT || type == INDICATOR_PATH;

	return shared ? 3 : 4;
}

uint32_t intel_match(const struct intel_set *set, const struct intel_fields *fields, const struct event *ev,
		     struct arena *a, const struct intel_hit **ret)
{
	struct value scratch __attribute__((uninitialized));
	struct matching m = {.set = set, .event = ev, .arena = a, .value = &scratch};

	CHECK(set->sealed);
	for (uint32_t i = 0; i < ev->field_count; i++) {
		uint32_t id = ev->fields[i].name_id;

		if (id && id < fields->count && fields->of[id].kind && ev->fields[i].text.len)
			match_field(&m, &ev->fields[i], &fields->of[id]);
	}
	*ret = m.hits;
	return m.count;
}

bool intel_find(const struct intel_set *set, enum indicator_type type, str value, struct arena *a,
		struct intel_hit *ret)
{
	struct value *v = arena_alloc(a, sizeof(*v));
	struct matching m = {.set = set, .arena = a, .field = STR(""), .value = v};
	static const struct field_use alone = {KIND_IP, 0};
	str text;

	CHECK(set->sealed);
	if (!v || !value_read(type, value, v))
		return false;
	text = (str){v->text, v->len};
	if (v->type == INDICATOR_IP || v->type == INDICATOR_CIDR)
		match_ip(&m, str_trim(value), &alone);
	else if (v->type == INDICATOR_DOMAIN || v->type == INDICATOR_REGISTRY)
		look_walking(&m, v->type, arena_str(a, text));
	else
		look(&m, v->type, text);
	if (!m.count)
		return false;
	*ret = m.hits[0];
	return true;
}
