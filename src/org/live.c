#include "org/live.h"

#include <stdlib.h>

#include "org/live-private.h"
#include "text/show.h"

/* ---- jobs ---- */

void live_job_init(struct live_job *job, struct live *l, bool (*run)(struct live_job *job))
{
	*job = (struct live_job){.l = l, .run = run, .a = arena_new()};
}

static void run_job(void *item, void *worker)
{
	struct live_job *job = item;

	job->w = worker;
	if (job->l->opt->pool && pool_cancelled(job->l->opt->pool))
		job->ok = err_set(&job->err, ERR_CANCELLED, "interrupted");
	else
		job->ok = job->run(job);
}

void live_run(struct live *l, void *jobs, size_t n, size_t size)
{
	if (l->opt->pool && n > 1) {
		pool_map(l->opt->pool, run_job, jobs, n, size);
		return;
	}
	for (size_t i = 0; i < n; i++)
		run_job((char *)jobs + i * size, l->w);
}

void live_jobs_release(void *jobs, size_t n, size_t size)
{
	for (size_t i = 0; i < n; i++)
		arena_free(&((struct live_job *)((char *)jobs + i * size))->a);
}

bool live_jobs_ok(struct live *l, void *jobs, size_t n, size_t size)
{
	for (size_t i = 0; i < n; i++) {
		struct live_job *job = (struct live_job *)((char *)jobs + i * size);

		if (!job->ok) {
			*l->err = job->err;
			return false;
		}
	}
	return true;
}

bool live_list(struct live_job *job, const char *op, const char *key, struct str value,
	       bool (*row)(const struct val *row, void *ctx), void *ctx)
{
	struct val *in = val_object(job->a);

	val_set_str(job->a, in, key, value);
	return aws_pages(job->w, job->l->id, "organizations", op, in, row, ctx, &job->err);
}

/* ---- the organization ---- */

bool live_describe(struct live *l)
{
	struct arena *a = arena_new();
	struct val *out, *org;
	bool ok = aws_call(l->w, l->id, "organizations", "DescribeOrganization", NULL, a, &out,
			   l->err);

	if (ok) {
		org = val_get(out, "Organization");
		l->o->id = arena_str(l->a, val_get_str(org, "Id"));
		/* "Master" is what the API still calls the management account. */
		l->o->management_id = arena_str(l->a, val_get_str(org, "MasterAccountId"));
		if (!l->o->id.n || !l->o->management_id.n)
			ok = err_set(l->err, ERR_PROTOCOL,
				     "organizations:DescribeOrganization: an answer without the "
				     "organization's id or management account");
	}
	arena_free(&a);
	return ok;
}

/* ---- accounts ---- */

/* arn:aws:organizations::MANAGEMENT:account/o-…/ID */
static void learn_organization(struct live *l, struct str arn)
{
	struct str rest = arn, field[6], id;

	for (size_t i = 0; i < ARRAY_SIZE(field); i++) {
		if (i + 1 < ARRAY_SIZE(field) && !str_cut(rest, ':', &field[i], &rest))
			return;
	}
	field[5] = rest;
	if (!str_startsz(field[5], "account/o-") || field[4].n != 12)
		return;
	if (!str_cut(str_from(field[5], 8), '/', &id, &rest))
		return;
	if (str_is_null(l->o->management_id))
		l->o->management_id = arena_str(l->a, field[4]);
	if (str_is_null(l->o->id))
		l->o->id = arena_str(l->a, id);
}

/*
 * Account.Paths: "o-…/r-…/ou-…/…/ACCOUNT/" (Organizations API reference, Account). What stands
 * before the account is its parent.
 */
static struct org_unit *unit_of(struct live *l, const struct val *row, struct str account_id)
{
	VAL_EACH(p, val_get(row, "Paths"))
	{
		struct str rest = val_str(p), part, before = STR_NULL, last = STR_NULL;

		while (str_next(&rest, '/', &part)) {
			if (!part.n)
				continue;
			before = last;
			last = part;
		}
		if (str_eq(last, account_id) && before.n)
			return org_unit(l->o, before);
	}
	return NULL;
}

static bool is_account_id(struct str s)
{
	return s.n == 12 && str_all_digits(s);
}

bool live_take_account(struct live *l, const char *op, const struct val *row)
{
	struct str id = val_get_str(row, "Id");
	struct org_account *acct;

	if (!is_account_id(id)) {
		struct arena *a = arena_new();

		err_set(l->err, ERR_PROTOCOL,
			"organizations:%s: an account with the id '%.*s', it must have 12 digits",
			op, STR_ARG(show_short(a, id)));
		arena_free(&a);
		return false;
	}
	/* A list that changes while it is paged through may show an account twice. */
	if (org_account(l->o, id) && str_eq(org_account(l->o, id)->id, id))
		return true;
	learn_organization(l, val_get_str(row, "Arn"));
	acct = org_build_account(&l->b);
	acct->id = arena_str(l->a, id);
	acct->name = arena_str(l->a, val_get_str(row, "Name"));
	acct->email = arena_str(l->a, val_get_str(row, "Email"));
	acct->state = org_state_of(row);
	acct->joined_method = arena_str(l->a, val_get_str(row, "JoinedMethod"));
	acct->joined_ms = val_i64(val_get(row, "JoinedTimestamp"), 0);
	acct->management =
		!str_is_null(l->o->management_id) && str_eq(l->o->management_id, acct->id);
	if (l->o->have_units)
		acct->unit = unit_of(l, row, id);
	org_build_index_account(&l->b, acct);
	if (l->opt->account)
		l->opt->account(l->o, acct, l->opt->ctx);
	return true;
}

