/* One round: progress, reviews, reasons, moves and signing. */
#include "base/check.h"
#include "door/web/evaluate/evaluate_text.h"
#include "door/web/web.h"

static void put_progress(struct view *v, const struct round_progress *p)
{
	const struct {
		const char *label;
		uint32_t done, total;
	} rows[] = {{"evaluate.progress.level", p->level_decided, p->services},
		    {"evaluate.progress.assignment", p->assignment_decided, p->applicable},
		    {"evaluate.progress.scored", p->scored, p->applicable},
		    {"evaluate.progress.aimed", p->aimed, p->applicable}};

	view_list(v, "progress");
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct view *row = view_item(v, "progress");

		view_word(row, "label", rows[i].label);
		view_i64(row, "done", rows[i].done);
		view_i64(row, "total", rows[i].total);
	}
	view_i64(v, "changed", p->changed);
}

static struct view *put_word(struct view *v, const char *list, const char *value, str key)
{
	struct view *choice = view_item(v, list);

	view_text(choice, "value", str_of(value));
	view_word(choice, "label", key.ptr);
	return choice;
}

static void put_reviews(const struct request *rq, struct view *v, const struct round *r)
{
	view_list(v, "reviews");
	for (int i = 0; i < REVIEW_COUNT; i++) {
		const char *subject = review_subject_name((enum review_subject)i);
		const struct round_review *review = &r->reviews[i];
		struct view *row = view_item(v, "reviews");
		str title = show_word_key(rq, "evaluate.review.", subject);

		view_text(row, "subject", str_of(subject));
		view_word(row, "title", title.ptr);
		view_word(row, "guide", arena_fmt(rq->arena, STR_FMT ".guide", STR_ARG(title)).ptr);
		view_bool(row, "is_done", review->is_done);
		view_word(row, "outcome_word",
			  show_word_key(rq, "evaluate.outcome.", review_outcome_name(review->outcome)).ptr);
		view_text(row, "remark", review->remark);
		view_text(row, "reviewer", review->reviewer);
		view_text(row, "when", show_time_text(rq, review->at));
		view_list(row, "outcomes");
		for (int k = 0; k < OUTCOME_COUNT; k++) {
			const char *name = review_outcome_name((enum review_outcome)k);

			view_bool(put_word(row, "outcomes", name, show_word_key(rq, "evaluate.outcome.", name)),
				  "selected", review->is_done && review->outcome == (enum review_outcome)k);
		}
	}
}

static void put_triggers(const struct request *rq, struct view *v, const struct round *r)
{
	view_list(v, "triggers");
	for (uint32_t i = 0; i < r->trigger_count; i++) {
		const struct round_trigger *t = &r->triggers[i];
		struct view *row = view_item(v, "triggers");

		view_word(row, "kind_word", show_word_key(rq, "evaluate.trigger.", trigger_kind_name(t->kind)).ptr);
		view_text(row, "remark", t->remark);
		view_text(row, "by", t->user_name);
		view_text(row, "when", show_time_text(rq, t->at));
	}
	view_list(v, "trigger_kinds");
	for (int i = 0; i < TRIGGER_COUNT; i++) {
		const char *name = trigger_kind_name((enum trigger_kind)i);

		put_word(v, "trigger_kinds", name, show_word_key(rq, "evaluate.trigger.", name));
	}
}

/* Every move out of this state, with the reason when it is not open to the reader now. */
static void put_moves(const struct request *rq, struct view *v, const struct round *r)
{
	size_t count;
	const struct round_move *moves = round_moves(&count);

	view_list(v, "moves");
	for (size_t i = 0; i < count; i++) {
		const char *from = round_state_name(moves[i].from), *to = round_state_name(moves[i].to);
		bool may = actor_may(&rq->actor, moves[i].permission);
		bool ready = !moves[i].needs_reviews || r->reviews_done == REVIEW_COUNT;
		struct view *row;

		if (moves[i].from != r->state)
			continue;
		row = view_item(v, "moves");
		view_text(row, "to", str_of(to));
		view_word(row, "label", arena_fmt(rq->arena, "evaluate.move.%s.%s", from, to).ptr);
		view_text(row, "class", moves[i].clears_reviews ? STR("") : STR("pri"));
		view_bool(row, "allowed", may && ready);
		view_text(row, "hint",
			  may && ready
				  ? STR("")
				  : words_get(rq->lang, may ? STR("err.evaluate.reviews") : STR("evaluate.not_yours")));
	}
}

/* The signed round before this one, compared with this one's snapshot or the present. */
static int put_snapshots(const struct request *rq, struct view *v, const struct round *r, struct err *e)
{
	struct snapshot_list list;
	str mine = r->snapshot_id ? arena_fmt(rq->arena, "%lld", (long long)r->snapshot_id) : EVALUATE_NOW;
	int rc = snapshot_list(rq->db, actor_scope(&rq->actor), r->framework, rq->arena, &list, e);

	if (rc)
		return rc;
	view_text(v, "snapshot_url", arena_fmt(rq->arena, "/evaluate/compare?a=" STR_FMT "&b=now", STR_ARG(mine)));
	view_text(v, "previous_url", STR(""));
	for (uint32_t i = 0; i < list.count; i++) {
		const struct snapshot *s = &list.items[i];

		if (!s->is_signed || s->id == r->snapshot_id || (r->signed_at && s->taken_at >= r->signed_at))
			continue;
		view_text(v, "previous_url",
			  arena_fmt(rq->arena, "/evaluate/compare?a=%lld&b=" STR_FMT, (long long)s->id, STR_ARG(mine)));
		break;
	}
	return 0;
}

