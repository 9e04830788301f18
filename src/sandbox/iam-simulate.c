#include "sandbox/iam-simulate.h"

#include "policy/catalogue.h"
#include "sandbox/authz.h"

bool sim_invalid(struct simulation *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	struct str text = arena_vprintf(s->r->arena, fmt, ap);
	va_end(ap);
	return sandbox_fault(s->r, 400, "InvalidInput", "%.*s", STR_ARG(text));
}

/* ---- page by page: one result for each action ---- */

static void missing_keys(struct simulation *s)
{
	struct val *asked = iam_asked_keys(s->r, &s->documents);

	s->missing = val_list(s->r->arena);
	VAL_EACH(key, asked)
	if (!policy_request_has(&s->base, val_str(key)))
		val_append(s->missing, val_string(s->r->arena, val_str(key)));
}

static bool answer_page(struct simulation *s, struct page *p)
{
	struct sim_work w = {.scratch = arena_new()};
	struct arena *names = arena_new();
	struct val *list = val_setz(s->r->out, "EvaluationResults", val_list(s->r->arena));
	const struct val *actions = val_get(s->r->in, "ActionNames");
	size_t i = 0, done = 0;
	bool ok = true;

	w.catalogue = catalogue_open(names);
	VAL_EACH(action, actions)
	{
		if (!page_has(p, i++))
			continue;
		ok = sim_answer(s, &w, val_str(action), list);
		done += ok;
		if (!ok || s->rows >= SIM_ROWS)
			break;
	}
	arena_free(&names);
	arena_free(&w.scratch);
	p->size = done;
	return ok;
}

static bool simulate(struct simulation *s, struct str caller)
{
	struct page p;

	if (!sim_read_actions(s) || !sim_read_resources(s) ||
	    !sim_read_resource_policy(s, caller) || !sim_read_request(s, caller) ||
	    !iam_page(s->r, &p))
		return false;
	missing_keys(s);
	if (!answer_page(s, &p))
		return false;
	page_end(s->r, &p, val_count(val_get(s->r->in, "ActionNames")));
	return true;
}

bool iam_simulate_custom_policy(struct sandbox_request *r)
{
	struct simulation s = {.r = r};

	return sim_read_policies(&s) && sim_read_boundary(&s) && sim_read_levels(&s) &&
	       simulate(&s, val_get_str(r->in, "CallerArn"));
}

/* ---- what is attached ---- */

static struct str inline_id(struct simulation *s, const struct iam_entity *e, struct str name)
{
	return arena_printf(s->r->arena, "%s_%.*s_%.*s", iam_kind_name(e->kind), STR_ARG(e->name),
			    STR_ARG(name));
}

static void add_entity(struct simulation *s, const struct iam_entity *e)
{
	for (const struct iam_inline *in = *e->inlines; in; in = in->next)
		if (!sim_excluded(s, SIM_INLINE, e, in->name, NULL))
			sim_add_source(s, in->parsed, inline_id(s, e, in->name), in->document,
				       false);
	for (const struct iam_attached *at = *e->attached; at; at = at->next) {
		const struct iam_version *v = at->policy->default_version;
		if (!sim_excluded(s, SIM_MANAGED, NULL, STR_NULL, at->policy))
			sim_add_source(s, v->parsed, at->policy->name, v->document, false);
	}
}

static void add_boundary(struct simulation *s, const struct iam_entity *e)
{
	const struct iam_managed *boundary = e->boundary ? *e->boundary : NULL;

	if (!boundary || sim_excluded(s, SIM_BOUNDARY, NULL, STR_NULL, boundary))
		return;
	s->set.has_boundary = true;
	s->set.boundary = boundary->default_version->parsed;
}

static bool no_source(struct simulation *s, enum iam_kind kind, struct str name)
{
	return sandbox_fault(s->r, 404, "NoSuchEntity", "The %s with name %.*s cannot be found.",
			     iam_kind_name(kind), STR_ARG(name));
}

/* PolicySourceArn, and for a user its groups: "If you specify a user, the simulation also
 * includes all policies that are attached to any groups the user belongs to." */
static bool read_source(struct simulation *s, struct str arn, struct iam_owners *owners)
{
	const struct world_account *own = s->r->who->account;
	struct str account, name;
	enum iam_kind kind;

	if (!sim_entity_of(arn, &kind, &account, &name))
		return sim_bad_entity(s, arn);
	if (!str_eq(account, own->id))
		return sim_invalid(s,
				   "Invalid Policy Source Arn: caller's account %.*s does not have "
				   "access to policies in account %.*s",
				   STR_ARG(own->id), STR_ARG(account));
	return iam_policy_owners(s->r, arn, owners) || no_source(s, kind, name);
}

bool iam_simulate_principal_policy(struct sandbox_request *r)
{
	struct simulation s = {.r = r};
	struct str source = val_get_str(r->in, "PolicySourceArn");
	struct str caller = val_get_str(r->in, "CallerArn");
	struct iam_owners owners;

	if (!read_source(&s, source, &owners) || !sim_check_exclusions(&s))
		return false;
	for (size_t i = 0; i < owners.n; i++)
		add_entity(&s, &owners.v[i]);
	add_boundary(&s, &owners.v[0]);
	if (!sim_excluded(&s, SIM_SCPS, NULL, STR_NULL, NULL))
		s.set.scp = authz_scps(r, r->who->account, &s.set.nscp);
	/* "If you do not specify a CallerArn, it defaults to the ARN of the user, group, or role
	 * that you specify in PolicySourceArn." */
	return sim_read_policies(&s) && sim_read_boundary(&s) &&
	       simulate(&s, str_is_null(caller) ? source : caller);
}