static bool on_account(const struct val *row, void *ctx)
{
	return live_take_account(ctx, "ListAccounts", row);
}

static bool accounts(struct live *l)
{
	err_clear(l->err);
	return aws_pages(l->w, l->id, "organizations", "ListAccounts", NULL, on_account, l,
			 l->err) &&
	       !err_is_set(l->err);
}

/* ---- tags ---- */

struct tag_job {
	struct live_job job;
	struct org_account *acct;
	struct org_tag *tags;
	size_t n, cap;
};

static bool on_tag(const struct val *row, void *ctx)
{
	struct tag_job *t = ctx;
	struct str value = val_get_str(row, "Value");

	t->tags = arena_grow(t->job.a, t->tags, t->n, &t->cap, sizeof(*t->tags));
	t->tags[t->n++] = (struct org_tag){
		.key = arena_str(t->job.a, val_get_str(row, "Key")),
		.value = str_is_null(value) ? STR("") : arena_str(t->job.a, value),
	};
	return true;
}

static bool read_tags(struct live_job *job)
{
	struct tag_job *t = (struct tag_job *)job;

	return live_list(job, "ListTagsForResource", "ResourceId", t->acct->id, on_tag, t);
}

static void take_tags(struct live *l, const struct tag_job *t)
{
	struct org_account *acct = t->acct;

	acct->have_tags = true;
	acct->tags = arena_calloc(l->a, t->n + 1, sizeof(*acct->tags));
	for (size_t i = 0; i < t->n; i++)
		acct->tags[acct->ntags++] = (struct org_tag){arena_str(l->a, t->tags[i].key),
							     arena_str(l->a, t->tags[i].value)};
}

/* So many accounts' tags are held at once, each job's memory with them. */
#define TAG_BATCH 256

static bool tags(struct live *l)
{
	size_t read = 0, n = l->o->naccounts;
	struct tag_job *jobs = xcalloc(TAG_BATCH, sizeof(*jobs));

	for (size_t from = 0; from < n; from += TAG_BATCH) {
		size_t batch = n - from < TAG_BATCH ? n - from : TAG_BATCH;

		for (size_t i = 0; i < batch; i++) {
			jobs[i] = (struct tag_job){.acct = l->o->accounts[from + i]};
			live_job_init(&jobs[i].job, l, read_tags);
		}
		live_run(l, jobs, batch, sizeof(*jobs));
		for (size_t i = 0; i < batch; i++) {
			if (jobs[i].job.ok) {
				take_tags(l, &jobs[i]);
				read++;
			} else if (!err_is_set(l->err)) {
				*l->err = jobs[i].job.err;
			}
		}
		live_jobs_release(jobs, batch, sizeof(*jobs));
		/* Nothing at all of the first ones: nothing of the rest either. */
		if (!read)
			break;
	}
	free(jobs);
	if (n && !read)
		return false;
	err_clear(l->err);
	return true;
}

/* ---- the whole ---- */

static bool all_placed(const struct live *l)
{
	for (size_t i = 0; i < l->o->naccounts; i++) {
		if (!l->o->accounts[i]->unit)
			return false;
	}
	return true;
}

static bool read_all(struct live *l)
{
	unsigned parts = l->opt->parts;

	if (parts & ORG_DESCRIBE && !live_describe(l))
		return false;
	/* Units first: the accounts find their place in them as they arrive. */
	if (parts & (ORG_UNITS | ORG_POLICIES) && !live_units(l))
		return false;
	if (parts & ORG_ACCOUNTS && !accounts(l))
		return false;
	if (parts & ORG_ACCOUNTS && l->o->have_units && !all_placed(l) && !live_place(l))
		return false;
	if (parts & ORG_POLICIES && !live_policies(l))
		return false;
	return !(parts & ORG_TAGS) || tags(l);
}

bool org_read_live(struct aws_worker *w, struct aws_identity *id,
		   const struct org_live_options *opt, struct arena *a, struct org **out,
		   struct err *err)
{
	struct err why = {0};
	struct live l = {.w = w, .id = id, .opt = opt, .a = a, .err = &why};

	*out = NULL;
	org_build_init(&l.b, a);
	l.o = l.b.o;
	if (!read_all(&l)) {
		*err = why;
		return false;
	}
	*out = l.o;
	return true;
}
