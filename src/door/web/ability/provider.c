/* Providers: contracts, the reports they owe, one report with its judgement. */
#include "centre/provider/provider.h"
#include "door/web/ability/ability.h"
#include "door/web/ability/provider.h"
#include "door/web/web.h"

static const char *const slot_classes[SLOT_COUNT] = {"line", "err", "err", "caution", "caution", "good"};
static const char *const slot_signs[SLOT_COUNT] = {"", "▲ ", "▲ ", "", "", ""};

static str number(const struct request *rq, int64_t id)
{
	return arena_fmt(rq->arena, "%lld", (long long)id);
}

static void put_judgement(const struct request *rq, struct view *row, const struct report *r)
{
	const struct judgement *j = &r->judgement;

	view_bool(row, "is_judged", r->judged != 0);
	if (!r->judged)
		return;
	view_word(row, "content_word", show_word_key(rq, "provider.understood.", understanding_name(j->content)).ptr);
	view_word(row, "result_word", show_word_key(rq, "provider.understood.", understanding_name(j->result)).ptr);
	view_word(row, "expected_word", j->as_expected ? "provider.as_expected" : "provider.below");
	view_i64(row, "met", j->met);
	view_i64(row, "missed", j->missed);
	view_text(row, "remark", j->remark);
	view_text(row, "judged_by", r->judged_by);
	view_text(row, "judged_day", show_day(rq, r->judged));
}

void provider_put_slot(const struct request *rq, struct view *row, const struct report_slot *s)
{
	const struct report *r = &s->report;

	view_i64(row, "contract_id", s->contract->id);
	view_text(row, "provider", s->contract->provider);
	view_text(row, "reference", s->contract->reference);
	view_text(row, "due", ability_day_text(rq, r->due));
	view_text(row, "state_class", str_of(slot_classes[s->state]));
	view_text(row, "state_sign", str_of(slot_signs[s->state]));
	view_word(row, "state_word", show_word_key(rq, "provider.slot.", slot_state_name(s->state)).ptr);
	view_text(row, "url", r->id ? arena_fmt(rq->arena, "/providers/reports/%lld", (long long)r->id) : STR(""));
	view_text(row, "file_name", r->file_name);
	view_text(row, "opened_by", r->opened_by);
	ability_put_services(rq, row, "services", s->contract->services);
	put_judgement(rq, row, r);
}

static void put_contract(const struct request *rq, struct view *row, const struct contract *c)
{
	view_i64(row, "id", c->id);
	view_text(row, "provider", c->provider);
	view_text(row, "reference", c->reference);
	view_text(row, "contact", c->contact);
	view_text(row, "from", ability_day_text(rq, c->from));
	view_text(row, "to", ability_day_text(rq, c->to));
	view_bool(row, "is_ended", c->to && c->to <= rq->now);
	view_word(row, "cadence_word", show_word_key(rq, "provider.cadence.", cadence_name(c->cadence)).ptr);
	ability_put_services(rq, row, "services", c->services);
}

/* The choices of the upload form: reports that are owed and have not come. */
static void put_owed(const struct request *rq, struct view *v, const struct report_slots *slots)
{
	view_list(v, "owed");
	for (uint32_t i = 0; i < slots->count; i++) {
		const struct report_slot *s = &slots->items[i];
		str day = ability_day_text(rq, s->report.due);

		if (s->report.id)
			continue;
		evaluate_put_choice(v, "owed",
				    arena_fmt(rq->arena, "%lld:" STR_FMT, (long long)s->contract->id, STR_ARG(day)),
				    arena_fmt(rq->arena, STR_FMT " · " STR_FMT " · " STR_FMT, STR_ARG(day),
					      STR_ARG(s->contract->provider), STR_ARG(s->contract->reference)),
				    false);
	}
}

static void put_cadences(const struct request *rq, struct view *v)
{
	view_list(v, "cadences");
	for (size_t i = 0; i < CADENCE_COUNT; i++) {
		const char *name = cadence_name((enum cadence)i);

		evaluate_put_choice(v, "cadences", str_of(name),
				    words_get(rq->lang, show_word_key(rq, "provider.cadence.", name)),
				    i == CADENCE_MONTHLY);
	}
}

