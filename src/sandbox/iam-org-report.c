#include "sandbox/iam-access.h"

/*
 * Access reports of an organization: which services a root, unit or account may
 * use by its service control policies, and when it last did.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GenerateOrganizationsAccessReport.html
 */
#define KIND "OrganizationsAccessReport"
/* The same report within a minute is the same job (facts: aws-answers 25). */
#define REUSE_MS 60000

/* ---- whom the report is about ---- */

struct scope {
	const struct world_unit *unit;       /* the root or unit, or the account's parent */
	const struct world_account *account; /* NULL: all below the unit */
};

/* "o-…/r-…/ou-…/123456789012": the path must be the one that is. */
static bool find_scope(struct sandbox_request *r, struct str path, struct scope *s)
{
	const struct world_org *o = r->world->org;
	ptrdiff_t slash = str_rchr(path, '/');
	struct str last = str_from(path, (size_t)slash + 1), whole;

	*s = (struct scope){.unit = world_unit(o, last)};
	if (!s->unit) {
		s->account = world_account(r->world, last);
		if (!s->account || !s->account->joined)
			return false;
		s->unit = s->account->parent;
	}
	whole = world_org_path(o, s->unit, r->arena);
	if (s->account)
		whole = arena_printf(r->arena, "%.*s%.*s/", STR_ARG(whole),
				     STR_ARG(s->account->id));
	return str_eq(str_sub(whole, 0, whole.n - 1), path);
}

static bool is_below(const struct world_unit *unit, const struct world_unit *top)
{
	for (; unit; unit = unit->parent)
		if (unit == top)
			return true;
	return false;
}

static bool is_within(const struct scope *s, const struct world_account *acct)
{
	return s->account ? acct == s->account : acct->joined && is_below(acct->parent, s->unit);
}

/* ---- what its policies allow ---- */

static void add_attached(struct sandbox_request *r, struct iam_documents *d,
			 const struct world_attachment *at)
{
	for (; at; at = at->next)
		if (str_eqz(at->policy->type, "SERVICE_CONTROL_POLICY"))
			iam_add_document(r, d, at->policy->content);
}

static bool level_allows(struct sandbox_request *r, const struct world_attachment *at,
			 const char *namespace)
{
	struct iam_documents d = {0};

	add_attached(r, &d, at);
	return iam_allows_service(&d, namespace) && !iam_denies_service(&d, namespace);
}

/* SCPs do not bind the management account. */
static bool is_accessible(struct sandbox_request *r, const struct scope *s, const char *namespace)
{
	const struct world_org *o = r->world->org;

	if (s->account == o->management || !world_policy_type_enabled(o, "SERVICE_CONTROL_POLICY"))
		return true;
	if (s->account && !level_allows(r, s->account->attached, namespace))
		return false;
	for (const struct world_unit *u = s->unit; u; u = u->parent)
		if (!level_allows(r, u->attached, namespace))
			return false;
	return true;
}

/* With OrganizationsPolicyId: the services that this policy allows. */
static bool policy_allows(struct sandbox_request *r, const struct world_policy *p,
			  const char *namespace)
{
	struct iam_documents d = {0};

	iam_add_document(r, &d, p->content);
	return iam_allows_service(&d, namespace) && !iam_denies_service(&d, namespace);
}

/* ---- who used them ---- */

struct last {
	const struct iam_use *use;
	const struct world_account *account;
	int64_t accounts; /* how many used the service at all */
};

static const struct iam_use *later(const struct iam_use *a, const struct iam_use *b)
{
	return !a || (b && b->ms > a->ms) ? b : a;
}

static const struct iam_use *last_in(const struct world_account *acct, const char *namespace)
{
	const struct iam_use *last = iam_use_of(acct->iam.root.uses, namespace);

	for (const struct iam_user *u = acct->iam.users; u; u = u->next)
		last = later(last, iam_use_of(u->uses, namespace));
	for (const struct iam_role *role = acct->iam.roles; role; role = role->next)
		last = later(last, iam_use_of(role->uses, namespace));
	return last;
}

