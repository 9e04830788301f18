/* Service and resource control policies, and what they are attached to. */

#include "org/live-private.h"

#include <stdlib.h>

/*
 * What AWS attaches to everything "can't be modified", so nobody needs to ask what it says.
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_attach.html
 */
static const struct {
	const char *id, *content;
} full_access[] = {
	{"p-FullAWSAccess",
	 "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\","
	 "\"Resource\":\"*\"}]}"},
	{"p-RCPFullAWSAccess",
	 "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\","
	 "\"Action\":\"*\",\"Resource\":\"*\"}]}"},
};

/* ---- the list ---- */

struct listing {
	struct live *l;
	struct str type;
	bool broken;
};

struct org_policy *live_take_policy(struct live *l, const struct val *row, struct str listed_type)
{
	struct str id = val_get_str(row, "Id"), type = val_get_str(row, "Type");
	struct org_policy *known = org_policy(l->o, id), *p;

	if (!id.n)
		return NULL;
	if (known && str_eq(known->id, id))
		return known;
	p = org_build_policy(&l->b);
	p->id = arena_str(l->a, id);
	p->name = arena_str(l->a, val_get_str(row, "Name"));
	p->type = str_is_null(type) ? listed_type : arena_str(l->a, type);
	p->description = arena_str(l->a, val_get_str(row, "Description"));
	p->aws_managed = val_true(val_get(row, "AwsManaged"));
	for (size_t i = 0; i < ARRAY_SIZE(full_access); i++) {
		if (str_eqz(id, full_access[i].id))
			p->content = str_of(full_access[i].content);
	}
	org_build_index_policy(&l->b, p);
	return p;
}

static bool on_policy(const struct val *row, void *ctx)
{
	struct listing *listing = ctx;

	listing->broken = !live_take_policy(listing->l, row, listing->type);
	return !listing->broken;
}

static bool list_type(struct live *l, struct str type)
{
	struct listing listing = {l, type, false};
	struct arena *a = arena_new();
	struct val *in = val_object(a);
	bool ok;

	val_set_str(a, in, "Filter", type);
	ok = aws_pages(l->w, l->id, "organizations", "ListPolicies", in, on_policy, &listing,
		       l->err);
	if (ok && listing.broken)
		ok = err_set(l->err, ERR_PROTOCOL,
			     "organizations:ListPolicies: a policy without an id");
	arena_free(&a);
	return ok;
}

/* ---- one policy ---- */

struct policy_job {
	struct live_job job;
	struct org_policy *policy;
	struct str content;
	struct str *targets;
	size_t n, cap;
};

static bool on_target(const struct val *row, void *ctx)
{
	struct policy_job *p = ctx;

	org_add_str(p->job.a, &p->targets, &p->n, &p->cap,
		    arena_str(p->job.a, val_get_str(row, "TargetId")));
	return true;
}

static bool read_content(struct policy_job *p)
{
	struct live_job *job = &p->job;
	struct val *in = val_object(job->a), *out;

	val_set_str(job->a, in, "PolicyId", p->policy->id);
	if (!aws_call(job->w, job->l->id, "organizations", "DescribePolicy", in, job->a, &out,
		      &job->err))
		return false;
	p->content = val_str(val_path(out, "Policy", "Content", NULL));
	if (str_is_null(p->content))
		return err_set(&job->err, ERR_PROTOCOL,
			       "organizations:DescribePolicy: policy %.*s without its content",
			       STR_ARG(p->policy->id));
	return true;
}

static bool read_policy(struct live_job *job)
{
	struct policy_job *p = (struct policy_job *)job;

	if (str_is_null(p->policy->content) && !read_content(p))
		return false;
	return live_list(job, "ListTargetsForPolicy", "PolicyId", p->policy->id, on_target, p);
}

/* ---- who has it ---- */

/* The arrays have no ceiling of their own: they double when their length is a power of two. */
void live_attach(struct arena *a, struct str **v, size_t *n, struct str id)
{
	if ((*n & (*n - 1)) == 0) {
		struct str *bigger = arena_calloc(a, *n ? *n * 2 : 1, sizeof(**v));

		for (size_t i = 0; i < *n; i++)
			bigger[i] = (*v)[i];
		*v = bigger;
	}
	(*v)[(*n)++] = id;
}

static void take_policy(struct live *l, const struct policy_job *job)
{
	struct org_policy *p = job->policy;

	if (str_is_null(p->content))
		p->content = arena_str(l->a, job->content);
	for (size_t i = 0; i < job->n; i++) {
		struct str target = job->targets[i];
		struct org_account *acct;
		struct org_unit *u;

		if (str_all_digits(target)) {
			acct = org_account(l->o, target);
			if (acct)
				live_attach(l->a, &acct->policies, &acct->npolicies, p->id);
		} else {
			u = org_unit(l->o, target);
			if (u)
				live_attach(l->a, &u->policies, &u->npolicies, p->id);
		}
	}
}

bool live_policies(struct live *l)
{
	struct policy_job *jobs;
	size_t n;
	bool ok;

	if (l->o->scp_enabled && !list_type(l, STR("SERVICE_CONTROL_POLICY")))
		return false;
	if (l->o->rcp_enabled && !list_type(l, STR("RESOURCE_CONTROL_POLICY")))
		return false;
	n = l->o->npolicies;
	jobs = xcalloc(n + 1, sizeof(*jobs));
	for (size_t i = 0; i < n; i++) {
		live_job_init(&jobs[i].job, l, read_policy);
		jobs[i].policy = l->o->policies[i];
	}
	live_run(l, jobs, n, sizeof(*jobs));
	ok = live_jobs_ok(l, jobs, n, sizeof(*jobs));
	for (size_t i = 0; ok && i < n; i++)
		take_policy(l, &jobs[i]);
	live_jobs_release(jobs, n, sizeof(*jobs));
	free(jobs);
	l->o->have_policies = ok;
	return ok;
}
