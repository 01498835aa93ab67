#include "base/log.h"

#define LINE_MAX_BYTES 4096
#define VALUE_MAX_BYTES 1024

static const char *const level_names[LOG_LEVEL_COUNT] = {"debug", "info", "warning", "error"};

static void add_quoted(struct buf *b, str value)
{
	str cut = str_sub(value, 0, VALUE_MAX_BYTES);

	buf_add_byte(b, '"');
	for (size_t i = 0; i < cut.len; i++) {
		unsigned char c = (unsigned char)cut.ptr[i];

		if (c == '"' || c == '\\')
			buf_add_fmt(b, "\\%c", c);
		else if (c < 0x20 || c == 0x7F)
			buf_add_fmt(b, "\\u%04x", c);
		else
			buf_add_byte(b, (char)c);
	}
	if (cut.len < value.len)
		buf_add(b, STR("[cut]"));
	buf_add_byte(b, '"');
}

static void add_field(struct buf *b, bool json, const struct log_field *f)
{
	if (json)
		buf_add_fmt(b, ",\"%s\":", f->name);
	else
		buf_add_fmt(b, " %s=", f->name);
	if (f->is_number)
		buf_add_i64(b, f->number);
	else
		add_quoted(b, f->text);
}

void log_record(struct log *log, enum log_level level, const char *id, const struct log_field *fields, size_t count)
{
	char when[TIME_TEXT_MAX];
	struct buf line;

	if (!log || level < log->least)
		return;
	buf_init(&line, LINE_MAX_BYTES);
	time_format(log->now(), when);
	if (log->json)
		buf_add_fmt(&line, "{\"time\":\"%s\",\"level\":\"%s\",\"id\":\"%s\"", when, level_names[level], id);
	else
		buf_add_fmt(&line, "time=%s level=%s id=%s", when, level_names[level], id);
	for (size_t i = 0; i < count; i++)
		add_field(&line, log->json, &fields[i]);
	if (log->json)
		buf_add_byte(&line, '}');
	log->write(log, level, buf_str(&line));
	buf_done(&line);
}

void log_err(struct log *log, enum log_level level, const char *id, const struct err *e)
{
	log_event(log, level, id, LOG_STR("error", str_of(e->id)), LOG_STR("code", str_of(err_code_name(e->code))),
		  LOG_STR("path", str_of(e->path)), LOG_I64("line", e->line), LOG_STR("value", str_of(e->value)),
		  LOG_STR("detail", str_of(e->detail)));
}
