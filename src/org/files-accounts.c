/* accounts.yaml and accounts/NAME.yaml: units, the accounts in them, what is attached. */

#include "org/files-private.h"

#include "base/utf8.h"
#include "text/show.h"

static const char *const known_account[] = {"name", "id", "email", "owners", "tags", "policies"};
static const char *const known_unit[] = {"unit", "policies", "units", "accounts"};
static const char *const known_root[] = {"policies"};

/* "OU maximum nesting in a root: five levels" (Quotas for AWS Organizations). */
#define DEEPEST 5

/* ---- policies attached to something ---- */

static void read_policies(struct files_reader *r, const struct val *v, struct str **out, size_t *n)
{
	struct str *names = NULL;
	size_t count = 0;

	if (!files_ok(r, check_list_of_str(&r->c, v, "policies", CHECK_OPTIONAL, &names, &count)))
		return;
	const struct val *list = val_get(v, "policies");
	const struct val *at = val_is(list, VAL_LIST) ? val_first(list) : list;

	for (size_t i = 0; i < count && at; i++, at = at->next) {
		bool twice = false;

		for (size_t j = 0; j < i && j < 64; j++)
			twice |= str_eq(names[i], names[j]);
		if (twice)
			files_problem(r, at, "policy '%.*s' is attached twice",
				      STR_ARG(show_short(r->a, names[i])));
		else
			files_known_policy(r, at, names[i]);
	}
	*out = names;
	*n = count;
}

/* ---- accounts ---- */

/* "Length Constraints: Minimum length of 1. Maximum length of 50." (API reference, AccountName). */
static void check_name(struct files_reader *r, const struct val *v, struct org_account *acct)
{
	const struct val *at = val_get(v, "name");
	struct org_account *other = org_account(r->o, acct->name);

	if (utf8_length(acct->name) > 50)
		files_problem(r, at, "an account's name has at most 50 characters, this has %zu",
			      utf8_length(acct->name));
	else if (!str_eq(show(r->a, acct->name), acct->name))
		files_problem(r, at,
			      "an account's name must not have control characters or marks that "
			      "turn the direction of writing: '%.*s'",
			      STR_ARG(show_short(r->a, acct->name)));
	else if (str_all_digits(acct->name) && acct->name.n == 12)
		files_problem(r, at, "an account's name must not look like an account id");
	else if (org_is_pattern(acct->name))
		files_problem(r, at,
			      "an account's name must not have a '*': it means any name in "
			      "choices of accounts");
	if (other && str_eq(other->name, acct->name))
		files_problem(r, at, "duplicate account name '%.*s'%s",
			      STR_ARG(show_short(r->a, acct->name)), files_also(r, other->pos));
}

/* "[^\s@]+@[^\s@]+\.[^\s@]+", 6 to 64 characters (Organizations API reference, Email). */
static bool is_email(struct str s)
{
	struct str user, host;
	ptrdiff_t dot;

	for (size_t i = 0; i < s.n; i++) {
		if ((unsigned char)s.p[i] <= ' ' || s.p[i] == 0x7f)
			return false;
	}
	if (!str_cut(s, '@', &user, &host) || !user.n || str_chr(host, '@') >= 0)
		return false;
	dot = str_rchr(host, '.');
	return dot > 0 && (size_t)dot + 1 < host.n && s.n >= 6 && utf8_length(s) <= 64;
}

static void check_email(struct files_reader *r, const struct val *v, struct org_account *acct)
{
	const struct val *at = val_get(v, "email");
	struct org_account *other = org_account_by_email(r->o, acct->email);
	struct str shown = show_short(r->a, acct->email);

	if (!is_email(acct->email))
		files_problem(r, at, "'email' must be an address of 6 to 64 characters, not '%.*s'",
			      STR_ARG(shown));
	else if (other)
		files_problem(r, at, "duplicate email '%.*s'%s: each account has its own",
			      STR_ARG(shown), files_also(r, other->pos));
}

