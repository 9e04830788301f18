/*
 * Lets a test in another language see an organization as rootout reads it, one
 * JSON object on standard output.
 *
 *	org-probe files DIR		from a folder (reality too, if there is a sandbox.yaml)
 *	org-probe live PART…		from AWS: accounts units policies tags describe pool
 *	org-probe live above ID…	from AWS: what binds these accounts
 *
 * Settings are those of the environment (AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID …).
 * Exit status 1: it could not be read; the object has "problems" or "error" and "code".
 */

#include <stdio.h>
#include <string.h>

#include "base/pool.h"
#include "org/files.h"
#include "org/live.h"
#include "org/reality.h"
#include "text/json.h"

static struct val *strings(struct arena *a, const struct str *v, size_t n)
{
	struct val *list = val_list(a);

	for (size_t i = 0; i < n; i++)
		val_append(list, val_string(a, v[i]));
	return list;
}

static struct val *unit(struct arena *a, const struct org_unit *u)
{
	struct val *v = val_object(a);

	val_set_str(a, v, "id", u->id);
	val_set_str(a, v, "name", u->name);
	val_set_str(a, v, "path", u->path);
	val_setz(v, "policies", strings(a, u->policies, u->npolicies));
	return v;
}

static struct val *account(struct arena *a, const struct org_account *acct)
{
	struct val *v = val_object(a), *tags;

	val_set_str(a, v, "id", acct->id);
	val_set_str(a, v, "name", acct->name);
	val_set_str(a, v, "email", acct->email);
	val_set_str(a, v, "state", org_state_name(acct->state));
	if (acct->unit)
		val_set_str(a, v, "unit", acct->unit->path);
	val_setz(v, "policies", strings(a, acct->policies, acct->npolicies));
	val_set_bool(a, v, "management", acct->management);
	val_set_str(a, v, "joined_method", acct->joined_method);
	val_set_int(a, v, "joined_ms", acct->joined_ms);
	if (!acct->have_tags)
		return v;
	tags = val_setz(v, "tags", val_object(a));
	for (size_t i = 0; i < acct->ntags; i++)
		val_set(tags, acct->tags[i].key, val_string(a, acct->tags[i].value));
	return v;
}

static struct val *policy(struct arena *a, const struct org_policy *p)
{
	struct val *v = val_object(a);

	val_set_str(a, v, "id", p->id);
	val_set_str(a, v, "name", p->name);
	val_set_str(a, v, "type", p->type);
	val_set_str(a, v, "description", p->description);
	val_set_str(a, v, "content", p->content);
	val_set_bool(a, v, "aws_managed", p->aws_managed);
	return v;
}

static void organization(struct arena *a, const struct org *o, struct val *out)
{
	struct val *list;

	val_set_str(a, out, "id", o->id);
	val_set_str(a, out, "management_id", o->management_id);
	val_set_bool(a, out, "have_units", o->have_units);
	val_set_bool(a, out, "have_policies", o->have_policies);
	val_set_bool(a, out, "scp_enabled", o->scp_enabled);
	val_set_bool(a, out, "rcp_enabled", o->rcp_enabled);
	list = val_setz(out, "units", val_list(a));
	for (size_t i = 0; i < o->nunits; i++)
		val_append(list, unit(a, o->units[i]));
	list = val_setz(out, "accounts", val_list(a));
	for (size_t i = 0; i < o->naccounts; i++)
		val_append(list, account(a, o->accounts[i]));
	list = val_setz(out, "policies", val_list(a));
	for (size_t i = 0; i < o->npolicies; i++)
		val_append(list, policy(a, o->policies[i]));
}

static bool from_files(const char *dir, struct arena *a, struct val *out)
{
	struct org_problems p = {0};
	struct org_reality *real;
	struct err err = {0};
	struct org *o;
	char text[2048];
	struct val *list = val_setz(out, "problems", val_list(a));
	bool ok = org_read_files(dir, a, &o, &p, &err) &&
		  org_read_reality(dir, o, 0, a, &real, &p, &err);

	if (ok)
		organization(a, o, out);
	else if (!p.n)
		val_set_str(a, out, "error", arena_strz(a, err.message));
	for (size_t i = 0; i < p.n; i++)
		val_append(list,
			   val_string(a, arena_strz(a, err_text(&p.v[i], text, sizeof(text)))));
	org_problems_release(&p);
	return ok;
}

static unsigned parts_of(int argc, char **argv, bool *pool)
{
	static const struct {
		const char *name;
		unsigned part;
	} known[] = {{"accounts", ORG_ACCOUNTS},
		     {"units", ORG_UNITS},
		     {"policies", ORG_POLICIES},
		     {"tags", ORG_TAGS},
		     {"describe", ORG_DESCRIBE}};
	unsigned parts = 0;

	for (int i = 0; i < argc; i++) {
		*pool |= strcmp(argv[i], "pool") == 0;
		for (size_t k = 0; k < ARRAY_SIZE(known); k++) {
			if (strcmp(argv[i], known[k].name) == 0)
				parts |= known[k].part;
		}
	}
	return parts;
}

static bool read_above(struct aws_worker *w, struct aws *aws, int argc, char **argv,
		       struct arena *a, struct org **o, struct err *err)
{
	struct str *ids = arena_calloc(a, (size_t)argc, sizeof(*ids));

	for (int i = 0; i < argc; i++)
		ids[i] = str_of(argv[i]);
	return org_read_live_above(w, aws_default_identity(aws), ids, (size_t)argc, a, o, err);
}

static bool from_live(int argc, char **argv, struct arena *a, struct val *out)
{
	struct aws_settings settings = {0};
	struct org_live_options opt = {0};
	struct aws_worker *w = NULL;
	struct err err = {0};
	struct org *o;
	bool pool = false, ok;
	struct aws *aws = aws_new(&settings, &err);

	opt.parts = parts_of(argc, argv, &pool);
	ok = aws != NULL;
	if (ok) {
		w = aws_worker_new(aws);
		if (pool)
			opt.pool = pool_new(8, aws_pool_worker_init, aws_pool_worker_done, aws);
		ok = strcmp(argv[0], "above") == 0
			     ? read_above(w, aws, argc - 1, argv + 1, a, &o, &err)
			     : org_read_live(w, aws_default_identity(aws), &opt, a, &o, &err);
		val_set_int(a, out, "calls", (int64_t)aws_totals(aws).calls);
	}
	if (ok) {
		organization(a, o, out);
	} else {
		val_set_str(a, out, "error", arena_strz(a, err.message));
		val_set_str(a, out, "code", arena_strz(a, err.aws_code));
	}
	if (opt.pool)
		pool_free(&opt.pool);
	aws_worker_free(&w);
	aws_free(&aws);
	return ok;
}

int main(int argc, char **argv)
{
	struct arena *a = arena_new();
	struct val *out = val_object(a);
	struct str text;
	bool ok;

	if (argc < 3) {
		fprintf(stderr, "org-probe files DIR | live PART… | live above ID…\n");
		return 2;
	}
	ok = strcmp(argv[1], "files") == 0 ? from_files(argv[2], a, out)
					   : from_live(argc - 2, argv + 2, a, out);
	text = json_text(a, out);
	printf("%.*s\n", STR_ARG(text));
	arena_free(&a);
	return ok ? 0 : 1;
}
