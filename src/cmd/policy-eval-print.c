/* The answer of `policy eval`, for people and for programs. */

#include "cmd/policy-eval.h"
#include "text/show.h"

static const char *say_text(const struct policy_step *st)
{
	return st->say == POLICY_SAYS_DENY    ? "denies"
	       : st->say == POLICY_SAYS_ALLOW ? "allows"
					      : "nothing allows";
}

static struct str level_text(const struct eval *e, const struct policy_step *st)
{
	const struct org_account_levels *at = st->kind == POLICY_SCP ? &e->scp : &e->rcp;
	const struct org_account *acct =
		st->kind == POLICY_SCP ? e->principal_account : e->resource_account;

	if (st->kind != POLICY_SCP && st->kind != POLICY_RCP)
		return str_of(policy_kind_text(st->kind));
	if (acct && at->n)
		return arena_printf(e->arena, "%s, %.*s", policy_kind_text(st->kind),
				    STR_ARG(org_level_text(&at->level[st->index], acct, e->arena)));
	return arena_printf(e->arena, "%s, level %zu", policy_kind_text(st->kind), st->index + 1);
}

/* The file that the policy is in, as far as it is in one; else its name. */
static struct str source_of(const struct eval *e, const struct policy *p)
{
	const struct org_policy *o = e->levels ? org_levels_policy(e->levels, p) : NULL;

	return o && o->pos.path ? str_of(o->pos.path) : policy_name(p);
}

static struct str by_text(const struct eval *e, const struct policy_step *st)
{
	struct str at;

	if (!st->policy)
		return st->say == POLICY_SAYS_ALLOW ? STR("needs no policy") : STR("-");
	at = source_of(e, st->policy);
	return arena_printf(e->arena, "%s%.*s:%u%s%.*s%s",
			    st->say == POLICY_SAYS_NOTHING ? "nearest: " : "", STR_ARG(at),
			    st->line, st->sid.n ? " (" : "", STR_ARG(st->sid),
			    st->sid.n ? ")" : "");
}

/* What AWS answered when the event was recorded: "allowed", "denied", "failed". */
static const char *recorded_text(const struct eval *e)
{
	return e->event.denied ? "denied" : e->event.failed ? "failed" : "allowed";
}

static bool print_recorded(struct eval *e)
{
	return cmd_printf(e->c, "recorded: %s%s, %.*s\n", recorded_text(e),
			  e->event.failed && !e->event.denied ? " for another reason than a policy"
							      : "",
			  STR_ARG(show_short(e->arena, val_get_str(e->recorded, "eventTime"))));
}

/* With the answer and not only as a note: whoever keeps the answer keeps this, too. */
static bool print_unknown(struct eval *e)
{
	if (e->road.decision.reason == POLICY_EXPLICIT_DENY)
		return true; /* whatever else there is */
	for (size_t i = 0; i < e->nunknown; i++) {
		if (!cmd_printf(e->c, "%s%s", i ? ", " : "not known, and so without a say: ",
				policy_kind_text(e->unknown[i])))
			return false;
	}
	return !e->nunknown || cmd_printf(e->c, "\n");
}

static bool print_road(struct eval *e)
{
	const struct policy_road *r = &e->road;
	struct cmd *c = e->c;
	struct table *t = table_new(c->arena);

	table_column(t, "LEVEL", ALIGN_LEFT, true);
	table_column(t, "SAYS", ALIGN_LEFT, false);
	table_column(t, "BY", ALIGN_LEFT, true);
	for (size_t i = 0; i < r->nsteps; i++) {
		const struct policy_step *st = &r->steps[i];

		table_row(t);
		table_cell(t, level_text(e, st), i == r->decided ? COLOUR_BOLD : COLOUR_NONE);
		table_cellz(t, say_text(st),
			    st->say == POLICY_SAYS_ALLOW ? COLOUR_GREEN : COLOUR_RED);
		table_cell(t, by_text(e, st), COLOUR_NONE);
	}
	if (c->output == OUTPUT_CSV)
		return cmd_print_table(c, t);
	if (!cmd_printf(c, "%s: %.*s on %.*s as %.*s\n", r->decision.allow ? "ALLOW" : "DENY",
			STR_ARG(show(c->arena, e->req.action)),
			STR_ARG(show(c->arena, e->req.resource)),
			STR_ARG(show(c->arena, e->req.principal))))
		return false;
	if (e->recorded && !print_recorded(e))
		return false;
	if (r->nsteps && !cmd_print_table(c, t))
		return false;
	for (size_t i = 0; i < r->nnotes; i++) {
		if (!cmd_printf(c, "%s%.*s\n", i ? "  " : "", STR_ARG(r->notes[i])))
			return false;
	}
	return print_unknown(e);
}

