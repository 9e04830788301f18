/*
 * The road to a decision: what each kind and level says, also behind the point
 * where the decision was made, and what would have had to be different.
 *
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
 */

#include "policy/eval.h"

#include "policy/decide-private.h"
#include "policy/eval-private.h"
#include "text/show.h"

struct walk {
	const struct policy_set *set;
	const struct policy_request *req;
	struct policy_ctx ctx;
	struct decider d;
	struct policy_road *road;
	struct arena *arena;
	size_t notes_cap;
};

/* ---- which element does not fit ---- */

enum element { FITS_NOT_ACTION, FITS_NOT_WHO, FITS_NOT_RESOURCE, FITS_NOT_CONDITION, FITS };

static bool action_fits(const struct statement *s, const struct policy_ctx *ctx)
{
	for (size_t i = 0; i < s->nactions; i++) {
		if (action_matches(&s->actions[i], ctx))
			return !s->not_action;
	}
	return s->not_action;
}

/* The first condition that does not hold; an Allow does not take an error for a yes. */
static const struct condition *failing(const struct statement *s, struct policy_ctx *ctx)
{
	for (size_t i = 0; i < s->nconditions; i++) {
		enum verdict v = condition_holds(&s->conditions[i], ctx);

		if (v == VERDICT_NO || (v == VERDICT_ERROR && !s->deny))
			return &s->conditions[i];
	}
	return NULL;
}

static bool resource_fits(const struct statement *s, struct policy_ctx *ctx)
{
	struct statement alone = *s;

	alone.nconditions = 0;
	return statement_applies(&alone, ctx, true) == VERDICT_YES;
}

/* The same in one go, as the decision does it. */
static bool all_fits(const struct statement *s, struct policy_ctx *ctx)
{
	enum verdict v;

	if (statement_who(s, ctx) == WHO_NONE)
		return false;
	v = statement_applies(s, ctx, false);
	return v == VERDICT_YES || (v == VERDICT_ERROR && s->deny);
}

static enum element mismatch(const struct statement *s, struct policy_ctx *ctx,
			     const struct condition **condition)
{
	*condition = NULL;
	if (!action_fits(s, ctx))
		return FITS_NOT_ACTION;
	if (statement_who(s, ctx) == WHO_NONE)
		return FITS_NOT_WHO;
	if (!resource_fits(s, ctx))
		return FITS_NOT_RESOURCE;
	*condition = failing(s, ctx);
	return *condition ? FITS_NOT_CONDITION : FITS;
}

static struct str mismatch_text(const struct statement *s, struct policy_ctx *ctx, struct arena *a)
{
	const struct condition *c;

	switch (mismatch(s, ctx, &c)) {
	case FITS_NOT_ACTION:
		return actions_text(s, a);
	case FITS_NOT_WHO:
		return who_text(s, a);
	case FITS_NOT_RESOURCE:
		return resources_text(s, a);
	case FITS_NOT_CONDITION:
		return condition_text(STR(""), c, ctx, a);
	case FITS:
		break;
	}
	return STR_NULL;
}

struct str policy_mismatch(const struct policy *p, size_t statement,
			   const struct policy_request *req, struct arena *a)
{
	struct policy_ctx ctx;

	policy_ctx_init(&ctx, req);
	if (ctx.impossible)
		return STR("AWS knows no such principal or action");
	return mismatch_text(&p->statements[statement], &ctx, a);
}

/* ---- the steps ---- */

static void step_of(struct policy_step *st, enum policy_say say, const struct policy *p, size_t i)
{
	st->say = say;
	st->policy = p;
	st->statement = i;
	st->line = p->statements[i].line;
	st->sid = p->statements[i].sid;
}

struct best {
	enum who_match who;   /* of the Allow that counts */
	enum element nearest; /* of those that do not */
};

