#ifndef ROOTOUT_ORG_LIVE_PRIVATE_H
#define ROOTOUT_ORG_LIVE_PRIVATE_H

/*
 * How the live organization is read: live.c the accounts, live-units.c, live-policies.c; and
 * live-above.c what binds a few accounts of it.
 */

#include "base/pool.h"
#include "org/live.h"
#include "org/org-private.h"

struct live {
	struct aws_worker *w; /* the calling thread's */
	struct aws_identity *id;
	const struct org_live_options *opt;
	struct arena *a; /* the organization's: the calling thread's alone */
	struct org_build b;
	struct org *o;
	struct err *err;
};

/*
 * Calls that do not wait for each other. A job is one struct that begins with
 * this; it writes into its own arena, and the calling thread takes the results
 * over in the order of the jobs, so that a reading is the same with and without
 * a pool.
 */
struct live_job {
	struct live *l;
	struct aws_worker *w;
	bool (*run)(struct live_job *job);
	struct arena *a;
	bool ok;
	struct err err;
};

void live_job_init(struct live_job *job, struct live *l, bool (*run)(struct live_job *job));
/* All of them; `size` is that of the struct that begins with a live_job. */
void live_run(struct live *l, void *jobs, size_t n, size_t size);
void live_jobs_release(void *jobs, size_t n, size_t size);
/* The first job that failed is the error. */
bool live_jobs_ok(struct live *l, void *jobs, size_t n, size_t size) MUST_CHECK;

/* A listing with one parameter ("ParentId", …). */
bool live_list(struct live_job *job, const char *op, const char *key, struct str value,
	       bool (*row)(const struct val *row, void *ctx), void *ctx) MUST_CHECK;

bool live_describe(struct live *l) MUST_CHECK; /* id and management account */
/* An account as ListAccounts and DescribeAccount have it; one that is there already stays. */
bool live_take_account(struct live *l, const char *op, const struct val *row) MUST_CHECK;
bool live_root(struct live *l) MUST_CHECK; /* its id, and which types of policy it has */
bool live_units(struct live *l) MUST_CHECK;
/* Accounts that have no unit yet, by ListAccountsForParent. */
bool live_place(struct live *l) MUST_CHECK;
bool live_policies(struct live *l) MUST_CHECK;
/* A summary of ListPolicies or ListPoliciesForTarget; NULL: without an id. */
struct org_policy *live_take_policy(struct live *l, const struct val *row, struct str type);
/* An id more among the policies of an account or unit. */
void live_attach(struct arena *a, struct str **v, size_t *n, struct str id);

#endif
