/* rootout.yaml: what the organization is called, where, and what rootout may touch. */

#include "org/files-private.h"

static const char *const known[] = {"organization", "id",    "management",
				    "region",       "scope", "limits"};
static const char *const known_scope[] = {"policies"};
static const char *const known_limits[] = {"deletions"};

/* An apply that removes more than this share of what it owns asks for --allow-deletions. */
#define DELETIONS_PERCENT 10

/* "^o-[a-z0-9]{10,32}$" (Organizations API reference, Organization.Id). */
bool files_is_organization_id(struct str s)
{
	struct str rest = str_from(s, 2);

	if (!str_startsz(s, "o-") || rest.n < 10 || rest.n > 32)
		return false;
	for (size_t i = 0; i < rest.n; i++) {
		char c = rest.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')))
			return false;
	}
	return true;
}

/* us-east-1, ap-northeast-3, us-gov-west-1: which of them exist is AWS's to say. */
static bool is_region(struct str s)
{
	size_t dashes = 0;

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		dashes += c == '-';
		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'))
			return false;
	}
	return dashes >= 2 && s.n <= 32 && s.p[s.n - 1] >= '0' && s.p[s.n - 1] <= '9';
}

static void read_scope(struct files_reader *r, const struct val *scope)
{
	static const char *const kinds[] = {"service-control", "resource-control"};
	const struct val *policies = NULL;

	files_keys(r, scope, "'scope'", known_scope, ARRAY_SIZE(known_scope));
	if (!files_ok(r, check_list(&r->c, scope, "policies", CHECK_OPTIONAL, &policies)) ||
	    !policies)
		return;
	r->o->owns_scps = r->o->owns_rcps = false;
	VAL_EACH(item, policies)
	{
		int kind;

		if (!files_ok(r, check_val_enum(&r->c, item, "each item of 'policies'", kinds,
						ARRAY_SIZE(kinds), &kind)))
			continue;
		if (kind == 0)
			r->o->owns_scps = true;
		else
			r->o->owns_rcps = true;
	}
}

void files_settings(struct files_reader *r)
{
	const struct val *v = files_load(r, "rootout.yaml", FILES_SETTINGS);
	const struct val *part = NULL;
	struct org *o = r->o;

	o->owns_scps = o->owns_rcps = true;
	o->deletions_percent = DELETIONS_PERCENT;
	if (!v || !files_keys(r, v, "rootout.yaml", known, ARRAY_SIZE(known))) {
		r->lost |= FILES_SETTINGS;
		return;
	}
	files_ok(r, check_str(&r->c, v, "organization", CHECK_REQUIRED, &o->name));
	if (files_ok(r, check_str(&r->c, v, "id", CHECK_OPTIONAL, &o->id)) && !str_is_null(o->id) &&
	    !files_is_organization_id(o->id))
		files_problem(
			r, val_get(v, "id"),
			"'id' must be an organization's id like o-exampleorgid: 'o-' and 10 to "
			"32 lower-case letters or digits");
	if (files_ok(r,
		     check_account_id(&r->c, v, "management", CHECK_REQUIRED, &o->management_id)))
		r->management_pos = files_pos(r, val_get(v, "management"));
	if (files_ok(r, check_str(&r->c, v, "region", CHECK_OPTIONAL, &o->region)) &&
	    !str_is_null(o->region) && !is_region(o->region))
		files_problem(r, val_get(v, "region"),
			      "'region' must be a region's code like ap-northeast-1");
	if (files_ok(r, check_map(&r->c, v, "scope", CHECK_OPTIONAL, &part)) && part)
		read_scope(r, part);
	part = NULL;
	if (files_ok(r, check_map(&r->c, v, "limits", CHECK_OPTIONAL, &part)) && part) {
		files_keys(r, part, "'limits'", known_limits, ARRAY_SIZE(known_limits));
		files_ok(r, check_percent(&r->c, part, "deletions", CHECK_OPTIONAL,
					  &o->deletions_percent));
	}
}