static struct last last_use(const struct sandbox_request *r, const struct scope *s,
			    const char *namespace)
{
	struct last last = {0};
	struct map_entry *e;

	for (size_t i = 0; (e = map_next(&r->world->accounts, &i));) {
		const struct world_account *acct = e->value;
		const struct iam_use *use = is_within(s, acct) ? last_in(acct, namespace) : NULL;
		if (!use)
			continue;
		last.accounts++;
		if (!last.use || use->ms > last.use->ms) {
			last.use = use;
			last.account = acct;
		}
	}
	return last;
}

static void put_detail(struct sandbox_request *r, const struct scope *s,
		       const struct iam_service *service, struct val *list, int64_t *not_accessed)
{
	struct last last = last_use(r, s, service->namespace);
	struct val *o = val_append(list, val_object(r->arena));

	val_set_z(r->arena, o, "ServiceName", service->name);
	val_set_z(r->arena, o, "ServiceNamespace", service->namespace);
	val_set_int(r->arena, o, "TotalAuthenticatedEntities", last.accounts);
	*not_accessed += !last.use;
	if (!last.use)
		return;
	struct str path = world_org_path(r->world->org, last.account->parent, r->arena);
	val_set_str(r->arena, o, "Region", last.use->region);
	val_set_str(r->arena, o, "EntityPath",
		    arena_printf(r->arena, "%.*s%.*s", STR_ARG(path), STR_ARG(last.account->id)));
	iam_put_time(r, o, "LastAuthenticatedTime", last.use->ms);
}

static void make_result(struct sandbox_request *r, const struct scope *s,
			const struct world_policy *p, struct val *job)
{
	struct val *result = val_object(r->arena);
	struct val *list = val_list(r->arena);
	int64_t not_accessed = 0;

	for (size_t i = 0; i < iam_known_services_count; i++) {
		const struct iam_service *service = &iam_known_services[i];
		if (p ? policy_allows(r, p, service->namespace)
		      : is_accessible(r, s, service->namespace))
			put_detail(r, s, service, list, &not_accessed);
	}
	val_set_int(r->arena, result, "NumberOfServicesAccessible", (int64_t)val_count(list));
	val_set_int(r->arena, result, "NumberOfServicesNotAccessed", not_accessed);
	val_setz(result, "AccessDetails", list);
	iam_set_val(r, job, "Result", result);
}

static void make_error(struct sandbox_request *r, struct val *job, const char *message)
{
	struct val *error = val_object(r->arena);

	val_set_z(r->arena, error, "Message", message);
	val_set_z(r->arena, error, "Code", "InvalidInput");
	iam_set_val(r, job, "Error", error);
}

/* "arn:aws:iam::123456789012:access-report/o-…/r-…" */
struct str iam_access_report_arn(struct sandbox_request *r)
{
	return iam_make_arn(r, "access-report", STR("/"), val_get_str(r->in, "EntityPath"));
}

/* ---- operations ---- */

static bool is_same(const struct sandbox_request *r, const struct val *job)
{
	return str_eq(val_get_str(job, "EntityPath"), val_get_str(r->in, "EntityPath")) &&
	       str_eq(val_get_str(job, "OrganizationsPolicyId"),
		      val_get_str(r->in, "OrganizationsPolicyId"));
}

static bool answer_job(struct sandbox_request *r, const struct val *job)
{
	val_set_str(r->arena, r->out, "JobId", job->name);
	return true;
}