static void read_owners(struct files_reader *r, const struct val *v, struct org_account *acct)
{
	if (!files_ok(r, check_list_of_str(&r->c, v, "owners", CHECK_OPTIONAL, &acct->owners,
					   &acct->nowners)))
		return;
	const struct val *list = val_get(v, "owners");
	const struct val *at = val_is(list, VAL_LIST) ? val_first(list) : list;

	for (size_t i = 0; i < acct->nowners && at; i++, at = at->next) {
		if (str_chr(acct->owners[i], '@') < 0)
			files_known_group(r, at, acct->owners[i]);
	}
}

static void read_account(struct files_reader *r, const struct val *v, struct org_unit *unit)
{
	struct org_account *acct, *other;

	if (!files_keys(r, v, "an account", known_account, ARRAY_SIZE(known_account)))
		return;
	acct = org_build_account(&r->b);
	acct->pos = files_pos(r, v);
	acct->unit = unit;
	acct->have_tags = true;
	if (files_ok(r, check_str(&r->c, v, "name", CHECK_REQUIRED, &acct->name)))
		check_name(r, v, acct);
	if (files_ok(r, check_account_id(&r->c, v, "id", CHECK_OPTIONAL, &acct->id)) &&
	    !str_is_null(acct->id)) {
		other = org_account(r->o, acct->id);
		if (other)
			files_problem(r, val_get(v, "id"), "duplicate account id '%.*s'%s",
				      STR_ARG(acct->id), files_also(r, other->pos));
	}
	if (files_ok(r, check_str(&r->c, v, "email", CHECK_REQUIRED, &acct->email)))
		check_email(r, v, acct);
	read_owners(r, v, acct);
	files_tags(r, v, "tags", &acct->tags, &acct->ntags);
	read_policies(r, v, &acct->policies, &acct->npolicies);
	acct->management = !str_is_null(acct->id) && str_eq(acct->id, r->o->management_id);
	org_build_index_account(&r->b, acct);
}

/* ---- units ---- */

static void read_unit(struct files_reader *r, const struct val *v, struct org_unit *parent,
		      int depth);

static void read_inside(struct files_reader *r, const struct val *v, struct org_unit *u, int depth)
{
	const struct val *units = files_items(r, v, "units");
	const struct val *accounts = files_items(r, v, "accounts");

	VAL_EACH(unit, units)
	read_unit(r, unit, u, depth + 1);
	VAL_EACH(acct, accounts)
	read_account(r, acct, u);
}

/*
 * A unit is defined once. Another file may name it again, by name or path, to
 * put accounts into it; what is attached to it is said in one place.
 */
static struct org_unit *named_again(struct files_reader *r, const struct val *v,
				    struct org_unit *parent, struct str name)
{
	struct str path = name;
	struct org_unit *u;

	if (parent->path.n)
		path = arena_printf(r->a, "%.*s/%.*s", STR_ARG(parent->path), STR_ARG(name));
	u = org_unit(r->o, path);
	if (!u || !str_eq(u->path, path))
		return NULL;
	if (u->pos.path == r->c.path)
		files_problem(r, val_get(v, "unit"), "duplicate unit '%.*s'%s",
			      STR_ARG(show_short(r->a, path)), files_also(r, u->pos));
	else if (val_get(v, "policies"))
		files_problem_name(r, val_get(v, "policies"),
				   "the policies of unit '%.*s' belong where it is defined%s",
				   STR_ARG(show_short(r->a, path)), files_also(r, u->pos));
	return u;
}

/* "Maximum length of 128" (Organizations API reference, OrganizationalUnit.Name). */
static bool check_unit_name(struct files_reader *r, const struct val *v, struct org_unit *parent,
			    struct str name)
{
	const struct val *at = val_get(v, "unit");

	if (str_chr(name, '/') >= 0)
		return files_problem(r, at,
				     "unknown unit '%.*s': a name with '/' is the path of a "
				     "unit that accounts.yaml defines",
				     STR_ARG(show_short(r->a, name)));
	if (utf8_length(name) > 128)
		return files_problem(r, at, "a unit's name has at most 128 characters");
	if (!parent->parent && str_eqz(name, "Root"))
		return files_problem(r, at,
				     "'Root' is the organization's root: to attach policies "
				     "to it write '- root: {policies: […]}'");
	return true;
}

