/* `rootout policy eval`: would AWS allow this, which statement decides, and what would have to
 * be different. Policies come from files, from an organization's folder, or from AWS. */

#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "cmd/commands.h"
#include "cmd/policy-common.h"
#include "org/levels.h"
#include "org/live.h"
#include "policy/eval.h"
#include "text/show.h"

struct eval {
	struct cmd *c;
	struct arena *arena;
	struct org *org; /* NULL: only files */
	struct org_levels *levels;
	const struct org_account *principal_account, *resource_account;
	struct org_account_levels scp, rcp;
	struct policy_set set;
	struct policy_request req;
	struct policy_road road;
};

/* ---- policies from files ---- */

static const struct policy *read_policy(struct eval *e, struct str path, enum policy_kind kind)
{
	struct str text;

	if (kind == POLICY_SCP && str_eqz(path, "FullAWSAccess"))
		return policy_parse(STR("{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":"
					"\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}]}"),
				    kind, path, e->arena, &e->c->err);
	if (!file_read(arena_dupz(e->arena, path), LIMIT_POLICY_BYTES, e->arena, &text, &e->c->err))
		return NULL;
	return policy_parse(text, kind, path, e->arena, &e->c->err);
}

/* FILE+FILE…: the policies of one level */
static bool read_level(struct eval *e, struct str files, enum policy_kind kind,
		       struct policy_list *out)
{
	const struct policy **v = NULL;
	struct str file;
	size_t n = 0, cap = 0;

	while (str_next(&files, '+', &file)) {
		v = arena_grow(e->arena, v, n, &cap, sizeof(*v));
		v[n] = read_policy(e, file, kind);
		if (!v[n++])
			return false;
	}
	*out = (struct policy_list){v, n};
	return true;
}

static bool read_files(struct eval *e, const char *option, enum policy_kind kind,
		       struct policy_list *out, bool *has)
{
	size_t n;
	struct str *files = cmd_list(e->c, option, &n);
	const struct policy **v = arena_calloc(e->arena, n + 1, sizeof(*v));

	for (size_t i = 0; i < n; i++) {
		v[i] = read_policy(e, files[i], kind);
		if (!v[i])
			return false;
	}
	*out = (struct policy_list){v, n};
	*has |= n > 0;
	return true;
}

static bool read_levels(struct eval *e, const char *option, enum policy_kind kind,
			const struct policy_list **out, size_t *nout)
{
	size_t n;
	struct str *given = cmd_list(e->c, option, &n);
	struct policy_list *v = arena_calloc(e->arena, n + 1, sizeof(*v));

	for (size_t i = 0; i < n; i++) {
		if (!read_level(e, given[i], kind, &v[i]))
			return false;
	}
	if (n && *nout)
		return err_set(&e->c->err, ERR_INPUT,
			       "--%s together with an organization: its policies of that kind are "
			       "known already",
			       option);
	if (n) {
		*out = v;
		*nout = n;
	}
	return true;
}

static bool read_sets(struct eval *e)
{
	struct policy_set *s = &e->set;
	struct policy_list boundary = {0};

	if (!read_files(e, "identity", POLICY_IDENTITY, &s->identity, &s->has_identity) ||
	    !read_files(e, "session", POLICY_SESSION, &s->session, &s->has_session) ||
	    !read_files(e, "resource-policy", POLICY_RESOURCE, &s->resource, &s->has_resource) ||
	    !read_files(e, "boundary", POLICY_BOUNDARY, &boundary, &s->has_boundary) ||
	    !read_levels(e, "scp", POLICY_SCP, &s->scp, &s->nscp) ||
	    !read_levels(e, "rcp", POLICY_RCP, &s->rcp, &s->nrcp))
		return false;
	if (boundary.n > 1)
		return err_set(&e->c->err, ERR_INPUT,
			       "a principal has one permissions boundary; --boundary was given "
			       "%zu times",
			       boundary.n);
	s->boundary = boundary.n ? boundary.policies[0] : NULL;
	return true;
}

/* ---- the request ---- */

static struct policy_key *key_named(struct policy_key *keys, size_t n, struct str name)
{
	for (size_t i = 0; i < n; i++) {
		if (str_eq_nocase(keys[i].name, name))
			return &keys[i];
	}
	return NULL;
}