static bool make_job(struct sandbox_request *r)
{
	struct str path = val_get_str(r->in, "EntityPath");
	struct str policy_id = val_get_str(r->in, "OrganizationsPolicyId");
	struct val *job = iam_new_other(r, KIND, iam_job_id(r));
	const struct world_policy *p = NULL;
	struct scope scope;

	iam_set_str(r, job, "EntityPath", path);
	iam_set_str(r, job, "OrganizationsPolicyId", policy_id);
	iam_set_time(r, job, "CreateDate", r->now_ms);
	if (!str_is_null(policy_id))
		p = world_policy(r->world->org, policy_id);
	if (!find_scope(r, path, &scope))
		make_error(r, job, "The entity path does not exist in the organization.");
	else if (!str_is_null(policy_id) && !p)
		make_error(r, job, "The policy does not exist in the organization.");
	else
		make_result(r, &scope, p, job);
	return answer_job(r, job);
}

/* "You can call this operation … using the management account". */
bool iam_generate_organizations_access_report(struct sandbox_request *r)
{
	const struct iam_account *iam = &r->who->account->iam;

	if (!r->world->org || !r->who->management)
		return sandbox_fault(r, 403, "AccessDenied",
				     "The account is not the management account of an "
				     "organization.");
	VAL_EACH(job, iam_others(iam, KIND))
	{
		int64_t age_ms = r->now_ms - val_i64(val_get(job, "CreateDate"), 0);
		if (is_same(r, job) && age_ms < REUSE_MS)
			return answer_job(r, job);
	}
	VAL_EACH(job, iam_others(iam, KIND))
	if (!iam_job_done(r, job))
		return sandbox_fault(r, 409, "ReportGenerationLimitExceeded",
				     "The request failed because the maximum number of "
				     "concurrent requests for this account are already running.");
	return make_job(r);
}

/* ---- reading ---- */

struct sorted {
	const struct val **v;
	size_t n;
};

static int compare(const struct val *a, const struct val *b, struct str key)
{
	int64_t x = val_i64(val_get(a, "LastAuthenticatedTime"), 0);
	int64_t y = val_i64(val_get(b, "LastAuthenticatedTime"), 0);
	int by_name =
		str_cmp(val_get_str(a, "ServiceNamespace"), val_get_str(b, "ServiceNamespace"));
	int by = str_startsz(key, "LAST") && x != y ? (x > y) - (x < y) : by_name;

	return str_endsz(key, "DESCENDING") ? -by : by;
}

/* As many as there are services: insertion does. */
static void sort(struct sorted *s, struct str key)
{
	for (size_t i = 1; i < s->n; i++)
		for (size_t j = i; j > 0 && compare(s->v[j - 1], s->v[j], key) > 0; j--) {
			const struct val *swap = s->v[j];
			s->v[j] = s->v[j - 1];
			s->v[j - 1] = swap;
		}
}

bool iam_get_organizations_access_report(struct sandbox_request *r)
{
	static const char *const numbers[] = {"NumberOfServicesAccessible",
					      "NumberOfServicesNotAccessed", NULL};
	struct str id = val_get_str(r->in, "JobId");
	const struct val *job = iam_other(&r->who->account->iam, KIND, id);

	if (!job)
		return sandbox_fault(r, 404, "NoSuchEntity", "The job id %.*s cannot be found.",
				     STR_ARG(id));
	iam_put_job(r, job);
	val_set_bool(r->arena, r->out, "IsTruncated", false);
	if (!iam_job_done(r, job))
		return true;
	if (val_get(job, "Error")) {
		val_setz(r->out, "ErrorDetails", val_copy(r->arena, val_get(job, "Error")));
		return true;
	}
	const struct val *result = val_get(job, "Result"),
			 *details = val_get(result, "AccessDetails");
	struct sorted s = {.v = arena_calloc(r->arena, val_count(details) + 1, sizeof(*s.v))};
	struct val *list = val_list(r->arena);
	VAL_EACH(v, details)
	s.v[s.n++] = v;
	sort(&s, val_get_str(r->in, "SortKey"));
	iam_copy_members(r, r->out, result, numbers);
	for (size_t i = 0; i < s.n; i++)
		val_append(list, val_copy(r->arena, s.v[i]));
	val_setz(r->out, "AccessDetails", list);
	return true;
}