static void look_at(struct walk *w, struct policy_step *st, struct best *best,
		    const struct policy *p, size_t i)
{
	const struct statement *s = &p->statements[i];
	const struct condition *unused;
	enum who_match who;
	enum element e;

	/* As the decision, look no further where nothing more can be told. */
	if (!s->deny && (st->kind == POLICY_RCP || st->say == POLICY_SAYS_DENY ||
			 (st->say == POLICY_SAYS_ALLOW && st->kind != POLICY_RESOURCE)))
		return;
	if (s->deny) {
		if ((st->kind == POLICY_RESOURCE && w->d.mends) || !all_fits(s, &w->ctx))
			return;
		if (st->say != POLICY_SAYS_DENY)
			step_of(st, POLICY_SAYS_DENY, p, i);
		st->denials++;
	} else if (all_fits(s, &w->ctx)) {
		who = statement_who(s, &w->ctx);
		if (st->say == POLICY_SAYS_ALLOW && who <= best->who)
			return;
		best->who = who;
		step_of(st, POLICY_SAYS_ALLOW, p, i);
	} else if (st->say == POLICY_SAYS_NOTHING) {
		e = mismatch(s, &w->ctx, &unused);
		if (st->policy && e <= best->nearest)
			return;
		best->nearest = e;
		step_of(st, POLICY_SAYS_NOTHING, p, i);
	}
}

/*
 * Root needs no identity policy and its session's task policy only denies; what
 * RCPs do not deny is allowed by RCPFullAWSAccess.
 */
static enum policy_say without_policy(const struct walk *w, enum policy_kind kind)
{
	bool root = w->ctx.type == PRINCIPAL_ROOT;
	bool limits = kind == POLICY_IDENTITY || kind == POLICY_BOUNDARY || kind == POLICY_SESSION;

	if (kind == POLICY_IDENTITY && w->d.barred)
		return POLICY_SAYS_NOTHING;
	return kind == POLICY_RCP || (root && limits) ? POLICY_SAYS_ALLOW : POLICY_SAYS_NOTHING;
}

static void add_step(struct walk *w, enum policy_kind kind, size_t index, struct policy_list list)
{
	struct policy_step *st = &w->road->steps[w->road->nsteps++];
	struct best best = {0};

	*st = (struct policy_step){
		.kind = kind, .index = index, .say = without_policy(w, kind), .sid = STR_NULL};
	for (size_t p = 0; p < list.n; p++) {
		for (size_t i = 0; i < list.policies[p]->n; i++)
			look_at(w, st, &best, list.policies[p], i);
	}
}

static void add_steps(struct walk *w)
{
	const struct policy_set *set = w->set;
	const struct policy_list boundary = {&set->boundary, set->boundary ? 1 : 0};
	const struct policy_list none = {0};
	const bool *on = w->d.on;

	w->road->steps = arena_calloc(w->arena, set->nrcp + set->nscp + 4, sizeof(*w->road->steps));
	for (size_t i = 0; i < set->nrcp && on[POLICY_RCP]; i++)
		add_step(w, POLICY_RCP, i, set->rcp[i]);
	for (size_t i = 0; i < set->nscp && on[POLICY_SCP]; i++)
		add_step(w, POLICY_SCP, i, set->scp[i]);
	if (on[POLICY_RESOURCE])
		add_step(w, POLICY_RESOURCE, 0, set->resource);
	if (on[POLICY_IDENTITY])
		add_step(w, POLICY_IDENTITY, 0, set->identity);
	else if (w->ctx.type == PRINCIPAL_ROOT)
		add_step(w, POLICY_IDENTITY, 0, none);
	if (on[POLICY_BOUNDARY])
		add_step(w, POLICY_BOUNDARY, 0, boundary);
	if (on[POLICY_SESSION])
		add_step(w, POLICY_SESSION, 0, set->session);
}

static size_t decided_step(const struct policy_road *r)
{
	const struct policy_decision *d = &r->decision;

	for (size_t i = 0; i < r->nsteps; i++) {
		if (r->steps[i].kind == d->level && r->steps[i].index == d->level_index)
			return i;
	}
	return r->nsteps;
}

/* ---- the words ---- */

static void note(struct walk *w, struct str text)
{
	struct policy_road *r = w->road;

	r->notes = arena_grow(w->arena, r->notes, r->nnotes, &w->notes_cap, sizeof(*r->notes));
	r->notes[r->nnotes++] = text;
}

/* "statement DenyRoot (line 4) of 'name'" */
static struct str where(const struct policy_step *st, struct arena *a)
{
	struct str name = show(a, st->policy->name);

	struct str which = st->sid.n ? show_short(a, st->sid) : arena_u64(a, st->statement + 1);

	return arena_join(a, STR("statement "), which, STR(" (line "), arena_u64(a, st->line),
			  STR(") of '"), name, STR("'"));
}