static bool read_request(struct eval *e)
{
	const char *as = cmd_text(e->c, "as"), *action = cmd_text(e->c, "action");
	const char *resource = cmd_text(e->c, "resource");
	struct policy_key *keys;
	size_t nkeys;

	if (!as || !action)
		return err_set(&e->c->err, ERR_INPUT,
			       "who asks, and for what? give --as ARN and --action SERVICE:NAME");
	if (!strchr(action, ':'))
		return err_set(&e->c->err, ERR_INPUT,
			       "--action '%s': must be SERVICE:NAME, as s3:GetObject", action);
	e->req = (struct policy_request){
		.principal = str_of(as),
		.action = str_of(action),
		.resource = str_of(resource ? resource : "*"),
		.resource_account = str_of(cmd_text(e->c, "resource-account")),
		.management = cmd_flag(e->c, "management"),
		.service_linked_role = cmd_flag(e->c, "service-linked"),
	};
	if (!policy_cmd_keys(e->c, &keys, &nkeys))
		return false;
	e->req.keys = keys;
	e->req.nkeys = nkeys;
	return true;
}

/* ---- the organization ---- */

static struct str account_of_arn(struct str arn)
{
	struct str field = STR_NULL;

	for (int i = 0; i < 5; i++) {
		if (!str_next(&arn, ':', &field))
			return STR_NULL;
	}
	return field.n == 12 && str_all_digits(field) ? field : STR_NULL;
}

static bool read_aws(struct eval *e)
{
	struct cmd *c = e->c;
	struct org_live_options live = {.parts = ORG_DESCRIBE | ORG_ACCOUNTS | ORG_UNITS |
						 ORG_POLICIES};
	struct aws *aws = NULL;
	struct aws_worker *w = NULL;
	bool ok = cmd_aws(c, &aws, &c->err);

	if (ok) {
		w = aws_worker_new(aws);
		ok = org_read_live(w, aws_default_identity(aws), &live, e->arena, &e->org, &c->err);
	}
	aws_worker_free(&w);
	aws_free(&aws);
	return ok;
}

static void add_key(struct eval *e, const char *name, struct str value)
{
	struct policy_key *keys = arena_calloc(e->arena, e->req.nkeys + 1, sizeof(*keys));
	struct str *v = arena_new_of(e->arena, struct str);

	if (str_is_null(value) ||
	    key_named((struct policy_key *)e->req.keys, e->req.nkeys, str_of(name)))
		return;
	if (e->req.nkeys)
		memcpy(keys, e->req.keys, e->req.nkeys * sizeof(*keys));
	*v = value;
	keys[e->req.nkeys++] = (struct policy_key){str_of(name), {v, 1, false}};
	e->req.keys = keys;
}

static bool bind_organization(struct eval *e)
{
	struct cmd *c = e->c;
	struct str who = account_of_arn(e->req.principal);
	struct str owner = str_is_null(e->req.resource_account) ? account_of_arn(e->req.resource)
								: e->req.resource_account;

	if (str_is_null(owner))
		owner = who;
	e->levels = org_levels_new(e->org, e->arena, &c->err);
	if (!e->levels)
		return false;
	e->principal_account = str_is_null(who) ? NULL : org_account(e->org, who);
	e->resource_account = str_is_null(owner) ? NULL : org_account(e->org, owner);
	if (!e->principal_account && !e->resource_account)
		return err_set(&c->err, ERR_INPUT,
			       "neither the account of '%.*s' nor that of the resource is one of "
			       "the organization's: none of its policies has a say",
			       STR_ARG(show_short(c->arena, e->req.principal)));
	if (e->principal_account) {
		e->req.management |= e->principal_account->management;
		add_key(e, "aws:PrincipalOrgID", e->org->id);
		if (!org_levels_of(e->levels, e->principal_account, ORG_LEVELS_SCP, e->arena,
				   &e->scp, &c->err))
			return false;
	}
	if (e->resource_account) {
		e->req.resource_in_management = e->resource_account->management;
		add_key(e, "aws:ResourceOrgID", e->org->id);
		if (!org_levels_of(e->levels, e->resource_account, ORG_LEVELS_RCP, e->arena,
				   &e->rcp, &c->err))
			return false;
	}
	e->set.scp = e->scp.policies;
	e->set.nscp = e->scp.n;
	e->set.rcp = e->rcp.policies;
	e->set.nrcp = e->rcp.n;
	return true;
}

static bool read_organization(struct eval *e)
{
	const char *dir = cmd_text(e->c, "org");
	bool live = cmd_flag(e->c, "live");

	if (dir && live)
		return err_set(&e->c->err, ERR_INPUT,
			       "--org and --live contradict each other: give one of them");
	if (!dir && !live)
		return true;
	return (live ? read_aws(e) : policy_cmd_folder(e->c, dir, &e->org)) && bind_organization(e);
}

