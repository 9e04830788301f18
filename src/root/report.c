#include "root/report.h"

#include "root/inventory-private.h"
#include "root/read.h"

/* The organization of the newest inventory, copied while the row is there. */
struct finding_org {
	struct arena *arena;
	struct str id;
};

static bool take_newest(const struct store_row *r, void *ctx)
{
	struct finding_org *f = ctx;

	f->id = arena_str(f->arena, store_col_str(r, 0));
	return false;
}

static bool find_org(struct store *st, struct arena *a, struct str *id, struct err *err)
{
	struct finding_org f = {.arena = a};

	if (!store_query(st, "SELECT org FROM inventory ORDER BY time_ms DESC, id DESC LIMIT 1",
			 NULL, 0, take_newest, &f, err))
		return false;
	*id = f.id;
	if (!f.id.n)
		return err_set(err, ERR_INPUT,
			       "the store '%s' remembers no inventory yet: run 'rootout root "
			       "inventory' first",
			       store_path(st));
	return true;
}

static const struct org_account *in_files(const struct org *files, const struct org_account *acct)
{
	const struct org_account *f = files ? org_account(files, acct->id) : NULL;

	return f || !files ? f : org_account(files, acct->name);
}

static struct str owners_of(const struct org_account *acct, struct arena *a)
{
	struct str s = STR_NULL;

	for (size_t i = 0; acct && i < acct->nowners; i++)
		s = s.n ? arena_printf(a, "%.*s, %.*s", STR_ARG(s), STR_ARG(acct->owners[i]))
			: acct->owners[i];
	return s;
}

static void count(struct report *r, struct report_account *ra)
{
	switch (ra->facts->state) {
	case ROOT_STATE_ROOTLESS:
	case ROOT_STATE_RETIRED:
		r->rootless++;
		break;
	case ROOT_STATE_MANAGEMENT:
	case ROOT_STATE_SUSPENDED:
		r->out_of_reach++;
		break;
	case ROOT_STATE_CREDENTIALS:
		r->with++;
		r->kept += ra->guard == GUARD_KEPT;
		ra->remains = ra->guard != GUARD_KEPT;
		break;
	default:
		r->unread++;
		ra->remains = true;
	}
}

/* Accounts of the files that no inventory ever chose: nobody knows, and that is said. */
static void add_never_read(struct report *r, const struct org *files)
{
	size_t known = r->inventory->nrows;

	for (size_t i = 0; files && i < files->naccounts; i++) {
		struct org_account *said = files->accounts[i];
		struct root_facts *f;
		bool found = false;

		for (size_t k = 0; k < known && !found; k++) {
			const struct org_account *seen = r->inventory->rows[k]->account;

			found = said->id.n ? str_eq(said->id, seen->id)
					   : str_eq(said->name, seen->name);
		}
		if (found)
			continue;
		f = root_facts_new(said);
		f->state = said->management ? ROOT_STATE_MANAGEMENT : ROOT_STATE_UNREAD;
		f->reason = STR("in the files, and no inventory has read it yet");
		inventory_add(r->inventory, f);
	}
}

static void fill_accounts(struct report *r, const struct guard *g, const struct org *files,
			  struct arena *a)
{
	r->accounts = arena_calloc(a, r->inventory->nrows + 1, sizeof(*r->accounts));
	for (size_t i = 0; i < r->inventory->nrows; i++) {
		struct report_account *ra = &r->accounts[r->naccounts++];
		const struct org_account *said;

		ra->facts = r->inventory->rows[i];
		said = in_files(files, ra->facts->account);
		ra->unit = said && said->unit ? said->unit->path : STR_NULL;
		ra->owners = owners_of(said, a);
		ra->guard = guard_check(g, ra->facts->account, a, &ra->guard_reason);
		for (size_t k = 0; k < r->nledger; k++)
			if (str_eqz(r->ledger[k].kind, "retired") &&
			    str_eq(r->ledger[k].account_id, ra->facts->account->id))
				ra->retired = &r->ledger[k];
		for (size_t k = 0; k < r->nrestores; k++)
			if (str_eq(r->restores[k].account_id, ra->facts->account->id))
				ra->restore = &r->restores[k];
		count(r, ra);
	}
}

static void fill_waves(struct report *r, const struct org *files, struct arena *a)
{
	r->wave_total = arena_calloc(a, r->nwaves + 1, sizeof(size_t));
	r->wave_rootless = arena_calloc(a, r->nwaves + 1, sizeof(size_t));
	for (size_t w = 0; w < r->nwaves; w++) {
		size_t n;
		struct str *ids = wave_accounts(files, r->waves[w].wave, a, &n);

		for (size_t i = 0; i < n; i++) {
			for (size_t k = 0; k < r->naccounts; k++) {
				const struct root_facts *f = r->accounts[k].facts;

				if (!str_eq(ids[i], f->account->id) &&
				    !str_eq(ids[i], f->account->name))
					continue;
				r->wave_total[w]++;
				r->wave_rootless[w] += f->state == ROOT_STATE_ROOTLESS ||
						       f->state == ROOT_STATE_RETIRED;
			}
		}
	}
}

bool report_make(struct store *st, struct str org_id, const struct org *files, int64_t now_ms,
		 struct arena *a, struct report **out, struct err *err)
{
	struct report *r = arena_new_of(a, struct report);
	struct root_run run = {.store = st};
	struct ledger_filter all = {0};
	struct guard g = {.files = files, .now_ms = now_ms};
	size_t entries;

	*out = NULL;
	r->now_ms = now_ms;
	r->org_id = org_id;
	r->org_name = files ? files->name : STR_NULL;
	if (!org_id.n && !find_org(st, a, &r->org_id, err))
		return false;
	run.org_id = r->org_id;
	if (!inventory_last(&run, r->org_id, &r->inventory, err))
		return false;
	if (!r->inventory)
		return err_set(err, ERR_INPUT,
			       "the store '%s' has no inventory of organization %.*s",
			       store_path(st), STR_ARG(r->org_id));
	r->taken_ms = r->inventory->taken_ms;
	if (!restores_open(&run, r->org_id, false, now_ms, a, &r->restores, &r->nrestores, err) ||
	    !ledger_verify(st, STR_NULL, a, &r->faults, &r->nfaults, &entries, &r->digest, err) ||
	    !ledger_read(st, &all, a, &r->ledger, &r->nledger, err) ||
	    (files && !waves_read(&run, files, a, &r->waves, &r->nwaves, err))) {
		report_free(&r);
		return false;
	}
	g.restores = r->restores;
	g.nrestores = r->nrestores;
	add_never_read(r, files);
	fill_accounts(r, &g, files, a);
	fill_waves(r, files, a);
	*out = r;
	return true;
}

void report_free(struct report **rp)
{
	struct report *r = *rp;

	*rp = NULL;
	if (r)
		inventory_free(&r->inventory);
}