int provider_page(struct request *rq, struct response *rs, const struct err *why, struct err *e)
{
	struct view *v = view_create(rq->arena);
	struct scope scope = actor_scope(&rq->actor);
	struct provider_list providers;
	struct report_slots slots;
	int rc;

	if ((rc = provider_list(rq->db, scope, rq->arena, &providers, e)) ||
	    (rc = report_slots(rq->db, scope, rq->now, rq->arena, &slots, e)) ||
	    (rc = ability_refused(rq, rs, v, why, e)))
		return rc;
	if (!why)
		ability_put_done(rq, v, "provider");
	view_list(v, "providers");
	for (uint32_t i = 0; i < providers.count; i++)
		evaluate_put_choice(v, "providers", number(rq, providers.items[i].id), providers.items[i].name, false);
	view_list(v, "contracts");
	for (uint32_t i = 0; i < slots.contracts.count; i++)
		put_contract(rq, view_item(v, "contracts"), &slots.contracts.items[i]);
	view_list(v, "reports");
	for (uint32_t i = 0; i < slots.count; i++)
		provider_put_slot(rq, view_item(v, "reports"), &slots.items[i]);
	view_i64(v, "missing_count", slots.counts[SLOT_MISSING] + slots.counts[SLOT_UNOPENED]);
	view_i64(v, "to_judge_count", slots.counts[SLOT_OPENED] + slots.counts[SLOT_ARRIVED]);
	view_i64(v, "judged_count", slots.counts[SLOT_JUDGED]);
	put_owed(rq, v, &slots);
	put_cadences(rq, v);
	view_text(v, "today", show_day(rq, rq->now));
	return response_page(rq, rs, STR("ability/providers"), v, e);
}

static int providers_get(struct request *rq, struct response *rs, struct err *e)
{
	return provider_page(rq, rs, NULL, e);
}

/* ---- one report ---- */

static void put_choices(const struct request *rq, struct view *v, const char *list, enum understanding chosen)
{
	for (size_t i = UNDERSTOOD_YES; i < UNDERSTOOD_COUNT; i++) {
		const char *name = understanding_name((enum understanding)i);

		evaluate_put_choice(v, list, str_of(name),
				    words_get(rq->lang, show_word_key(rq, "provider.understood.", name)), i == chosen);
	}
}

int provider_report_page(struct request *rq, struct response *rs, const struct err *why, struct err *e)
{
	struct view *v = view_create(rq->arena);
	const struct report_slot *slot = NULL;
	struct report_slots slots;
	int64_t id;
	int rc;

	if ((rc = request_param_i64(rq, 0, &id, e)) ||
	    (rc = report_slots(rq->db, actor_scope(&rq->actor), rq->now, rq->arena, &slots, e)) ||
	    (rc = ability_refused(rq, rs, v, why, e)))
		return rc;
	for (uint32_t i = 0; i < slots.count; i++)
		if (slots.items[i].report.id == id)
			slot = &slots.items[i];
	if (!slot)
		return err_set(e, ERR_NOT_FOUND, "err.provider.unknown");
	if (!why)
		ability_put_done(rq, v, "provider");
	provider_put_slot(rq, v, slot);
	view_i64(v, "id", id);
	view_i64(v, "version", slot->report.version);
	view_text(v, "size", show_size(rq, slot->report.size_bytes));
	view_text(v, "received_by", slot->report.received_by);
	view_text(v, "received_day", show_day(rq, slot->report.received));
	view_text(v, "opened_day", slot->report.opened ? show_day(rq, slot->report.opened) : STR(""));
	view_bool(v, "is_opened", slot->report.opened != 0);
	view_i64(v, "typed_met", slot->report.judgement.met);
	view_i64(v, "typed_missed", slot->report.judgement.missed);
	view_text(v, "typed_remark", slot->report.judgement.remark);
	view_bool(v, "typed_expected", slot->report.judgement.as_expected || !slot->report.judged);
	put_choices(rq, v, "contents", slot->report.judgement.content);
	put_choices(rq, v, "results", slot->report.judgement.result);
	return response_page(rq, rs, STR("ability/report"), v, e);
}

static int report_show(struct request *rq, struct response *rs, struct err *e)
{
	return provider_report_page(rq, rs, NULL, e);
}

const struct route provider_web_routes[] = {
	{.method = "GET", .pattern = "/providers", .permission = PERM_PORTFOLIO_READ, .handler = providers_get},
	{.method = "GET",
	 .pattern = "/providers/reports/{id}",
	 .permission = PERM_PORTFOLIO_READ,
	 .handler = report_show},
	{0},
};
