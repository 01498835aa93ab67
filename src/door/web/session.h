/* session: what the pages of signing in, set-up and settings share. */
#ifndef DOOR_WEB_SESSION_H
#define DOOR_WEB_SESSION_H

#include "door/web/web.h"
#include "guard/session.h"
#include "guard/totp.h"

/* Puts `error`, the sentence for e in the reader's language, and the response's status. Returns false when e is nothing
 * that the reader of a form can mend (the store failed): then the handler returns the error itself. */
bool form_error(struct request *rq, struct response *rs, struct view *v, const struct err *e);
/* ERR_AUTH when a program asks (a token, the socket): these pages belong to a person's session. */
int need_session(const struct request *rq, struct err *e) MUST_CHECK;
/* The new cookie, copied where the response finds it. */
void give_cookie(struct request *rq, struct response *rs, const struct secret *cookie);
/* The page that shows recovery codes, once. */
int codes_page(struct request *rq, struct response *rs, const struct recovery_codes *codes, struct err *e) MUST_CHECK;
/* `secret` in groups of four, `totp_key` and `otpauth_url`. */
void view_totp(struct request *rq, struct view *v, const struct totp_secret *secret, str login);
/* Begins and ends a transaction around fn. */
int in_transaction(struct request *rq, int (*fn)(struct request *rq, void *ctx, struct err *e), void *ctx,
		   struct err *e) MUST_CHECK;

#endif
