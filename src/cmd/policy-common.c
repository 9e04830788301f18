#include "cmd/policy-common.h"

#include <string.h>

#include "org/files.h"
#include "policy/catalogue.h"
#include "text/show.h"

/* "--context a=b,c" came as "a=b" and "c": a piece without '=' belongs to the value before. */
static struct str *whole_keys(struct cmd *c, size_t *n)
{
	size_t given, out = 0;
	struct str *v = cmd_list(c, "context", &given);
	struct str *whole = arena_calloc(c->arena, given + 1, sizeof(*whole));

	for (size_t i = 0; i < given; i++) {
		if (out && str_chr(v[i], '=') < 0)
			whole[out - 1] = arena_printf(c->arena, "%.*s,%.*s",
						      STR_ARG(whole[out - 1]), STR_ARG(v[i]));
		else
			whole[out++] = v[i];
	}
	*n = out;
	return whole;
}

static struct policy_key *key_named(struct policy_key *keys, size_t n, struct str name)
{
	for (size_t i = 0; i < n; i++) {
		if (str_eq_nocase(keys[i].name, name))
			return &keys[i];
	}
	return NULL;
}

/* KEY=VALUE, or KEY[]=VALUE for a key of several values, given once for each. */
static bool read_key(struct cmd *c, struct policy_key *keys, size_t *n, struct str given)
{
	struct str name, value;
	bool multi;
	struct policy_key *k;
	struct str *v;

	if (!str_cut(given, '=', &name, &value) || name.n == 0)
		return err_set(&c->err, ERR_INPUT,
			       "--context '%.*s': must be KEY=VALUE, or KEY[]=VALUE for a "
			       "multi-valued key",
			       STR_ARG(show_short(c->arena, given)));
	multi = str_endsz(name, "[]");
	if (multi)
		name.n -= 2;
	k = key_named(keys, *n, name);
	if (k && !(multi && k->value.multi))
		return err_set(&c->err, ERR_INPUT,
			       "--context %.*s is given twice: for a multi-valued key write "
			       "%.*s[]=VALUE each time",
			       STR_ARG(name), STR_ARG(name));
	if (!k) {
		k = &keys[(*n)++];
		*k = (struct policy_key){.name = name, .value.multi = multi};
	}
	v = arena_calloc(c->arena, k->value.n + 1, sizeof(*v));
	if (k->value.n)
		memcpy(v, k->value.values, k->value.n * sizeof(*v));
	v[k->value.n++] = value;
	k->value.values = v;
	return true;
}

bool policy_cmd_keys(struct cmd *c, struct policy_key **out, size_t *nout)
{
	size_t n;
	struct str *given = whole_keys(c, &n);
	struct policy_key *keys = arena_calloc(c->arena, n + 1, sizeof(*keys));

	*nout = 0;
	for (size_t i = 0; i < n; i++) {
		if (!read_key(c, keys, nout, given[i]))
			return false;
	}
	*out = keys;
	return true;
}

/* Is it none of AWS's? As far as the catalogue of that day goes. */
static void note_unknown_action(struct cmd *c, struct str action)
{
	struct catalogue *all = catalogue_open(c->arena);
	struct str service, name, near = STR_NULL, date = catalogue_date(all);
	struct catalogue_service *s;

	str_cut(action, ':', &service, &name);
	s = catalogue_service(all, service);
	if (s && catalogue_action(s, name))
		return;
	if (s)
		near = catalogue_near_action(s, name, c->arena);
	else
		service = catalogue_near_service(all, service, c->arena);
	if (near.n)
		near = arena_join(c->arena, STR(", did you mean '"), s->prefix, STR(":"), near,
				  STR("'?"));
	else if (!s && service.n)
		near = arena_join(c->arena, STR(", did you mean '"), service, STR(":…'?"));
	cmd_warn(c,
		 "AWS has no action '%.*s' by the catalogue of %.*s%.*s; what follows is what the "
		 "policies say of such a name",
		 STR_ARG(show_short(c->arena, action)), STR_ARG(date), STR_ARG(near));
}

bool policy_cmd_action(struct cmd *c, struct str action)
{
	struct str service, name, shown = show_short(c->arena, action);

	if (!str_cut(action, ':', &service, &name) || !service.n || !name.n)
		return err_set(&c->err, ERR_INPUT,
			       "'%.*s': an action is SERVICE:NAME, as "
			       "s3:GetObject",
			       STR_ARG(shown));
	if (str_chr(action, '*') >= 0 || str_chr(action, '?') >= 0)
		return err_set(&c->err, ERR_INPUT,
			       "'%.*s' is a pattern of actions, and a request asks for one: name "
			       "it, as s3:GetObject",
			       STR_ARG(shown));
	note_unknown_action(c, action);
	return true;
}

bool policy_cmd_resource(struct cmd *c, struct str resource)
{
	struct str shown = show_short(c->arena, resource);

	if (str_eqz(resource, "*"))
		return true;
	if (!policy_is_arn(resource))
		return err_set(&c->err, ERR_INPUT,
			       "'%.*s': a resource is an ARN, as arn:aws:s3:::bucket/key, or '*'",
			       STR_ARG(shown));
	/* Of CloudWatch Logs many ARNs end in ":*" (log-group:NAME:*): that is their name. */
	if (str_chr(resource, '?') >= 0 ||
	    (str_chr(resource, '*') >= 0 && !str_endsz(resource, ":*")))
		cmd_warn(c,
			 "'%.*s' is taken as one resource of that very name, star and all: what "
			 "policies say of some that it fits is not seen",
			 STR_ARG(shown));
	return true;
}

bool policy_cmd_folder(struct cmd *c, const char *dir, struct org **out)
{
	struct org_problems problems = {0};
	bool ok = org_read_files(dir, c->arena, out, &problems, &c->err);

	org_problems_release(&problems);
	return ok;
}

#define SHOWN_ACCOUNTS 3

void policy_cmd_add_account(struct policy_cmd_accounts *l, const struct org_account *acct,
			    struct arena *a)
{
	l->v = arena_grow(a, l->v, l->n, &l->cap, sizeof(*l->v));
	l->v[l->n++] = acct;
}

struct str policy_cmd_accounts_text(const struct policy_cmd_accounts *l, struct arena *a)
{
	struct str s = l->v[0]->name;

	for (size_t i = 1; i < l->n && i < SHOWN_ACCOUNTS; i++)
		s = arena_join(a, s, STR(", "), l->v[i]->name);
	if (l->n > SHOWN_ACCOUNTS)
		s = arena_printf(a, "%.*s and %zu more", STR_ARG(s), l->n - SHOWN_ACCOUNTS);
	return s;
}
