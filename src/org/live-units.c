/* Roots and organizational units, and which accounts are in them. */

#include "org/live-private.h"

#include <stdlib.h>

/* AWS's quota is 2,000 units in an organization; an answer that has no end is a fault. */
#define MOST_UNITS 50000

/* ---- the root ---- */

static bool on_root(const struct val *row, void *ctx)
{
	struct live *l = ctx;
	struct org_unit *root = l->o->units[0];

	if (!str_is_null(root->id))
		return true;
	root->id = arena_str(l->a, val_get_str(row, "Id"));
	/*
	 * A type on its way in or out is in force: "PENDING_ENABLE", "PENDING_DISABLE". To
	 * ask for the policies of a type costs one call, to overlook one a wrong answer.
	 */
	VAL_EACH(t, val_get(row, "PolicyTypes"))
	{
		struct str type = val_get_str(t, "Type");

		l->o->scp_enabled |= str_eqz(type, "SERVICE_CONTROL_POLICY");
		l->o->rcp_enabled |= str_eqz(type, "RESOURCE_CONTROL_POLICY");
	}
	return true;
}

bool live_root(struct live *l)
{
	if (!aws_pages(l->w, l->id, "organizations", "ListRoots", NULL, on_root, l, l->err))
		return false;
	if (!l->o->units[0]->id.n)
		return err_set(l->err, ERR_PROTOCOL,
			       "organizations:ListRoots: an answer without a root");
	org_build_index_unit_id(&l->b, l->o->units[0]);
	return true;
}

/* ---- units, level by level ---- */

struct unit_job {
	struct live_job job;
	struct org_unit *parent;
	struct org_tag *found; /* key: id, value: name */
	size_t n, cap;
};

static bool on_unit(const struct val *row, void *ctx)
{
	struct unit_job *u = ctx;

	if (u->n > MOST_UNITS)
		return false;
	u->found = arena_grow(u->job.a, u->found, u->n, &u->cap, sizeof(*u->found));
	u->found[u->n++] = (struct org_tag){arena_str(u->job.a, val_get_str(row, "Id")),
					    arena_str(u->job.a, val_get_str(row, "Name"))};
	return true;
}

static bool read_below(struct live_job *job)
{
	struct unit_job *u = (struct unit_job *)job;

	return live_list(job, "ListOrganizationalUnitsForParent", "ParentId", u->parent->id,
			 on_unit, u);
}

/* A unit that comes twice has been moved meanwhile: the first place counts. */
static bool take_units(struct live *l, const struct unit_job *job)
{
	for (size_t i = 0; i < job->n; i++) {
		struct str id = job->found[i].key, name = job->found[i].value;
		struct org_unit *known = org_unit(l->o, id), *u;

		if (!id.n || !name.n)
			return err_set(l->err, ERR_PROTOCOL,
				       "organizations:ListOrganizationalUnitsForParent: a unit "
				       "without id or name");
		if (known && str_eq(known->id, id))
			continue;
		if (l->o->nunits >= MOST_UNITS)
			return err_set(l->err, ERR_LIMIT, "more than %d units in the organization",
				       MOST_UNITS);
		u = org_build_unit(&l->b, job->parent, arena_str(l->a, name));
		u->id = arena_str(l->a, id);
		org_build_index_unit_id(&l->b, u);
	}
	return true;
}

/* One level: the units from..to are asked for what is directly below them. */
static bool read_level(struct live *l, size_t from, size_t to)
{
	size_t n = to - from;
	struct unit_job *jobs = xcalloc(n, sizeof(*jobs));
	bool ok;

	for (size_t i = 0; i < n; i++) {
		live_job_init(&jobs[i].job, l, read_below);
		jobs[i].parent = l->o->units[from + i];
	}
	live_run(l, jobs, n, sizeof(*jobs));
	ok = live_jobs_ok(l, jobs, n, sizeof(*jobs));
	for (size_t i = 0; ok && i < n; i++)
		ok = take_units(l, &jobs[i]);
	live_jobs_release(jobs, n, sizeof(*jobs));
	free(jobs);
	return ok;
}

bool live_units(struct live *l)
{
	size_t from = 0, to = 1;

	if (!live_root(l))
		return false;
	while (from < to) {
		if (!read_level(l, from, to))
			return false;
		from = to;
		to = l->o->nunits;
	}
	l->o->have_units = true;
	return true;
}

/* ---- accounts in them, where Account.Paths did not tell ---- */

struct place_job {
	struct live_job job;
	struct org_unit *unit;
	struct str *ids;
	size_t n, cap;
};

static bool on_placed(const struct val *row, void *ctx)
{
	struct place_job *p = ctx;

	org_add_str(p->job.a, &p->ids, &p->n, &p->cap, arena_str(p->job.a, val_get_str(row, "Id")));
	return true;
}

static bool read_accounts_of(struct live_job *job)
{
	struct place_job *p = (struct place_job *)job;

	return live_list(job, "ListAccountsForParent", "ParentId", p->unit->id, on_placed, p);
}

bool live_place(struct live *l)
{
	size_t n = l->o->nunits;
	struct place_job *jobs = xcalloc(n, sizeof(*jobs));
	bool ok;

	for (size_t i = 0; i < n; i++) {
		live_job_init(&jobs[i].job, l, read_accounts_of);
		jobs[i].unit = l->o->units[i];
	}
	live_run(l, jobs, n, sizeof(*jobs));
	ok = live_jobs_ok(l, jobs, n, sizeof(*jobs));
	for (size_t i = 0; ok && i < n; i++) {
		for (size_t k = 0; k < jobs[i].n; k++) {
			struct org_account *acct = org_account(l->o, jobs[i].ids[k]);

			if (acct && !acct->unit)
				acct->unit = jobs[i].unit;
		}
	}
	live_jobs_release(jobs, n, sizeof(*jobs));
	free(jobs);
	return ok;
}
