#include "policy/catalogue.h"
#include "policy/eval.h"
#include "sandbox/iam-simulate.h"

/* ---- one decision ---- */

enum details { DETAILS_IAM, DETAILS_RESOURCE, DETAILS_BOUNDARY, NDETAILS };

struct outcome {
	enum policy_reason decision;
	bool crosses;         /* two accounts have a say */
	bool org, org_allows; /* SCPs take part; each level allows */
	enum policy_reason details[NDETAILS];
	bool has[NDETAILS];
};

/* From the account that owns the resource, as far as the ARN tells it. */
static struct str owner_of(const struct simulation *s, struct str resource)
{
	struct str account = policy_arn_account(resource);

	if (!str_is_null(account))
		return account;
	return str_is_null(s->owner) ? s->account : s->owner;
}

static enum policy_reason reason_of(enum policy_say say)
{
	return say == POLICY_SAYS_ALLOW  ? POLICY_ALLOWED
	       : say == POLICY_SAYS_DENY ? POLICY_EXPLICIT_DENY
					 : POLICY_IMPLICIT_DENY;
}

static void add_step(struct outcome *o, const struct policy_step *step)
{
	static const int kinds[] = {
		[POLICY_IDENTITY] = DETAILS_IAM,
		[POLICY_RESOURCE] = DETAILS_RESOURCE,
		[POLICY_BOUNDARY] = DETAILS_BOUNDARY,
	};

	if (step->kind == POLICY_SCP) {
		o->org_allows = (!o->org || o->org_allows) && step->say == POLICY_SAYS_ALLOW;
		o->org = true;
		return;
	}
	o->has[kinds[step->kind]] = true;
	o->details[kinds[step->kind]] = reason_of(step->say);
}

/*
 * Across accounts nothing is allowed without the resource's policy: where none
 * is given there is none.
 */
static void decide(const struct simulation *s, const struct sim_work *w,
		   const struct policy_request *req, struct outcome *o)
{
	struct policy_set set = s->set;
	struct policy_road road;

	*o = (struct outcome){.crosses = !str_eq(req->resource_account, s->account)};
	set.has_resource |= o->crosses;
	policy_explain(&set, req, w->scratch, &road);
	o->decision = road.decision.reason;
	for (size_t i = 0; i < road.nsteps; i++)
		add_step(o, &road.steps[i]);
	arena_reset(w->scratch);
}

/* ---- how it is told ---- */

static const char *decision_text(enum policy_reason reason)
{
	switch (reason) {
	case POLICY_ALLOWED:
		return "allowed";
	case POLICY_EXPLICIT_DENY:
		return "explicitDeny";
	case POLICY_IMPLICIT_DENY:
		return "implicitDeny";
	}
	BUG("decision %d", (int)reason);
}

/* "The most restrictive decision across all resources." */
static enum policy_reason stricter(enum policy_reason a, enum policy_reason b)
{
	static const int rank[] = {
		[POLICY_ALLOWED] = 0, [POLICY_IMPLICIT_DENY] = 1, [POLICY_EXPLICIT_DENY] = 2};

	return rank[a] >= rank[b] ? a : b;
}

static void put_position(struct simulation *s, struct val *o, const char *name,
			 struct policy_position p)
{
	struct val *v = val_setz(o, name, val_object(s->r->arena));

	val_set_int(s->r->arena, v, "Line", p.line);
	val_set_int(s->r->arena, v, "Column", p.column);
}

/* AWS's answers say "IAM Policy" and "Resource Policy", which PolicySourceType does not list. */
static void put_statement(struct simulation *s, struct val *list, struct sim_source *from, size_t i)
{
	struct val *o = val_append(list, val_object(s->r->arena));
	size_t n = policy_statements(from->policy);

	if (!from->spans)
		from->spans = policy_spans(from->text, s->r->arena, &n);
	if (!from->spans || i >= n)
		BUG("statement %zu of a policy that was parsed has no place", i);
	val_set_str(s->r->arena, o, "SourcePolicyId", from->id);
	val_set_z(s->r->arena, o, "SourcePolicyType",
		  from->resource ? "Resource Policy" : "IAM Policy");
	put_position(s, o, "StartPosition", from->spans[i].start);
	put_position(s, o, "EndPosition", from->spans[i].end);
	s->rows++;
}

