/* iCalendar text: RFC 5545 3.1 (lines and folding), 3.3.11 (escapes of TEXT), 3.6.1 (VEVENT), 3.6.6 (VALARM). */
#include "base/mem.h"
#include "base/utf8.h"
#include "craft/calendar/calendar.h"

#define LINE_OCTETS 75u

/* One content line: folded on a border of UTF-8, never longer than LINE_OCTETS with its leading blank. */
static void line_add(struct buf *out, str line)
{
	size_t room = LINE_OCTETS;

	for (;;) {
		str part = utf8_cut(line, room);

		if (!part.len) /* not UTF-8: cut where it must */
			part = str_sub(line, 0, room);
		buf_add(out, part);
		buf_add(out, STR("\r\n"));
		line = str_from(line, part.len);
		if (!line.len)
			return;
		buf_add_byte(out, ' ');
		room = LINE_OCTETS - 1;
	}
}

static void text_escaped(struct buf *out, str text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (c == '\n')
			buf_add(out, STR("\\n"));
		else if (c == '\\' || c == ';' || c == ',')
			buf_add_fmt(out, "\\%c", c);
		else if ((unsigned char)c >= 0x20 && c != 0x7f)
			buf_add_byte(out, c);
	}
}

static void text_add(struct buf *out, const char *name, str text)
{
	_cleanup_(buf_done) struct buf line = {0};

	if (!text.len)
		return;
	buf_init(&line, 64u << 10);
	buf_add_fmt(&line, "%s:", name);
	text_escaped(&line, text);
	line_add(out, buf_str(&line));
}

static void day_add(struct buf *out, const char *name, day_t day)
{
	struct day_parts p = day_split(day);

	buf_add_fmt(out, "%s;VALUE=DATE:%04d%02d%02d\r\n", name, p.year, p.month, p.day);
}

static void time_add(struct buf *out, const char *name, time_us t)
{
	struct time_parts p;

	time_split(t, &p);
	buf_add_fmt(out, "%s:%04d%02d%02dT%02d%02d%02dZ\r\n", name, p.year, p.month, p.day, p.hour, p.minute, p.second);
}

static void frame(struct buf *out, const char *which, const char *component)
{
	buf_add_fmt(out, "%s:%s\r\n", which, component);
}

void ics_begin(struct buf *out, str name, str product_lang)
{
	frame(out, "BEGIN", "VCALENDAR");
	buf_add(out, STR("VERSION:2.0\r\n"));
	buf_add_fmt(out, "PRODID:-//Noroshi//Noroshi//" STR_FMT "\r\n", STR_ARG(product_lang));
	buf_add(out, STR("CALSCALE:GREGORIAN\r\nMETHOD:PUBLISH\r\nREFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n"));
	text_add(out, "X-WR-CALNAME", name);
}

void ics_add(struct buf *out, const struct ics_event *ev)
{
	_cleanup_(buf_done) struct buf summary = {0};

	buf_init(&summary, 64u << 10);
	buf_add(&summary, ev->is_done ? STR("✓ ") : STR(""));
	buf_add(&summary, ev->summary);
	frame(out, "BEGIN", "VEVENT");
	text_add(out, "UID", ev->uid);
	time_add(out, "DTSTAMP", ev->stamp);
	if (ev->until) {
		time_add(out, "DTSTART", ev->from);
		time_add(out, "DTEND", ev->until);
	} else {
		day_add(out, "DTSTART", ev->day);
		day_add(out, "DTEND", ev->day + 1);
	}
	text_add(out, "SUMMARY", buf_str(&summary));
	text_add(out, "DESCRIPTION", ev->description);
	text_add(out, "CATEGORIES", ev->categories);
	if (ev->url.len) { /* a URI, not TEXT: nothing is escaped */
		_cleanup_(buf_done) struct buf line = {0};

		buf_init(&line, 4096);
		buf_add_fmt(&line, "URL:" STR_FMT, STR_ARG(ev->url));
		line_add(out, buf_str(&line));
	}
	if (!ev->until)
		buf_add(out, STR("TRANSP:TRANSPARENT\r\n"));
	if (ev->remind_min > 0 && !ev->is_done) {
		frame(out, "BEGIN", "VALARM");
		buf_add(out, STR("ACTION:DISPLAY\r\n"));
		buf_add_fmt(out, "TRIGGER:-PT%dM\r\n", ev->remind_min);
		text_add(out, "DESCRIPTION", ev->summary);
		frame(out, "END", "VALARM");
	}
	frame(out, "END", "VEVENT");
}

void ics_end(struct buf *out)
{
	frame(out, "END", "VCALENDAR");
}
