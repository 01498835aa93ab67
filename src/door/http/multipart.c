/* multipart: multipart/form-data (RFC 7578, RFC 2046 5.1) in a body that is in memory. Strict: CRLF line ends, one
 * Content-Disposition a part, no transfer encodings, no nesting. */
#include "base/utf8.h"
#include "door/http/internal.h"

#define BOUNDARY_MAX 70 /* RFC 2046 5.1.1 */
#define PART_HEAD_MAX 4096

static int broken(struct err *e, str near)
{
	return err_set_value(e, ERR_PARSE, "err.http.multipart", str_sub(near, 0, 64));
}

/* Takes `token` or `"quoted \" string"` off the front. */
static int take_value(struct arena *a, str *rest, str *ret, struct err *e)
{
	size_t i = 0, len = 0;
	char *out;

	if (rest->len == 0 || rest->ptr[0] != '"') {
		while (i < rest->len && rest->ptr[i] != ';')
			i++;
		*ret = str_trim(str_sub(*rest, 0, i));
		*rest = str_from(*rest, i);
		return 0;
	}
	out = arena_alloc(a, rest->len);
	if (!out)
		return err_set(e, ERR_LIMIT, "err.http.memory");
	for (i = 1; i < rest->len && rest->ptr[i] != '"'; i++) {
		/* Browsers escape only '"' (as %22); a backslash before anything but '"' or '\' belongs to a Windows
		 * path. */
		if (rest->ptr[i] == '\\' && i + 1 < rest->len && (rest->ptr[i + 1] == '"' || rest->ptr[i + 1] == '\\'))
			i++;
		out[len++] = rest->ptr[i];
	}
	if (i == rest->len)
		return broken(e, *rest);
	*ret = (str){out, len};
	*rest = str_trim(str_from(*rest, i + 1));
	return rest->len && rest->ptr[0] != ';' ? broken(e, *rest) : 0;
}

int value_param(struct arena *a, str value, str name, str *ret, struct err *e)
{
	ptrdiff_t mark = str_find_byte(value, ';');

	*ret = STR_NONE;
	while (mark >= 0) {
		str key, found;
		int rc;

		value = str_trim(str_from(value, (size_t)mark + 1));
		mark = str_find_byte(value, '=');
		if (mark < 0)
			return value.len ? broken(e, value) : 0;
		key = str_trim(str_sub(value, 0, (size_t)mark));
		value = str_trim(str_from(value, (size_t)mark + 1));
		rc = take_value(a, &value, &found, e);
		if (rc)
			return rc;
		if (str_eq_nocase(key, name) && !ret->ptr)
			*ret = found.ptr ? found : STR("");
		mark = value.len ? 0 : -1;
	}
	return 0;
}

struct part {
	str disposition, content_type, bytes;
};

static int read_part_head(str head, struct part *p, struct err *e)
{
	while (head.len) {
		ptrdiff_t end = str_find(head, STR("\r\n")), colon;
		str line = end < 0 ? head : str_sub(head, 0, (size_t)end), name, value;

		head = end < 0 ? STR_NONE : str_from(head, (size_t)end + 2);
		colon = str_find_byte(line, ':');
		if (colon < 1 || !head_is_token(str_sub(line, 0, (size_t)colon)) || !head_is_field_value(line))
			return broken(e, line);
		name = str_sub(line, 0, (size_t)colon);
		value = str_trim(str_from(line, (size_t)colon + 1));
		if (str_eq_nocase(name, STR("content-disposition"))) {
			if (p->disposition.ptr)
				return broken(e, line);
			p->disposition = value;
		} else if (str_eq_nocase(name, STR("content-type"))) {
			p->content_type = value;
		} else if (str_eq_nocase(name, STR("content-transfer-encoding")) &&
			   !str_eq_nocase(value, STR("binary")) && !str_eq_nocase(value, STR("8bit")) &&
			   !str_eq_nocase(value, STR("7bit"))) {
			return broken(e, line);
		}
	}
	return 0;
}

