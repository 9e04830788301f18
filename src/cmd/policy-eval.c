/* `rootout policy eval`: would AWS allow this, which statement decides, and what would have to
 * be different. Policies come from files, from an organization's folder, or from AWS. */

#include "cmd/policy-eval.h"
#include "base/file.h"
#include "base/limits.h"
#include "cmd/commands.h"
#include "cmd/policy-common.h"

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
		/* AWS's own RCP allows what no other denies, which is what no policy does here. */
		if (kind == POLICY_RCP && str_eqz(file, "RCPFullAWSAccess"))
			continue;
		if (!file.n)
			return err_set(&e->c->err, ERR_INPUT,
				       "a level of policies is FILE+FILE: nothing stands beside "
				       "a '+'");
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
	/* What the organization gave stays where no file is given. */
	if (n)
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
	if (boundary.n)
		s->boundary = boundary.policies[0];
	return true;
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
	if (!eval_read_request(e))
		return cmd_fail(c, &c->err);
	if (e->recorded && e->event.kind == POLICY_EVENT_NO_POLICY)
		return eval_print_no_policy(e) ? EXIT_DONE : EXIT_ERROR;
	if (!eval_read_organization(e) || !read_sets(e))
		return cmd_fail(c, &c->err);
	if (!anything_asked(e)) {
		err_set(&c->err, ERR_INPUT,
			"which policies? give files (--identity, --scp, --resource-policy …), "
			"--org DIR or --live");
		return cmd_fail(c, &c->err);
	}
	policy_explain(&e->set, &e->req, e->arena, &e->road);
	policy_explain_words(&e->set, &e->req, e->arena, &e->road);
	eval_find_unknown(e);
	if (!eval_print(e))
		return EXIT_ERROR;
	return e->road.decision.allow ? EXIT_DONE : EXIT_REMAINS;
}

static const struct option eval_options[] = {
	{"as", 0, OPTION_TEXT, "ARN", "who asks: a user, role, session, root, service, or '*'",
	 NULL},
	{"action", 0, OPTION_TEXT, "ACTION", "what is asked for: s3:GetObject", NULL},
	{"resource", 0, OPTION_TEXT, "ARN", "on what (default: *)", NULL},
	{"event", 0, OPTION_TEXT, "FILE", "who and what of an event that CloudTrail recorded",
	 NULL},
	{"event-id", 0, OPTION_TEXT, "ID", "the one, where FILE holds several", NULL},
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
	{"org", 0, OPTION_TEXT, "DIR", "SCPs, RCPs and permission sets of an organization's folder",
	 NULL},
	{"live", 0, OPTION_FLAG, NULL,
	 "SCPs and RCPs of the live organization, and the principal's own policies", NULL},
	{"via", 0, OPTION_TEXT, "role NAME",
	 "read the principal's own policies through this role of its account", NULL},
	{0},
};

const struct command command_policy_eval = {
	.name = "policy eval",
	.summary = "would AWS allow it, which statement decides, what would have to differ",
	.operands = "", /* the NAME of --via role NAME */
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
		"joins the policies of one level, and FullAWSAccess (RCPFullAWSAccess) stands for "
		"AWS's\n"
		"own.\n"
		"\n"
		"What the principal was granted: --identity; with --org, for a role of Identity "
		"Center\n"
		"(AWSReservedSSO_…), its permission set's policies; with --live, a user's or "
		"role's own,\n"
		"its groups' and its boundary, read in its account (--via role NAME, where the "
		"caller's\n"
		"account is another).\n"
		"\n"
		"--event takes principal, action, resource and condition keys from an event: one "
		"alone,\n"
		"a file of CloudTrail's (unpacked), events line by line, or the output of\n"
		"'aws cloudtrail lookup-events'.\n"
		"\n"
		"Condition keys that follow from the request are derived (aws:PrincipalArn, "
		"aws:username,\n"
		"aws:RequestedRegion of the resource's ARN, aws:TagKeys of aws:RequestTag/… …); "
		"the time\n"
		"is now, and the call came over TLS. All others are absent unless given.\n"
		"Exit status 0: allowed, or no policy decides such an event; 1: denied; 2: "
		"error.\n",
	.examples = "  rootout policy eval --as arn:aws:iam::111122223333:user/ann "
		    "--action s3:GetObject \\\n      --resource arn:aws:s3:::b/k "
		    "--identity ann.json\n"
		    "  rootout policy eval --org . --as arn:aws:iam::210000000011:role/app \\\n"
		    "      --action ec2:RunInstances --context aws:RequestedRegion=us-east-1\n"
		    "  rootout policy eval --live --via role OrganizationAccountAccessRole \\\n"
		    "      --as arn:aws:iam::210000000011:role/app --action s3:CreateBucket\n"
		    "  rootout policy eval --org . --event event.json\n",
	.options = eval_options,
	.option_sets = OPTIONS_AWS,
	.only_looks = true,
	.run = run_eval,
};