static int round_page(struct request *rq, struct response *rs, const struct err *why, struct err *e)
{
	struct view *v = view_create(rq->arena);
	bool may = actor_may(&rq->actor, PERM_PORTFOLIO_WRITE);
	struct round_progress progress;
	struct portfolio p;
	struct round r;
	int64_t id;
	int rc;

	if ((rc = request_param_i64(rq, 0, &id, e)) ||
	    (rc = round_load(rq->db, actor_scope(&rq->actor), id, rq->arena, &r, e)) ||
	    (rc = evaluate_portfolio(rq, r.rule, &p, e)) || (rc = put_snapshots(rq, v, &r, e)))
		return rc;
	progress = round_progress(&p, r.start);
	evaluate_put_round(rq, v, &r);
	view_i64(v, "id", r.id);
	view_i64(v, "version", r.version);
	view_text(v, "created_by", r.created_by);
	view_text(v, "lens", p.framework->name.by_lang[rq->lang]);
	view_word(v, "rule", show_word_key(rq, "build.rule.", combine_rule_name(r.rule)).ptr);
	view_bool(v, "can_review", may && r.state == ROUND_REVIEW);
	view_bool(v, "can_note", may && r.state != ROUND_SIGNED);
	view_bool(v, "is_signed", r.state == ROUND_SIGNED);
	view_text(v, "signed_by", r.signed_by);
	view_text(v, "signed", show_time_text(rq, r.signed_at));
	put_progress(v, &progress);
	put_reviews(rq, v, &r);
	put_triggers(rq, v, &r);
	put_moves(rq, v, &r);
	if (why && !evaluate_notice(rq, rs, v, why)) {
		if (e)
			*e = *why;
		return -(int)why->code;
	}
	return response_page(rq, rs, STR("evaluate/show"), v, e);
}

static int round_get(struct request *rq, struct response *rs, struct err *e)
{
	return round_page(rq, rs, NULL, e);
}

static int go_back(struct request *rq, struct response *rs, int64_t id)
{
	response_redirect(rs, arena_fmt(rq->arena, "/evaluate/%lld", (long long)id));
	return 0;
}

static int form_refuse(struct err *e, str value)
{
	return err_set_value(e, ERR_RANGE, "err.evaluate.form", value);
}

static int move_post(struct request *rq, struct response *rs, struct err *e)
{
	struct round_step step = {.framework = evaluate_framework(rq), .now = rq->now};
	struct err why = {0};
	str to = request_form(rq, STR("to"));
	int rc = request_param_i64(rq, 0, &step.id, e);

	if (rc)
		return rc;
	rc = round_state_parse(to, &step.to) ? evaluate_form_id(rq, "version", &step.expected, &why)
					     : form_refuse(&why, to);
	if (!rc)
		rc = round_step(rq->db, &rq->actor, &step, &why);
	return rc ? round_page(rq, rs, &why, e) : go_back(rq, rs, step.id);
}

static int review_post(struct request *rq, struct response *rs, struct err *e)
{
	struct review_entry entry = {.remark = str_trim(request_form(rq, STR("remark"))), .now = rq->now};
	str subject = request_form(rq, STR("subject")), outcome = request_form(rq, STR("outcome"));
	struct err why = {0};
	int rc = request_param_i64(rq, 0, &entry.round_id, e);

	if (rc)
		return rc;
	if (!review_subject_parse(subject, &entry.subject))
		rc = form_refuse(&why, subject);
	else if (!review_outcome_parse(outcome, &entry.outcome))
		rc = form_refuse(&why, outcome);
	else
		rc = round_review_save(rq->db, &rq->actor, &entry, &why);
	return rc ? round_page(rq, rs, &why, e) : go_back(rq, rs, entry.round_id);
}

static int trigger_post(struct request *rq, struct response *rs, struct err *e)
{
	struct trigger_entry entry = {.remark = str_trim(request_form(rq, STR("remark"))), .now = rq->now};
	str kind = request_form(rq, STR("kind"));
	struct err why = {0};
	int rc = request_param_i64(rq, 0, &entry.round_id, e);

	if (rc)
		return rc;
	rc = trigger_kind_parse(kind, &entry.kind) ? round_trigger_add(rq->db, &rq->actor, &entry, &why)
						   : form_refuse(&why, kind);
	return rc ? round_page(rq, rs, &why, e) : go_back(rq, rs, entry.round_id);
}

const struct route evaluate_round_web_routes[] = {
	{.method = "GET", .pattern = "/evaluate/{id}", .permission = PERM_PORTFOLIO_READ, .handler = round_get},
	{.method = "POST", .pattern = "/evaluate/{id}/move", .permission = PERM_PORTFOLIO_WRITE, .handler = move_post},
	{.method = "POST",
	 .pattern = "/evaluate/{id}/review",
	 .permission = PERM_PORTFOLIO_WRITE,
	 .handler = review_post},
	{.method = "POST",
	 .pattern = "/evaluate/{id}/trigger",
	 .permission = PERM_PORTFOLIO_WRITE,
	 .handler = trigger_post},
	{0},
};