/* "This field doesn't include statements from SCPs", nor from boundaries. */
static void find_statements(struct simulation *s, const struct policy_request *req,
			    const struct outcome *o)
{
	/* What one account allows is told though the other one's silence decided. */
	bool wanted = o->decision != POLICY_IMPLICIT_DENY || o->crosses;

	for (size_t i = 0; i < s->n; i++) {
		struct sim_source *from = &s->sources[i];
		from->nfound =
			wanted ? policy_matching(from->policy, o->decision == POLICY_EXPLICIT_DENY,
						 req, from->found)
			       : 0;
	}
}

static void put_found(struct simulation *s, struct val *to)
{
	struct val *list = val_setz(to, "MatchedStatements", val_list(s->r->arena));

	for (size_t i = 0; i < s->n; i++)
		for (size_t k = 0; k < s->sources[i].nfound; k++)
			put_statement(s, list, &s->sources[i], s->sources[i].found[k]);
}

static void put_missing(struct simulation *s, struct val *to)
{
	val_setz(to, "MissingContextValues", val_copy(s->r->arena, s->missing));
	s->rows += val_count(s->missing) / SIM_KEYS_OF_ROW;
}

static void put_boundary(struct simulation *s, struct val *to, const struct outcome *o)
{
	if (!o->has[DETAILS_BOUNDARY])
		return;
	struct val *v = val_setz(to, "PermissionsBoundaryDecisionDetail", val_object(s->r->arena));
	val_set_bool(s->r->arena, v, "AllowedByPermissionsBoundary",
		     o->details[DETAILS_BOUNDARY] == POLICY_ALLOWED);
}

/* "If an Organizations SCP included in the evaluation denies access, … this parameter is not
 * returned." */
static void put_details(struct simulation *s, struct val *to, const struct outcome *o)
{
	static const char *const names[] = {
		[DETAILS_IAM] = "IAM Policy",
		[DETAILS_RESOURCE] = "Resource Policy",
		[DETAILS_BOUNDARY] = "Permissions Boundary Policy",
	};

	if (o->org && !o->org_allows)
		return;
	struct val *v = val_setz(to, "EvalDecisionDetails", val_object(s->r->arena));
	for (size_t i = 0; i < NDETAILS && o->crosses; i++)
		if (o->has[i])
			val_set_z(s->r->arena, v, names[i], decision_text(o->details[i]));
}

static void put_specific(struct simulation *s, struct val *list, struct str resource,
			 const struct outcome *o)
{
	struct val *to = val_append(list, val_object(s->r->arena));

	val_set_str(s->r->arena, to, "EvalResourceName", resource);
	val_set_z(s->r->arena, to, "EvalResourceDecision", decision_text(o->decision));
	put_found(s, to);
	put_missing(s, to);
	if (o->crosses)
		put_details(s, to, o);
	put_boundary(s, to, o);
}

/* ---- one action ---- */

/*
 * "The ARN template for the simulated resource type …, or * if no ARN format is
 * defined for the action": of several the one that the first ARN has, if any.
 */
static struct str template_of(struct simulation *s, const struct sim_work *w, struct str action)
{
	struct str first = val_str(val_first(s->resources)), prefix, name, out = STR("*");
	struct catalogue_service *service;
	const struct catalogue_action *known;

