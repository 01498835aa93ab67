/* XML of strangers, by expat: no DTD (so no entities of their own), a bounded depth, names without their prefix. */
#include <expat.h>

#include "base/check.h"
#include "craft/sheet/internal.h"

#define DEPTH_MAX 64u

struct xml_reader {
	XML_Parser parser;
	const struct xml_handler *handler;
	struct err *e;
	str part;
	uint32_t depth;
	int rc;
};

static str local_name(const char *name)
{
	str whole = str_of(name);
	ptrdiff_t colon = str_find_byte(whole, ':');

	return colon < 0 ? whole : str_from(whole, (size_t)colon + 1);
}

static void stop(struct xml_reader *r, int rc)
{
	if (!r->rc)
		r->rc = rc;
	(void)XML_StopParser(r->parser, XML_FALSE);
}

static void on_open(void *ctx, const XML_Char *name, const XML_Char **attributes)
{
	struct xml_reader *r = ctx;
	int rc;

	if (++r->depth > DEPTH_MAX) {
		stop(r, err_set(r->e, ERR_LIMIT, "err.sheet.deep"));
		return;
	}
	rc = r->handler->open(r->handler->ctx, local_name(name), (xml_attributes)attributes, r->e);
	if (rc)
		stop(r, rc);
}

static void on_close(void *ctx, const XML_Char *name)
{
	struct xml_reader *r = ctx;
	int rc = r->handler->close ? r->handler->close(r->handler->ctx, local_name(name), r->e) : 0;

	r->depth--;
	if (rc)
		stop(r, rc);
}

static void on_text(void *ctx, const XML_Char *bytes, int len)
{
	struct xml_reader *r = ctx;

	if (r->handler->text)
		r->handler->text(r->handler->ctx, (str){bytes, (size_t)len});
}

static void on_doctype(void *ctx, const XML_Char *name, const XML_Char *system, const XML_Char *public,
		       int has_internal)
{
	struct xml_reader *r = ctx;

	(void)name;
	(void)system;
	(void)public;
	(void)has_internal;
	stop(r, err_set(r->e, ERR_UNSUPPORTED, "err.sheet.dtd"));
}

static int broken(struct xml_reader *r)
{
	int rc = err_set(r->e, ERR_PARSE, "err.sheet.xml");

	err_at(r->e, (uint32_t)XML_GetCurrentLineNumber(r->parser), (uint32_t)XML_GetCurrentColumnNumber(r->parser));
	err_detail(r->e, str_of(XML_ErrorString(XML_GetErrorCode(r->parser))));
	return rc;
}

int xml_read(str part, str bytes, const struct xml_handler *handler, struct err *e)
{
	struct xml_reader r = {.handler = handler, .e = e, .part = part};

	r.parser = XML_ParserCreate(NULL);
	CHECK(r.parser != NULL);
	XML_SetUserData(r.parser, &r);
	XML_SetElementHandler(r.parser, on_open, on_close);
	XML_SetCharacterDataHandler(r.parser, on_text);
	XML_SetStartDoctypeDeclHandler(r.parser, on_doctype);
	if (XML_Parse(r.parser, bytes.ptr ? bytes.ptr : "", (int)bytes.len, 1) != XML_STATUS_OK && !r.rc)
		r.rc = broken(&r);
	XML_ParserFree(r.parser);
	if (r.rc)
		err_path(e, part);
	return r.rc;
}

str xml_attribute(xml_attributes attributes, str name)
{
	for (size_t i = 0; attributes[i]; i += 2)
		if (str_eq(local_name(attributes[i]), name))
			return str_of(attributes[i + 1]);
	return STR_NONE;
}