static void read_unit(struct files_reader *r, const struct val *v, struct org_unit *parent,
		      int depth)
{
	struct str name = STR_NULL;
	struct org_unit *u;

	if (!files_keys(r, v, "a unit", known_unit, ARRAY_SIZE(known_unit)))
		return;
	/* Without its name what is in it has no place: go on below the parent. */
	if (!files_ok(r, check_str(&r->c, v, "unit", CHECK_REQUIRED, &name))) {
		read_inside(r, v, parent, depth);
		return;
	}
	if (depth > DEEPEST) {
		files_problem(r, val_get(v, "unit"), "units are nested at most %d deep", DEEPEST);
		return;
	}
	u = named_again(r, v, parent, name);
	if (!u && check_unit_name(r, v, parent, name)) {
		u = org_build_unit(&r->b, parent, name);
		u->pos = files_pos(r, v);
		read_policies(r, v, &u->policies, &u->npolicies);
	}
	read_inside(r, v, u ? u : parent, depth);
}

/* ---- the file ---- */

static void read_root(struct files_reader *r, const struct val *v)
{
	struct org_unit *root = r->o->units[0];
	const struct val *in = NULL;

	if (!files_ok(r, check_map(&r->c, v, "root", CHECK_REQUIRED, &in)))
		return;
	files_keys(r, in, "the root", known_root, ARRAY_SIZE(known_root));
	if (root->pos.path) {
		files_problem(r, in, "the root stands here twice%s", files_also(r, root->pos));
		return;
	}
	root->pos = files_pos(r, v);
	read_policies(r, in, &root->policies, &root->npolicies);
}

static void read_entry(struct files_reader *r, const struct val *v)
{
	static const char *const account[] = {"account"}, *const root[] = {"root"};
	static const char *const any[] = {"unit",     "policies", "units",
					  "accounts", "account",  "root"};

	if (val_get(v, "account")) {
		files_keys(r, v, "this entry", account, 1);
		if (val_is(val_get(v, "account"), VAL_OBJECT))
			read_account(r, val_get(v, "account"), r->o->units[0]);
		else
			files_problem(r, val_get(v, "account"),
				      "an account must be a mapping with 'name' and 'email'; "
				      "write them below 'account:', indented further");
	} else if (val_get(v, "root")) {
		files_keys(r, v, "this entry", root, 1);
		read_root(r, v);
	} else if (val_get(v, "unit")) {
		read_unit(r, v, r->o->units[0], 1);
	} else {
		size_t before = r->found;

		/* An unknown key says it already. */
		if (files_keys(r, v, "each entry", any, ARRAY_SIZE(any)) && r->found == before)
			files_problem(r, v,
				      "this entry is neither a unit nor an account: begin it "
				      "with '- unit: NAME' or '- account:'");
	}
}

static void read_file(struct files_reader *r, const struct val *v)
{
	if (!files_list(r, v, "a file of accounts")) {
		r->lost |= FILES_ACCOUNTS;
		return;
	}
	VAL_EACH(entry, v)
	read_entry(r, entry);
}

void files_accounts(struct files_reader *r)
{
	const struct val *v = files_load(r, "accounts.yaml", FILES_ACCOUNTS);
	struct org_pos pos = r->management_pos;

	if (v)
		read_file(r, v);
	files_load_all(r, "accounts", FILES_ACCOUNTS, read_file);
	if (r->lost & FILES_ACCOUNTS)
		return;
	if (!r->o->naccounts) {
		r->c.path = files_path(r, "accounts.yaml");
		files_problem(r, NULL,
			      v ? "no account stands here: list at least the management "
				  "account"
				: "there is no such file: list at least the management "
				  "account in it");
	} else if (!str_is_null(r->o->management_id) && !org_account(r->o, r->o->management_id)) {
		/* The account that everything else hangs on must be one of them. */
		files_ok(r, org_check_account_name(r->o, r->o->management_id, &pos, &r->err) ||
				    err_wrap(&r->err, "the management account must stand in "
						      "accounts.yaml"));
	}
}
