#include "root/enable.h"

#include "root/ledger.h"

#define IAM_PRINCIPAL "iam.amazonaws.com"

struct facts {
	bool trusted;
	bool credentials, sessions;
	bool delegate; /* the one that is wished for */
	struct arena *arena;
	struct str wished, others;
};

static bool take_trusted(const struct val *row, void *ctx)
{
	struct facts *f = ctx;

	f->trusted |= str_eqz(val_get_str(row, "ServicePrincipal"), IAM_PRINCIPAL);
	return true;
}

static bool take_delegate(const struct val *row, void *ctx)
{
	struct facts *f = ctx;
	struct str id = val_get_str(row, "Id");

	if (f->wished.n && str_eq(id, f->wished))
		f->delegate = true;
	else
		f->others = f->others.n ? arena_printf(f->arena, "%.*s, %.*s", STR_ARG(f->others),
						       STR_ARG(id))
					: arena_str(f->arena, id);
	return true;
}

/* The features can be listed only once IAM is trusted: before that, both are off. */
static bool read_features(struct root_run *run, struct facts *f, struct arena *a, struct err *err)
{
	struct val *out;

	if (!aws_call(run->worker, run->caller, "iam", "ListOrganizationsFeatures", NULL, a, &out,
		      err))
		return false;
	VAL_EACH(name, val_get(out, "EnabledFeatures"))
	{
		f->credentials |= str_eqz(val_str(name), "RootCredentialsManagement");
		f->sessions |= str_eqz(val_str(name), "RootSessions");
	}
	return true;
}

static bool read_facts(struct root_run *run, const struct enable_wish *wish, struct arena *a,
		       struct facts *f, struct err *err)
{
	struct val *in = val_object(a);

	*f = (struct facts){.arena = a, .wished = wish->delegate_id};
	val_set_z(a, in, "ServicePrincipal", IAM_PRINCIPAL);
	if (!aws_pages(run->worker, run->caller, "organizations",
		       "ListAWSServiceAccessForOrganization", NULL, take_trusted, f, err))
		return false;
	if (f->trusted && !read_features(run, f, a, err))
		return false;
	return aws_pages(run->worker, run->caller, "organizations", "ListDelegatedAdministrators",
			 in, take_delegate, f, err);
}

static bool check_organization(struct root_run *run, struct arena *a, struct enable_plan *plan,
			       struct err *err)
{
	struct val *out, *org;

	if (!aws_call(run->worker, run->caller, "organizations", "DescribeOrganization", NULL, a,
		      &out, err))
		return false;
	org = val_get(out, "Organization");
	plan->management_id = val_get_str(org, "MasterAccountId");
	run->org_id = val_get_str(org, "Id");
	run->management_id = plan->management_id;
	if (!str_eqz(val_get_str(org, "FeatureSet"), "ALL"))
		return err_set(
			err, ERR_REFUSED,
			"organization %.*s has consolidated billing only: centralized root access "
			"needs all features (organizations:EnableAllFeatures)",
			STR_ARG(run->org_id));
	if (!str_eq(run->who_account, plan->management_id))
		return err_set(err, ERR_REFUSED,
			       "only the management account %.*s may enable centralized root "
			       "access; these "
			       "are credentials of account %.*s",
			       STR_ARG(plan->management_id), STR_ARG(run->who_account));
	return true;
}

static void add(struct enable_plan *plan, enum enable_step_kind kind, bool is_so, struct str text)
{
	plan->steps[plan->nsteps++] =
		(struct enable_step){.kind = kind, .needed = !is_so, .text = text};
	plan->needed += !is_so;
}

static void fill_plan(const struct enable_wish *wish, const struct facts *f, struct arena *a,
		      struct enable_plan *plan)
{
	add(plan, ENABLE_TRUST, f->trusted, STR("trusted access for " IAM_PRINCIPAL));
	if (wish->credentials)
		add(plan, ENABLE_CREDENTIALS, f->credentials,
		    STR("feature RootCredentialsManagement (delete, audit and restore root "
			"users)"));
	if (wish->sessions)
		add(plan, ENABLE_SESSIONS, f->sessions,
		    STR("feature RootSessions (unlock S3 bucket and SQS queue policies)"));
	if (wish->delegate_id.n)
		add(plan, ENABLE_DELEGATE, f->delegate,
		    arena_printf(a, "delegated administrator %.*s%s%.*s",
				 STR_ARG(wish->delegate_name), wish->delegate_name.n ? " " : "",
				 STR_ARG(wish->delegate_id)));
	plan->other_delegates = f->others;
}

bool enable_plan(struct root_run *run, const struct enable_wish *wish, struct arena *a,
		 struct enable_plan *out, struct err *err)
{
	struct facts f;

	*out = (struct enable_plan){0};
	if (!check_organization(run, a, out, err) || !read_facts(run, wish, a, &f, err))
		return false;
	fill_plan(wish, &f, a, out);
	return true;
}

static bool carry_out(struct root_run *run, const struct enable_wish *wish, struct enable_step *s,
		      struct arena *a, struct str *request_id, struct err *err)
{
	static const struct {
		const char *service, *op;
	} calls[] = {
		[ENABLE_TRUST] = {"organizations", "EnableAWSServiceAccess"},
		[ENABLE_CREDENTIALS] = {"iam", "EnableOrganizationsRootCredentialsManagement"},
		[ENABLE_SESSIONS] = {"iam", "EnableOrganizationsRootSessions"},
		[ENABLE_DELEGATE] = {"organizations", "RegisterDelegatedAdministrator"},
	};
	struct aws_call_info info = {0};
	struct val *in = val_object(a), *out;
	bool ok;

	if (s->kind == ENABLE_TRUST || s->kind == ENABLE_DELEGATE)
		val_set_z(a, in, "ServicePrincipal", IAM_PRINCIPAL);
	if (s->kind == ENABLE_DELEGATE)
		val_set_str(a, in, "AccountId", wish->delegate_id);
	ok = aws_call_ex(run->worker, run->caller,
			 api_op_of(calls[s->kind].service, calls[s->kind].op), in, a, &out, &info,
			 err);
	*request_id = info.request_id;
	return ok;
}

bool enable_run(struct root_run *run, const struct enable_wish *wish, struct enable_plan *plan,
		struct arena *a, struct err *err)
{
	struct enable_plan after = {0};
	struct facts f;

	for (size_t i = 0; i < plan->nsteps; i++) {
		struct val *detail = val_object(a);
		struct ledger_entry e = {.kind = STR("enable"), .detail = detail};
		struct str request_id;

		if (!plan->steps[i].needed)
			continue;
		if (!carry_out(run, wish, &plan->steps[i], a, &request_id, err))
			return false;
		val_set_str(a, detail, "what", plan->steps[i].text);
		val_set_str(a, detail, "requestId", request_id);
		if (!ledger_add(run, &e, true, err))
			return false;
	}
	/* Done is what reads back. */
	if (!read_facts(run, wish, a, &f, err))
		return false;
	fill_plan(wish, &f, a, &after);
	for (size_t i = 0; i < plan->nsteps; i++) {
		plan->steps[i].done = plan->steps[i].needed && !after.steps[i].needed;
		if (after.steps[i].needed)
			return err_set(err, ERR_PROTOCOL,
				       "%.*s was asked for, and reads back as off",
				       STR_ARG(after.steps[i].text));
	}
	return true;
}