struct reader {
	struct arena *arena;
	struct http_field *fields;
	size_t field_count;
	struct http_file *files;
	size_t file_count;
};

static int keep_part(struct reader *r, const struct part *p, struct err *e)
{
	str name, file;
	int rc;

	if (!str_eq_nocase(str_trim(str_sub(p->disposition, 0, 9)), STR("form-data")))
		return broken(e, p->disposition);
	rc = value_param(r->arena, p->disposition, STR("name"), &name, e);
	rc = rc ? rc : value_param(r->arena, p->disposition, STR("filename"), &file, e);
	if (rc)
		return rc;
	if (!name.ptr || !utf8_is_valid(name) || !utf8_is_valid(file))
		return broken(e, p->disposition);
	if (file.ptr) {
		if (r->file_count == HTTP_FILES_MAX)
			return err_set(e, ERR_LIMIT, "err.http.files");
		r->files[r->file_count++] = (struct http_file){name, file, p->content_type, p->bytes};
		return 0;
	}
	if (r->field_count == HTTP_FIELDS_MAX)
		return err_set(e, ERR_LIMIT, "err.http.fields");
	if (str_find_byte(p->bytes, '\0') >= 0 || !utf8_is_valid(p->bytes))
		return err_set_value(e, ERR_PARSE, "err.http.utf8", name);
	r->fields[r->field_count++] = (struct http_field){name, p->bytes};
	return 0;
}

/* `rest` begins behind a boundary: "--" ends the body, CRLF begins a part. */
static int read_parts(struct reader *r, str rest, str boundary, struct err *e)
{
	while (!str_starts(rest, STR("--"))) {
		struct part p = {0};
		ptrdiff_t end, next;
		int rc;

		if (!str_starts(rest, STR("\r\n")))
			return broken(e, rest);
		rest = str_from(rest, 2);
		end = str_find(str_sub(rest, 0, PART_HEAD_MAX), STR("\r\n\r\n"));
		if (end < 0)
			return broken(e, rest);
		rc = read_part_head(str_sub(rest, 0, (size_t)end), &p, e);
		if (rc)
			return rc;
		rest = str_from(rest, (size_t)end + 4);
		next = str_find(rest, boundary);
		/* An empty part may end where its head does: the CRLF of the boundary is then the head's last one. */
		if (next < 0)
			return broken(e, rest);
		p.bytes = str_sub(rest, 0, (size_t)next);
		rest = str_from(rest, (size_t)next + boundary.len);
		rc = keep_part(r, &p, e);
		if (rc)
			return rc;
	}
	return 0;
}

int multipart_parse(struct arena *a, str content_type, str body, struct multipart *ret, struct err *e)
{
	struct reader r = {.arena = a};
	str boundary, line;
	ptrdiff_t first;
	int rc = value_param(a, content_type, STR("boundary"), &boundary, e);

	if (rc)
		return rc;
	if (boundary.len == 0 || boundary.len > BOUNDARY_MAX || !head_is_field_value(boundary))
		return broken(e, content_type);
	line = arena_fmt(a, "\r\n--" STR_FMT, STR_ARG(boundary));
	/* Twice the room would be wasted on counting parts first: the bounds are small. */
	r.fields = arena_alloc(a, HTTP_FIELDS_MAX * sizeof(*r.fields));
	r.files = arena_alloc(a, HTTP_FILES_MAX * sizeof(*r.files));
	if (!line.ptr || !r.fields || !r.files)
		return err_set(e, ERR_LIMIT, "err.http.memory");
	first = str_starts(body, str_from(line, 2)) ? -2 : str_find(body, line);
	if (first == -1)
		return broken(e, body);
	rc = read_parts(&r, str_from(body, (size_t)(first + (ptrdiff_t)line.len)), line, e);
	if (!rc)
		*ret = (struct multipart){{r.fields, r.field_count}, r.files, r.file_count};
	return rc;
}
