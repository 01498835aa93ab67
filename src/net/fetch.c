#include "net/fetch.h"

#include <curl/curl.h>
#include <stdio.h>

#include "base/check.h"
#include "base/mem.h"

static str host_of(str url)
{
	ptrdiff_t at = str_find(url, STR("://"));
	str rest = str_from(url, at < 0 ? url.len : (size_t)at + 3);
	size_t len = 0;

	if (rest.len && rest.ptr[0] == '[') {
		ptrdiff_t end = str_find_byte(rest, ']');

		return end < 0 ? STR("") : str_sub(rest, 0, (size_t)end + 1);
	}
	while (len < rest.len && rest.ptr[len] != '/' && rest.ptr[len] != ':' && rest.ptr[len] != '?' &&
	       rest.ptr[len] != '#')
		len++;
	return str_sub(rest, 0, len);
}

static bool is_this_machine(str host)
{
	return str_eq(host, STR("127.0.0.1")) || str_eq(host, STR("localhost")) || str_eq(host, STR("[::1]"));
}

int fetch_check(str url, struct err *e)
{
	str host = host_of(url);
	bool plain = true;

	for (size_t i = 0; i < url.len; i++)
		plain = plain && (unsigned char)url.ptr[i] > 0x20 && (unsigned char)url.ptr[i] < 0x7f;
	/* '@' would put a name in front of the host. */
	if (plain && url.len <= FETCH_URL_MAX && host.len && str_find_byte(url, '@') < 0 &&
	    (str_starts(url, STR("https://")) || (str_starts(url, STR("http://")) && is_this_machine(host))))
		return 0;
	return err_set_value(e, ERR_RANGE, "err.fetch.url", str_sub(url, 0, 200));
}

static size_t take(char *bytes, size_t one, size_t count, void *ctx)
{
	struct buf *out = ctx;

	buf_add(out, (str){bytes, one * count});
	return out->failed ? 0 : one * count;
}

static void limit(CURL *curl, bool is_https)
{
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, is_https ? "https" : "http");
	curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, "https");
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, is_https ? 1L : 0L);
	curl_easy_setopt(curl, CURLOPT_MAXREDIRS, (long)FETCH_REDIRECTS_MAX);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, FETCH_TIME_MAX_S);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, FETCH_CONNECT_MAX_S);
	curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, FETCH_STALL_S);
	curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, FETCH_STALL_BYTES);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "noroshi/" NOROSHI_VERSION);
	if (!is_https)
		curl_easy_setopt(curl, CURLOPT_PROXY, "");
}

static int told(str url, const struct buf *out, CURLcode code, long status, struct err *e)
{
	int rc;

	if (out->failed)
		return err_set_value(e, ERR_LIMIT, "err.fetch.large", str_sub(url, 0, 200));
	if (code != CURLE_OK) {
		rc = err_set_value(e, code == CURLE_OPERATION_TIMEDOUT ? ERR_TIMEOUT : ERR_IO, "err.fetch.failed",
				   str_sub(url, 0, 200));
		err_detail(e, str_of(curl_easy_strerror(code)));
		return rc;
	}
	rc = err_set_value(e, ERR_IO, "err.fetch.status", str_sub(url, 0, 200));
	err_detail_fmt(e, "%ld", status);
	return rc;
}

int fetch_url(str url, struct buf *out, struct err *e)
{
	_cleanup_free_ char *text = mem_dup(url.ptr ? url.ptr : "", url.len);
	long status = 0;
	CURLcode code;
	CURL *curl;
	int rc = fetch_check(url, e);

	if (rc)
		return rc;
	curl = curl_easy_init();
	CHECK(curl != NULL);
	limit(curl, str_starts(url, STR("https://")));
	curl_easy_setopt(curl, CURLOPT_URL, text);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, out);
	code = curl_easy_perform(curl);
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_cleanup(curl);
	return code == CURLE_OK && status == 200 && !out->failed ? 0 : told(url, out, code, status, e);
}
