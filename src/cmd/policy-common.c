#include "cmd/policy-common.h"

#include <string.h>

#include "org/files.h"
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