	str_cut(action, ':', &prefix, &name);
	service = catalogue_service(w->catalogue, prefix);
	known = service ? catalogue_action(service, name) : NULL;
	for (size_t i = 0; known && i < known->nresources; i++) {
		const struct catalogue_resource *of = &service->resources[known->resources[i]];
		if (known->nresources > 1 && !policy_match(of->pattern, first, false))
			continue;
		out = of->arn;
		break;
	}
	return arena_str(s->r->arena, out);
}

static void merge(struct outcome *all, const struct outcome *one)
{
	all->decision = stricter(all->decision, one->decision);
	all->crosses |= one->crosses;
	all->org_allows = all->org ? all->org_allows && one->org_allows : one->org_allows;
	all->org |= one->org;
	for (size_t i = 0; i < NDETAILS; i++) {
		if (one->has[i])
			all->details[i] = all->has[i] ? stricter(all->details[i], one->details[i])
						      : one->details[i];
		all->has[i] |= one->has[i];
	}
}

/* Statements that are told for the action: those of the resources whose decision it has. */
static void note_found(struct simulation *s, bool afresh)
{
	for (size_t i = 0; i < s->n; i++) {
		struct sim_source *from = &s->sources[i];
		for (size_t k = 0; afresh && k < policy_statements(from->policy); k++)
			from->told[k] = false;
		for (size_t k = 0; k < from->nfound; k++)
			from->told[from->found[k]] = true;
	}
}

static void put_told(struct simulation *s, struct val *to, const struct outcome *all)
{
	struct val *list = val_setz(to, "MatchedStatements", val_list(s->r->arena));

	if (all->decision == POLICY_IMPLICIT_DENY)
		return;
	for (size_t i = 0; i < s->n; i++)
		for (size_t k = 0; k < policy_statements(s->sources[i].policy); k++)
			if (s->sources[i].told[k])
				put_statement(s, list, &s->sources[i], k);
}

static void put_action(struct simulation *s, struct val *to, struct str action, struct str template,
		       const struct outcome *all, struct val *specific)
{
	val_set_str(s->r->arena, to, "EvalActionName", action);
	val_set_str(s->r->arena, to, "EvalResourceName", template);
	val_set_z(s->r->arena, to, "EvalDecision", decision_text(all->decision));
	put_told(s, to, all);
	put_missing(s, to);
	if (all->org) {
		struct val *v =
			val_setz(to, "OrganizationsDecisionDetail", val_object(s->r->arena));
		val_set_bool(s->r->arena, v, "AllowedByOrganizations", all->org_allows);
	}
	put_boundary(s, to, all);
	/* "If the simulation evaluates policies within the same account and specifies all
	 * resources (*), then the parameter is not returned." */
	if (all->crosses || val_count(specific))
		put_details(s, to, all);
	if (val_count(specific))
		val_setz(to, "ResourceSpecificResults", specific);
}

bool sim_answer(struct simulation *s, const struct sim_work *w, struct str action, struct val *list)
{
	struct val *specific = val_list(s->r->arena);
	bool tells = val_count(s->resources) > 1 || !str_eqz(val_str(val_first(s->resources)), "*");
	struct policy_request req = s->base;
	struct outcome all = {0}, one;
	size_t before = s->rows;

	req.action = action;
	VAL_EACH(v, s->resources)
	{
		bool first = v == val_first(s->resources);
		req.resource = val_str(v);
		req.resource_account = owner_of(s, req.resource);
		decide(s, w, &req, &one);
		find_statements(s, &req, &one);
		enum policy_reason was = first ? one.decision : all.decision;
		if (first)
			all = one;
		else
			merge(&all, &one);
		if (one.decision == all.decision)
			note_found(s, first || was != all.decision);
		if (tells)
			put_specific(s, specific, req.resource, &one);
		if (++s->rows - before > SIM_ROWS)
			return sim_invalid(s, "The simulation of %.*s has too many results.",
					   STR_ARG(action));
	}
	struct val *to = val_append(list, val_object(s->r->arena));
	put_action(s, to, action, template_of(s, w, action), &all, specific);
	return true;
}
