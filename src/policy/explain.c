/*
 * A decision in words.
 */

#include "policy/policy-private.h"

#include <string.h>

const char *policy_kind_text(enum policy_kind k)
{
	switch (k) {
	case POLICY_IDENTITY:
		return "identity-based policy";
	case POLICY_BOUNDARY:
		return "permissions boundary";
	case POLICY_SESSION:
		return "session policy";
	case POLICY_RESOURCE:
		return "resource-based policy";
	case POLICY_SCP:
		return "service control policy";
	case POLICY_RCP:
		return "resource control policy";
	}
	BUG("unknown kind of policy %d", (int)k);
}

const char *policy_aws_message(const struct err *err)
{
	const char *says = strstr(err->message, POLICY_AWS_SAYS);
	return says ? says + strlen(POLICY_AWS_SAYS) : err->message;
}

/* "statement DenyRoot (line 4)" */
static struct str statement_text(const struct policy_decision *d, struct arena *a)
{
	struct str name = str_is_empty(d->sid) ? arena_u64(a, d->statement + 1) : d->sid;

	return arena_join(a, STR("statement "), name, STR(" (line "), arena_u64(a, d->line),
			  STR(")"));
}

/* " on level 2" for the kinds that have levels; the root is level 1. */
static struct str level_text(const struct policy_decision *d, struct arena *a)
{
	if (d->level != POLICY_SCP && d->level != POLICY_RCP)
		return STR("");
	return arena_printf(a, " on level %zu", d->level_index + 1);
}

struct str policy_decision_text(const struct policy_decision *d, struct arena *a)
{
	const char *kind = policy_kind_text(d->level);
	if (d->reason == POLICY_IMPLICIT_DENY)
		return arena_printf(a, "denied: no %s%.*s allows it", kind,
				    STR_ARG(level_text(d, a)));
	const char *verb = d->allow ? "allowed" : "denied";
	if (!d->policy && d->level == POLICY_IDENTITY)
		return arena_printf(a, "%s: nothing that takes part denies it", verb);
	if (!d->policy)
		return arena_printf(a, "%s", verb);
	return arena_join(a, str_of(verb), STR(" by "), statement_text(d, a), STR(" of "),
			  str_of(kind), STR(" '"), d->policy->name, STR("'"), level_text(d, a));
}
