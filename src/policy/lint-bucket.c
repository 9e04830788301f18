/*
 * Who may write a bucket's policy, but not use its objects, can write that they
 * may: an Allow in either policy is enough within an account.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics-single-account.html
 */

#include "policy/lint-private.h"

struct way {
	const char *action, *how;
	const char *gives[3];
};

static const struct way ways[] = {
	{"s3:PutBucketPolicy",
	 "writes the bucket's policy",
	 {"s3:GetObject", "s3:PutObject", "s3:DeleteObject"}},
	{"s3:PutBucketAcl",
	 "writes the bucket's access control list",
	 {"s3:GetObject", "s3:PutObject", "s3:DeleteObject"}},
	{"s3:PutLifecycleConfiguration", "has objects expire", {"s3:DeleteObject"}},
};

/* Is the action allowed on some object of that bucket? A doubtful case is: no false alarm. */
static bool has(struct lint *l, struct str action, struct str objects)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct lint_statement *s = &l->st[i];
		bool named = s->not_action;
		if (!s->allow)
			continue;
		LINT_EACH(item, s->not_action ? NULL : s->actions)
		{
			if (!lint_may(l, 2 + val_str(item).n / 8))
				return true;
			named |= policy_match(val_str(item), action, true);
		}
		if (!named)
			continue;
		if (s->not_resource || !s->resources)
			return true;
		LINT_EACH(r, s->resources)
		{
			if (!lint_may(l, 4 + val_str(r).n * objects.n / 32) ||
			    lint_meet(val_str(r), objects, false))
				return true;
		}
	}
	return false;
}

/* The bucket among the statement's resources whose objects are not given. */
static const char *missing(struct lint *l, const struct lint_statement *s, const struct way *w,
			   struct str *bucket)
{
	LINT_EACH(r, s->resources)
	{
		struct str name = val_str(r);
		struct arn arn;
		if (!str_startsz(name, "arn:") || !arn_split(name, &arn) ||
		    !str_eqz(arn.part[2], "s3") || str_chr(name, '/') >= 0)
			continue;
		struct str objects = arena_printf(l->a, "%.*s/*", STR_ARG(name));
		for (size_t i = 0; i < ARRAY_SIZE(w->gives) && w->gives[i]; i++) {
			*bucket = name;
			if (!has(l, str_of(w->gives[i]), objects))
				return w->gives[i];
		}
	}
	return NULL;
}

static void way_of(struct lint *l, const struct lint_statement *s, const struct way *w)
{
	LINT_EACH(item, s->actions)
	{
		struct str text = val_str(item), bucket;
		if (!lint_may(l, 2 + text.n / 8))
			return;
		if (!policy_match(text, str_of(w->action), true))
			continue;
		const char *gives = missing(l, s, w, &bucket);
		if (gives && !lint_denied(l, str_of(w->action)))
			lint_at(l, "bucket-policy-escalation", item,
				"%s: who has it %s, and in this way comes to %s in '%.*s', "
				"which is not allowed here",
				w->action, w->how, gives, STR_ARG(bucket));
		return;
	}
}

void lint_rules_of_buckets(struct lint *l)
{
	for (size_t i = 0; l->in->kind == POLICY_IDENTITY && i < l->n; i++) {
		const struct lint_statement *s = &l->st[i];
		if (!s->allow || s->not_action || s->not_resource || lint_any_resource(s))
			continue;
		for (size_t k = 0; k < ARRAY_SIZE(ways) && !lint_tired(l); k++)
			way_of(l, s, &ways[k]);
	}
}
