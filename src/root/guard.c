#include "root/guard.h"

static bool names(struct str said, const struct org_account *acct)
{
	return str_eq(said, acct->id) || str_eq(said, acct->name);
}

static bool kept(const struct guard *g, const struct org_account *acct, struct arena *a,
		 struct str *reason)
{
	const struct org_root_plan *plan = &g->files->root;
	char until[TIME_ISO_SIZE];

	for (size_t i = 0; i < plan->nkeep; i++) {
		const struct org_keep *k = &plan->keep[i];

		if (!names(k->account, acct) || (k->until_ms && k->until_ms <= g->now_ms))
			continue;
		/* of a time, its day */
		*reason = arena_printf(a, "kept until %.*s: %.*s (%s:%u)", k->until_ms ? 10 : 14,
				       k->until_ms ? time_iso(k->until_ms - 1, false, until)
						   : "further notice",
				       STR_ARG(k->reason), k->pos.path, k->pos.line);
		return true;
	}
	return false;
}

static bool work_open(const struct guard *g, const struct org_account *acct, struct arena *a,
		      struct str *reason)
{
	const struct org_root_plan *plan = &g->files->root;

	for (size_t i = 0; i < plan->nwork; i++) {
		const struct org_root_work *w = &plan->work[i];

		if (w->done || !names(w->account, acct))
			continue;
		*reason = arena_printf(a, "work that only root can do is open: %.*s (%s:%u)",
				       STR_ARG(w->task), w->pos.path, w->pos.line);
		return true;
	}
	return false;
}

bool guard_key_used(const struct root_facts *f, int64_t used_within_ms, int64_t now_ms,
		    struct arena *a, struct str *reason)
{
	for (size_t i = 0; i < f->nkeys; i++) {
		const struct root_key *key = &f->keys[i];
		char ago[TIME_ISO_SIZE];

		if (!key->active || !key->used_ms || now_ms - key->used_ms > used_within_ms)
			continue;
		*reason = arena_printf(a, "access key %.*s%swas used %s ago (%.*s, %.*s)",
				       STR_ARG(key->id), key->id.n ? " " : "",
				       duration_text(now_ms - key->used_ms, ago),
				       STR_ARG(key->used_service), STR_ARG(key->used_region));
		return true;
	}
	return false;
}

static bool key_used(const struct guard *g, const struct org_account *acct, struct arena *a,
		     struct str *reason)
{
	for (size_t i = 0; i < g->last->nrows; i++)
		if (str_eq(g->last->rows[i]->account->id, acct->id))
			return guard_key_used(g->last->rows[i], g->used_within_ms, g->now_ms, a,
					      reason);
	return false;
}

static bool restored(const struct guard *g, const struct org_account *acct, struct arena *a,
		     struct str *reason)
{
	char until[TIME_ISO_SIZE];

	for (size_t i = 0; i < g->nrestores; i++) {
		const struct restore *r = &g->restores[i];

		if (!str_eq(r->account_id, acct->id) || r->until_ms <= g->now_ms)
			continue;
		*reason = arena_printf(a, "restored until %s: %.*s",
				       time_iso(r->until_ms, false, until), STR_ARG(r->reason));
		return true;
	}
	return false;
}

enum guard_kind guard_check(const struct guard *g, const struct org_account *acct, struct arena *a,
			    struct str *reason)
{
	*reason = STR_NULL;
	if (g->files && kept(g, acct, a, reason))
		return GUARD_KEPT;
	if (restored(g, acct, a, reason))
		return GUARD_RESTORED;
	if (g->files && work_open(g, acct, a, reason))
		return GUARD_WORK;
	if (g->last && g->used_within_ms && key_used(g, acct, a, reason))
		return GUARD_KEY_USED;
	return GUARD_NONE;
}
