#include "sandbox/iam-access.h"

/*
 * Service last accessed details of one user, group, role or policy.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GenerateServiceLastAccessedDetails.html
 */
#define KIND "ServiceLastAccessedDetails"

/* Who stands behind the ARN, and the documents that speak for them. */
struct subject {
	struct iam_documents documents;
	struct iam_entity *entities; /* users and roles */
	size_t n, cap;
};

static void add_entity(struct sandbox_request *r, struct subject *s, const struct iam_entity *e)
{
	s->entities = arena_grow(r->arena, s->entities, s->n, &s->cap, sizeof(*s->entities));
	s->entities[s->n++] = *e;
}

/* The members of a group used what it allows. */
static void add_members(struct sandbox_request *r, struct subject *s, const struct iam_group *g)
{
	struct iam_entity e;

	for (const struct iam_member *m = g->members; m; m = m->next) {
		iam_of_user(m->user, &e);
		add_entity(r, s, &e);
	}
}

static bool has(const struct iam_entity *e, const struct iam_managed *p)
{
	for (const struct iam_attached *at = *e->attached; at; at = at->next)
		if (at->policy == p)
			return true;
	return false;
}

static void of_policy(struct sandbox_request *r, struct subject *s, const struct iam_managed *p)
{
	const struct iam_account *iam = &r->who->account->iam;
	struct iam_entity e;

	iam_add_document(r, &s->documents, p->default_version->document);
	for (struct iam_user *u = iam->users; u; u = u->next) {
		iam_of_user(u, &e);
		if (has(&e, p))
			add_entity(r, s, &e);
	}
	for (struct iam_role *role = iam->roles; role; role = role->next) {
		iam_of_role(role, &e);
		if (has(&e, p))
			add_entity(r, s, &e);
	}
}

static bool find_subject(struct sandbox_request *r, struct str arn, struct subject *s)
{
	const struct iam_managed *p = world_managed_policy(r->world, r->who->account, arn);
	struct iam_owners owners;

	*s = (struct subject){0};
	if (p) {
		of_policy(r, s, p);
		return true;
	}
	if (!iam_policy_owners(r, arn, &owners))
		return false;
	for (size_t i = 0; i < owners.n; i++)
		iam_add_documents_of(r, &s->documents, &owners.v[i]);
	if (owners.v[0].group)
		add_members(r, s, owners.v[0].group);
	else
		add_entity(r, s, &owners.v[0]);
	return true;
}

struct str iam_advisor_arn(struct sandbox_request *r)
{
	return val_get_str(r->in, "Arn");
}

/* ---- the result ---- */

static const struct iam_use *use_of(const struct iam_entity *e, const char *namespace)
{
	return iam_use_of(e->user ? e->user->uses : e->role->uses, namespace);
}

static void put_entity(struct sandbox_request *r, struct val *list, const struct iam_entity *e,
		       const struct iam_use *use)
{
	struct val *o = val_append(list, val_object(r->arena));
	struct val *info = val_setz(o, "EntityInfo", val_object(r->arena));

	val_set_str(r->arena, info, "Arn", e->arn);
	val_set_str(r->arena, info, "Name", e->name);
	val_set_z(r->arena, info, "Type", e->user ? "USER" : "ROLE");
	val_set_str(r->arena, info, "Id", e->user ? e->user->id : e->role->id);
	val_set_str(r->arena, info, "Path", e->path);
	iam_put_time(r, o, "LastAuthenticated", use->ms);
}

static void put_service(struct sandbox_request *r, const struct subject *s,
			const struct iam_service *service, struct val *services,
			struct val *entities)
{
	struct val *o = val_append(services, val_object(r->arena));
	struct val *users = val_setz(entities, service->namespace, val_list(r->arena));
	const struct iam_use *last = NULL;
	const struct iam_entity *who = NULL;

	for (size_t i = 0; i < s->n; i++) {
		const struct iam_use *use = use_of(&s->entities[i], service->namespace);
		if (!use)
			continue;
		put_entity(r, users, &s->entities[i], use);
		if (!last || use->ms > last->ms) {
			last = use;
			who = &s->entities[i];
		}
	}
	val_set_z(r->arena, o, "ServiceName", service->name);
	val_set_z(r->arena, o, "ServiceNamespace", service->namespace);
	val_set_int(r->arena, o, "TotalAuthenticatedEntities", (int64_t)val_count(users));
	if (!last)
		return;
	iam_put_time(r, o, "LastAuthenticated", last->ms);
	val_set_str(r->arena, o, "LastAuthenticatedEntity", who->arn);
	val_set_str(r->arena, o, "LastAuthenticatedRegion", last->region);
}

bool iam_generate_service_last_accessed_details(struct sandbox_request *r)
{
	struct str granularity = val_get_str(r->in, "Granularity");
	struct val *services = val_list(r->arena), *entities = val_object(r->arena);
	struct subject s;

	if (str_eqz(granularity, "ACTION_LEVEL"))
		return sandbox_fault(r, 501, "NotImplemented",
				     "The sandbox remembers services, not actions: it does not "
				     "serve the granularity ACTION_LEVEL.");
	if (!find_subject(r, val_get_str(r->in, "Arn"), &s))
		return false;
	for (size_t i = 0; i < iam_known_services_count; i++) {
		const struct iam_service *service = &iam_known_services[i];
		if (iam_allows_service(&s.documents, service->namespace) &&
		    !iam_denies_service(&s.documents, service->namespace))
			put_service(r, &s, service, services, entities);
	}
	struct val *job = iam_new_other(r, KIND, iam_job_id(r));
	iam_set_time(r, job, "CreateDate", r->now_ms);
	iam_set_val(r, job, "Services", services);
	iam_set_val(r, job, "Entities", entities);
	val_set_str(r->arena, r->out, "JobId", job->name);
	return true;
}

/* ---- reading ---- */

static const struct val *need_job(struct sandbox_request *r)
{
	struct str id = val_get_str(r->in, "JobId");
	const struct val *job = iam_other(&r->who->account->iam, KIND, id);

	if (!job)
		sandbox_fault(r, 404, "NoSuchEntity", "The job id %.*s cannot be found.",
			      STR_ARG(id));
	return job;
}

static bool put_list(struct sandbox_request *r, const struct val *job, const char *member,
		     const struct val *list)
{
	iam_put_job(r, job);
	val_setz(r->out, member,
		 list && iam_job_done(r, job) ? val_copy(r->arena, list) : val_list(r->arena));
	val_set_bool(r->arena, r->out, "IsTruncated", false);
	return true;
}

bool iam_get_service_last_accessed_details(struct sandbox_request *r)
{
	const struct val *job = need_job(r);

	if (!job)
		return false;
	val_set_z(r->arena, r->out, "JobType", "SERVICE_LEVEL");
	return put_list(r, job, "ServicesLastAccessed", val_get(job, "Services"));
}

bool iam_get_service_last_accessed_details_with_entities(struct sandbox_request *r)
{
	struct str namespace = val_get_str(r->in, "ServiceNamespace");
	const struct val *job = need_job(r), *list;

	if (!job)
		return false;
	list = val_gets(val_get(job, "Entities"), namespace);
	if (!list)
		return sandbox_fault(r, 400, "InvalidInput",
				     "The report has no service namespace %.*s.",
				     STR_ARG(namespace));
	return put_list(r, job, "EntityDetailsList", list);
}
