#include "sandbox/iam-access.h"

#include "text/json.h"

const struct iam_service iam_known_services[] = {
	{"ec2", "Amazon EC2"},
	{"iam", "AWS Identity and Access Management"},
	{"organizations", "AWS Organizations"},
	{"s3", "Amazon S3"},
	{"sqs", "Amazon SQS"},
	{"sts", "AWS Security Token Service"},
};
const size_t iam_known_services_count = ARRAY_SIZE(iam_known_services);

/* ---- documents ---- */

void iam_add_document(struct sandbox_request *r, struct iam_documents *d, struct str text)
{
	struct err err = {0};
	struct val *v;

	if (!json_read(text, 0, r->arena, &v, &err))
		return;
	d->v = arena_grow(r->arena, d->v, d->n, &d->cap, sizeof(*d->v));
	d->v[d->n++] = v;
}

/* "iam:Get*" is about iam; all of it: is what follows the colon a star? */
static bool pattern_is_about(struct str pattern, const char *namespace, bool all_of_it)
{
	struct str service, action;

	if (str_eqz(pattern, "*"))
		return true;
	str_cut(pattern, ':', &service, &action);
	return policy_match(service, str_of(namespace), true) &&
	       (!all_of_it || str_eqz(action, "*"));
}

/* Of an element that is one string or a list of them. */
static bool any_about(const struct val *element, const char *namespace, bool all_of_it)
{
	if (val_is(element, VAL_STRING))
		return pattern_is_about(val_str(element), namespace, all_of_it);
	VAL_EACH(v, element)
	if (pattern_is_about(val_str(v), namespace, all_of_it))
		return true;
	return false;
}

static bool has_star(const struct val *element)
{
	if (val_is(element, VAL_STRING))
		return str_eqz(val_str(element), "*");
	VAL_EACH(v, element)
	if (str_eqz(val_str(v), "*"))
		return true;
	return false;
}

static bool statement_allows(const struct val *s, const char *namespace)
{
	const struct val *not_action = val_get(s, "NotAction");

	if (!str_eqz(val_get_str(s, "Effect"), "Allow"))
		return false;
	return not_action ? !any_about(not_action, namespace, true)
			  : any_about(val_get(s, "Action"), namespace, false);
}

static bool statement_denies(const struct val *s, const char *namespace)
{
	const struct val *not_action = val_get(s, "NotAction");

	if (!str_eqz(val_get_str(s, "Effect"), "Deny") || val_get(s, "Condition") ||
	    !has_star(val_get(s, "Resource")))
		return false;
	return not_action ? !any_about(not_action, namespace, false)
			  : any_about(val_get(s, "Action"), namespace, true);
}

static bool any_statement(const struct iam_documents *d, const char *namespace,
			  bool (*says)(const struct val *s, const char *namespace))
{
	for (size_t i = 0; i < d->n; i++) {
		const struct val *s = val_get(d->v[i], "Statement");
		if (val_is(s, VAL_OBJECT) && says(s, namespace))
			return true;
		if (!val_is(s, VAL_LIST))
			continue;
		VAL_EACH(v, s)
		if (says(v, namespace))
			return true;
	}
	return false;
}

bool iam_allows_service(const struct iam_documents *d, const char *namespace)
{
	return any_statement(d, namespace, statement_allows);
}

bool iam_denies_service(const struct iam_documents *d, const char *namespace)
{
	return any_statement(d, namespace, statement_denies);
}

/* ---- whose ---- */

bool iam_is_member(const struct iam_group *g, const struct iam_user *u)
{
	for (const struct iam_member *m = g->members; m; m = m->next)
		if (m->user == u)
			return true;
	return false;
}

void iam_add_documents_of(struct sandbox_request *r, struct iam_documents *d,
			  const struct iam_entity *e)
{
	for (const struct iam_inline *in = *e->inlines; in; in = in->next)
		iam_add_document(r, d, in->document);
	for (const struct iam_attached *at = *e->attached; at; at = at->next)
		iam_add_document(r, d, at->policy->default_version->document);
}

static void add_owner(struct sandbox_request *r, struct iam_owners *o, const struct iam_entity *e)
{
	o->v = arena_grow(r->arena, o->v, o->n, &o->cap, sizeof(*o->v));
	o->v[o->n++] = *e;
}

static void add_user(struct sandbox_request *r, struct iam_owners *o, struct iam_user *u)
{
	struct iam_entity e;

	iam_of_user(u, &e);
	add_owner(r, o, &e);
	for (struct iam_group *g = r->who->account->iam.groups; g; g = g->next)
		if (iam_is_member(g, u)) {
			iam_of_group(g, &e);
			add_owner(r, o, &e);
		}
}

bool iam_policy_owners(struct sandbox_request *r, struct str arn, struct iam_owners *out)
{
	const struct iam_account *iam = &r->who->account->iam;
	struct iam_entity e;

	*out = (struct iam_owners){0};
	for (struct iam_user *u = iam->users; u; u = u->next)
		if (str_eq(u->arn, arn))
			add_user(r, out, u);
	for (struct iam_group *g = iam->groups; g; g = g->next)
		if (str_eq(g->arn, arn)) {
			iam_of_group(g, &e);
			add_owner(r, out, &e);
		}
	for (struct iam_role *role = iam->roles; role; role = role->next)
		if (str_eq(role->arn, arn)) {
			iam_of_role(role, &e);
			add_owner(r, out, &e);
		}
	return out->n ||
	       sandbox_fault(r, 404, "NoSuchEntity", "ARN %.*s does not exist", STR_ARG(arn));
}

/* ---- uses ---- */

const struct iam_use *iam_use_of(const struct iam_use *uses, const char *namespace)
{
	for (; uses; uses = uses->next)
		if (str_eqz(uses->service, namespace))
			return uses;
	return NULL;
}

/* ---- jobs ---- */

struct str iam_job_id(struct sandbox_request *r)
{
	char id[33];

	rng_text(&r->rng, "0123456789abcdef", id, 32);
	return world_printf(r->world, "%.8s-%.4s-4%.3s-a%.3s-%.12s", id, id + 8, id + 12, id + 16,
			    id + 20);
}

static int64_t created_ms(const struct val *job)
{
	return val_i64(val_get(job, "CreateDate"), 0);
}

bool iam_job_done(const struct sandbox_request *r, const struct val *job)
{
	return r->now_ms >= created_ms(job) + IAM_JOB_MS;
}

void iam_put_job(struct sandbox_request *r, const struct val *job)
{
	bool done = iam_job_done(r, job);

	val_set_z(r->arena, r->out, "JobStatus",
		  !done                   ? "IN_PROGRESS"
		  : val_get(job, "Error") ? "FAILED"
					  : "COMPLETED");
	iam_put_time(r, r->out, "JobCreationDate", created_ms(job));
	if (done)
		iam_put_time(r, r->out, "JobCompletionDate", created_ms(job) + IAM_JOB_MS);
}