static void set_statement(const struct eval *e, struct val *v, const struct policy *p,
			  size_t statement, uint32_t line, struct str sid)
{
	if (!p)
		return;
	val_set_str(e->arena, v, "policy", policy_name(p));
	val_set_str(e->arena, v, "file", source_of(e, p));
	val_set_int(e->arena, v, "statement", (int64_t)statement + 1);
	val_set_int(e->arena, v, "line", line);
	if (sid.n)
		val_set_str(e->arena, v, "sid", sid);
}

/* As it was decided on, with the keys that were given or read. */
static void set_request(const struct eval *e, struct val *o)
{
	struct val *v = val_setz(o, "request", val_object(e->arena));
	struct val *keys = val_object(e->arena);

	val_set_str(e->arena, v, "principal", e->req.principal);
	val_set_str(e->arena, v, "action", e->req.action);
	val_set_str(e->arena, v, "resource", e->req.resource);
	val_setz(v, "context", keys);
	for (size_t i = 0; i < e->req.nkeys; i++) {
		const struct policy_key *k = &e->req.keys[i];
		char *name = arena_dupz(e->arena, k->name);
		struct val *list;

		if (val_get(keys, name))
			continue; /* the first one counts */
		if (!k->value.multi && k->value.n == 1) {
			val_set_str(e->arena, keys, name, k->value.values[0]);
			continue;
		}
		list = val_setz(keys, name, val_list(e->arena));
		for (size_t n = 0; n < k->value.n; n++)
			val_append(list, val_string(e->arena, k->value.values[n]));
	}
}

static void set_event(const struct eval *e, struct val *o)
{
	struct val *v;

	if (!e->recorded)
		return;
	v = val_setz(o, "event", val_object(e->arena));
	val_set_str(e->arena, v, "id", val_get_str(e->recorded, "eventID"));
	val_set_str(e->arena, v, "time", val_get_str(e->recorded, "eventTime"));
	val_set_z(e->arena, v, "recorded", recorded_text(e));
}

/* Kinds of policy that would have a say and are not known: they took no part. */
static void set_unknown(const struct eval *e, struct val *o)
{
	struct val *list = val_setz(o, "unknown", val_list(e->arena));

	for (size_t i = 0; i < e->nunknown; i++)
		val_append(list, val_string(e->arena, str_of(policy_kind_text(e->unknown[i]))));
}

static bool print_json(struct eval *e)
{
	static const char *const reasons[] = {"allowed", "explicit", "implicit"};
	static const char *const says[] = {"nothing", "allow", "deny"};
	const struct policy_road *r = &e->road;
	const struct policy_decision *d = &r->decision;
	struct arena *a = e->arena;
	struct val *o = val_object(a), *steps = val_list(a), *notes = val_list(a);

	val_set_z(a, o, "decision", d->allow ? "allow" : "deny");
	val_set_z(a, o, "reason", reasons[d->reason]);
	val_set_z(a, o, "kind", policy_kind_text(d->level));
	set_statement(e, o, d->policy, d->statement, d->line, d->sid);
	set_request(e, o);
	set_event(e, o);
	set_unknown(e, o);
	val_setz(o, "road", steps);
	for (size_t i = 0; i < r->nsteps; i++) {
		const struct policy_step *st = &r->steps[i];
		struct val *v = val_append(steps, val_object(a));

		val_set_z(a, v, "kind", policy_kind_text(st->kind));
		val_set_str(a, v, "level", level_text(e, st));
		val_set_z(a, v, "says", says[st->say]);
		val_set_bool(a, v, "decided", i == r->decided);
		set_statement(e, v, st->policy, st->statement, st->line, st->sid);
	}
	val_setz(o, "why", notes);
	for (size_t i = 0; i < r->nnotes; i++)
		val_append(notes, val_string(a, r->notes[i]));
	return cmd_print_json(e->c, o);
}

bool eval_print(struct eval *e)
{
	return e->c->output == OUTPUT_JSON ? print_json(e) : print_road(e);
}

bool eval_print_no_policy(struct eval *e)
{
	struct val *o = val_object(e->arena), *why = val_list(e->arena);

	if (e->c->output != OUTPUT_JSON)
		return cmd_printf(e->c, "NO POLICY decides this event: %s\n", e->event.why);
	val_set_z(e->arena, o, "decision", "none");
	set_event(e, o);
	val_append(why, val_string(e->arena, str_of(e->event.why)));
	val_setz(o, "why", why);
	return cmd_print_json(e->c, o);
}
