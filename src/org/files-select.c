/* `in:`, a choice of accounts: in: NAME, in: [NAME…], in: {unit: …, tag: {k: v}, …}. */

#include "org/files-private.h"

static const char *const known[] = {"name", "unit", "tag", "except", "all"};

static void check_accounts(struct files_reader *r, const struct val *v, const struct str *names,
			   size_t n)
{
	const struct val *at = val_is(v, VAL_LIST) ? val_first(v) : v;

	for (size_t i = 0; i < n && at; i++, at = at->next)
		files_known_account(r, at, names[i]);
}

static void check_units(struct files_reader *r, const struct val *v, const struct str *names,
			size_t n)
{
	const struct val *at = val_is(v, VAL_LIST) ? val_first(v) : v;

	for (size_t i = 0; i < n && at; i++, at = at->next)
		files_known_unit(r, at, names[i]);
}

static void read_mapping(struct files_reader *r, const struct val *v, struct org_selector *s)
{
	files_keys(r, v, "a choice of accounts", known, ARRAY_SIZE(known));
	if (files_ok(r, check_list_of_str(&r->c, v, "name", CHECK_OPTIONAL, &s->names, &s->nnames)))
		check_accounts(r, val_get(v, "name"), s->names, s->nnames);
	if (files_ok(r, check_list_of_str(&r->c, v, "unit", CHECK_OPTIONAL, &s->units, &s->nunits)))
		check_units(r, val_get(v, "unit"), s->units, s->nunits);
	if (files_ok(r, check_list_of_str(&r->c, v, "except", CHECK_OPTIONAL, &s->except,
					  &s->nexcept)))
		check_accounts(r, val_get(v, "except"), s->except, s->nexcept);
	files_tags(r, v, "tag", &s->tags, &s->ntags);
	files_ok(r, check_bool(&r->c, v, "all", CHECK_OPTIONAL, &s->all));
	if (s->all && (s->nnames || s->nunits || s->ntags))
		files_problem_name(r, val_get(v, "all"),
				   "'all' together with another choice: leave one of them out");
	else if (!s->all && !val_get(v, "name") && !val_get(v, "unit") && !val_get(v, "tag"))
		files_problem(r, v,
			      "this chooses no account: give 'name', 'unit', 'tag' or "
			      "'all: true'");
}

void files_selector(struct files_reader *r, const struct val *object, const char *name,
		    struct org_selector *out)
{
	const struct val *v = NULL;

	if (!files_ok(r, check_member(&r->c, object, name, CHECK_REQUIRED, &v)))
		return;
	out->pos = files_pos(r, v);
	if (v->kind == VAL_OBJECT) {
		read_mapping(r, v, out);
		return;
	}
	if (!files_ok(r, check_list_of_str(&r->c, object, name, CHECK_REQUIRED, &out->names,
					   &out->nnames)))
		return;
	if (!out->nnames)
		files_problem(r, v, "this chooses no account: name one, or remove the entry");
	check_accounts(r, v, out->names, out->nnames);
}
