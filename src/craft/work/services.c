#include "craft/work/services.h"

#include "base/buf.h"
#include "base/mem.h"

static bool is_gap(char c)
{
	return c == ' ' || c == ',' || c == ';' || c == '\t' || c == '\n' || c == '\r';
}

bool services_next(str *rest, str *ret_id)
{
	size_t from = 0, to;

	while (from < rest->len && is_gap(rest->ptr[from]))
		from++;
	for (to = from; to < rest->len && !is_gap(rest->ptr[to]);)
		to++;
	*ret_id = str_sub(*rest, from, to - from);
	*rest = str_from(*rest, to);
	return ret_id->len != 0;
}

bool services_have(str list, str id)
{
	str rest = list, one;

	while (services_next(&rest, &one))
		if (str_eq(one, id))
			return true;
	return false;
}

static str upper(struct arena *a, str id)
{
	str copy = arena_str(a, id);
	char *bytes = (char *)copy.ptr;

	for (size_t i = 0; bytes && i < copy.len; i++)
		if (bytes[i] >= 'a' && bytes[i] <= 'z')
			bytes[i] = (char)(bytes[i] - 'a' + 'A');
	return copy;
}

int services_read(str typed, const struct services_known *known, struct arena *a, str *ret, struct err *e)
{
	_cleanup_(buf_done) struct buf list = {0};
	str rest = typed, id;
	uint32_t count = 0;

	buf_init(&list, SERVICES_LIST_MAX * 33u);
	while (services_next(&rest, &id)) {
		/* An organisation's own service keeps its letters when they are known as they stand. */
		str shown = known && !known->has(known->ctx, id) ? upper(a, id) : id;

		if (!shown.ptr)
			return err_set(e, ERR_LIMIT, "err.work.budget");
		if (known && !known->has(known->ctx, shown)) {
			int rc = err_set_value(e, ERR_RANGE, "err.work.unknown_service", id);

			err_path(e, STR("services"));
			return rc;
		}
		if (services_have(buf_str(&list), shown))
			continue;
		if (++count > SERVICES_LIST_MAX)
			return err_set(e, ERR_LIMIT, "err.work.many_services");
		if (list.len)
			buf_add_byte(&list, ' ');
		buf_add(&list, shown);
	}
	if (list.failed)
		return err_set(e, ERR_LIMIT, "err.work.many_services");
	*ret = arena_str(a, buf_str(&list));
	return ret->ptr ? 0 : err_set(e, ERR_LIMIT, "err.work.budget");
}