static void note_denial(struct walk *w, const struct policy_step *st)
{
	const struct statement *s = &st->policy->statements[st->statement];
	struct arena *a = w->arena;

	for (size_t i = 0; i < s->nconditions; i++)
		note(w, condition_text(STR("it would not deny if this did not hold: "),
				       &s->conditions[i], &w->ctx, a));
	if (!s->nconditions)
		note(w, arena_printf(a,
				     "it has no condition: it denies whatever else the request "
				     "says; %.*s%s%.*s",
				     STR_ARG(actions_text(s, a)), s->has_resource ? ", " : "",
				     STR_ARG(s->has_resource ? resources_text(s, a) : STR(""))));
	if (st->denials > 1)
		note(w, arena_printf(a, "%zu more statement%s on this level den%s it too",
				     st->denials - 1, st->denials == 2 ? "" : "s",
				     st->denials == 2 ? "ies" : "y"));
}

static void note_silence(struct walk *w, const struct policy_step *st)
{
	const struct policy_request *req = w->req;
	struct arena *a = w->arena;

	note(w,
	     arena_printf(a, "no %s allows %.*s on %.*s%s", policy_kind_text(st->kind),
			  STR_ARG(show_short(a, req->action)), STR_ARG(show(a, req->resource)),
			  st->kind == POLICY_SCP ? ": each level must, so one has to be attached "
						   "there (AWS attaches FullAWSAccess)"
			  : st->kind == POLICY_RESOURCE ? ": the resource's own policy has to"
							: ": one that does has to be attached"));
	if (st->policy)
		note(w, arena_printf(a, "nearest is %.*s: %.*s", STR_ARG(where(st, a)),
				     STR_ARG(mismatch_text(&st->policy->statements[st->statement],
							   &w->ctx, a))));
}

/* Other levels that would deny the request once this one does not. */
static void note_others(struct walk *w)
{
	const struct policy_road *r = w->road;

	for (size_t i = 0; i < r->nsteps; i++) {
		const struct policy_step *st = &r->steps[i];

		if (i == r->decided)
			continue;
		if (st->say == POLICY_SAYS_DENY)
			note(w, arena_join(w->arena, where(st, w->arena), STR(" ("),
					   str_of(policy_kind_text(st->kind)),
					   STR(") denies it too")));
		else if (st->say == POLICY_SAYS_NOTHING && st->kind == POLICY_SCP)
			note(w, arena_printf(w->arena,
					     "no service control policy on level %zu allows "
					     "it either",
					     st->index + 1));
	}
}

static void explain_road(struct walk *w)
{
	struct policy_road *r = w->road;
	const struct policy_step *st = r->decided < r->nsteps ? &r->steps[r->decided] : NULL;

	note(w, policy_decision_text(&r->decision, w->arena));
	if (r->decision.allow)
		return;
	if (decider_bars(&w->ctx)) {
		note(w, STR("no root user may assume a role or another root user, whatever allows "
			    "it"));
		return;
	}
	if (st && st->say == POLICY_SAYS_DENY)
		note_denial(w, st);
	else if (st)
		note_silence(w, st);
	note_others(w);
}

/* Not zeroed as a whole: the buffers of ctx are large, and written before they are read. */
static void walk_init(struct walk *w, const struct policy_set *set,
		      const struct policy_request *req, struct arena *a, struct policy_road *road)
{
	w->set = set;
	w->req = req;
	w->road = road;
	w->arena = a;
	w->notes_cap = 0;
	policy_ctx_init(&w->ctx, req);
}

void policy_explain(const struct policy_set *set, const struct policy_request *req, struct arena *a,
		    struct policy_road *out)
{
	struct walk w;

	*out = (struct policy_road){0};
	walk_init(&w, set, req, a, out);
	decider_decide(&w.d, set, &w.ctx, &out->decision);
	if (!w.ctx.impossible) {
		add_steps(&w);
		out->decided = decided_step(out);
	}
}

void policy_explain_words(const struct policy_set *set, const struct policy_request *req,
			  struct arena *a, struct policy_road *road)
{
	struct walk w;

	walk_init(&w, set, req, a, road);
	road->notes = NULL;
	road->nnotes = 0;
	if (w.ctx.impossible)
		note(&w, STR("denied: AWS could not have issued this request: an action is "
			     "SERVICE:NAME, a principal an ARN, a service or '*'"));
	else
		explain_road(&w);
}
