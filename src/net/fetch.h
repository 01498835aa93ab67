/* fetch: one file from the network, by libcurl, within limits.
 *
 * https with the certificate checked; http only to this machine itself (tests, a mirror beside us), and without
 * redirects. Redirects of https go to https only. The proxy of the environment is used, as curl does.
 */
#ifndef NET_FETCH_H
#define NET_FETCH_H

#include "base/buf.h"
#include "base/err.h"

#define FETCH_URL_MAX 2048u
#define FETCH_REDIRECTS_MAX 5
#define FETCH_TIME_MAX_S 180L
#define FETCH_CONNECT_MAX_S 20L
#define FETCH_STALL_S 30L /* less than FETCH_STALL_BYTES a second for so long ends it */
#define FETCH_STALL_BYTES 512L

/* True for what fetch_url would try; *e names what is wrong (err.fetch.url). */
int fetch_check(str url, struct err *e) MUST_CHECK;
/* Appends the body; more than out may hold is ERR_LIMIT err.fetch.large. Another status than 200: err.fetch.status. */
int fetch_url(str url, struct buf *out, struct err *e) MUST_CHECK;

#endif