/* ---- the answer ---- */

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
	if (r->nsteps && !cmd_print_table(c, t))
		return false;
	for (size_t i = 0; i < r->nnotes; i++) {
		if (!cmd_printf(c, "%s%.*s\n", i ? "  " : "", STR_ARG(r->notes[i])))
			return false;
	}
	return true;
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

static bool anything_asked(const struct eval *e)
{
	const struct policy_set *s = &e->set;

	return e->org || s->has_identity || s->has_boundary || s->has_session || s->has_resource ||
	       s->nscp || s->nrcp;
}

static int run_eval(struct cmd *c)
{
	struct eval *e = arena_new_of(c->arena, struct eval);

	e->c = c;
	e->arena = c->arena;
	if (!read_request(e) || !read_organization(e) || !read_sets(e))
		return cmd_fail(c, &c->err);
	if (!anything_asked(e)) {
		err_set(&c->err, ERR_INPUT,
			"which policies? give files (--identity, --scp, --resource-policy …), "
			"--org DIR or --live");
		return cmd_fail(c, &c->err);
	}
	if (e->org && !e->set.has_identity)
		cmd_note(c, "no --identity: the answer says what the organization's policies let "
			    "through, not what the principal was granted");
	policy_explain(&e->set, &e->req, e->arena, &e->road);
	policy_explain_words(&e->set, &e->req, e->arena, &e->road);
	if (c->output == OUTPUT_JSON ? !print_json(e) : !print_road(e))
		return EXIT_ERROR;
	return e->road.decision.allow ? EXIT_DONE : EXIT_REMAINS;
}

static const struct option eval_options[] = {
	{"as", 0, OPTION_TEXT, "ARN", "who asks: a user, role, session, root, service, or '*'",
	 NULL},
	{"action", 0, OPTION_TEXT, "ACTION", "what is asked for: s3:GetObject", NULL},
	{"resource", 0, OPTION_TEXT, "ARN", "on what (default: *)", NULL},
	POLICY_CMD_CONTEXT,
	{"resource-account", 0, OPTION_TEXT, "ID", "the resource's owner, where its ARN has none",
	 NULL},
	{"management", 0, OPTION_FLAG, NULL, "the principal's is the management account", NULL},
	{"service-linked", 0, OPTION_FLAG, NULL, "the principal is a service-linked role", NULL},
	{"identity", 0, OPTION_LIST, "FILE", "identity-based policies of the principal", NULL},
	{"boundary", 0, OPTION_LIST, "FILE", "its permissions boundary", NULL},
	{"session", 0, OPTION_LIST, "FILE", "session policies", NULL},
	{"resource-policy", 0, OPTION_LIST, "FILE", "the resource's own policy", NULL},
	{"scp", 0, OPTION_LIST, "FILE[+FILE]", "service control policies of one level, root first",
	 NULL},
	{"rcp", 0, OPTION_LIST, "FILE[+FILE]", "resource control policies, likewise", NULL},
	{"org", 0, OPTION_TEXT, "DIR", "SCPs and RCPs of an organization's folder", NULL},
	{"live", 0, OPTION_FLAG, NULL, "SCPs and RCPs of the live organization", NULL},
	{0},
};

const struct command command_policy_eval = {
	.name = "policy eval",
	.summary = "would AWS allow it, which statement decides, what would have to differ",
	.details =
		"Prints the decision and the road to it: each level that has a say, the statement\n"
		"there and its line. For a denial, also which condition or element made the "
		"difference.\n"
		"\n"
		"A kind of policy that is not given takes no part. With --org or --live the SCPs "
		"of\n"
		"the principal's account and the RCPs of the resource's are added, level by "
		"level.\n"
		"In --scp and --rcp each value is one level, from the root down to the account; "
		"'+'\n"
		"joins the policies of one level, and FullAWSAccess stands for AWS's own.\n"
		"\n"
		"Condition keys that follow from the principal and the resource are derived "
		"(aws:PrincipalArn,\n"
		"aws:PrincipalAccount, aws:ResourceAccount …); all others are absent unless "
		"given.\n"
		"Exit status 0: allowed, 1: denied, 2: error.\n",
	.examples = "  rootout policy eval --as arn:aws:iam::111122223333:user/ann "
		    "--action s3:GetObject \\\n      --resource arn:aws:s3:::b/k "
		    "--identity ann.json\n"
		    "  rootout policy eval --org . --as arn:aws:iam::210000000011:role/app \\\n"
		    "      --action ec2:RunInstances --context aws:RequestedRegion=us-east-1\n",
	.options = eval_options,
	.option_sets = OPTIONS_AWS,
	.run = run_eval,
};
