#include "base/utf8.h"
#include "sandbox/organizations-private.h"

/*
 * Organizations answers a request that it cannot take with
 * InvalidInputException, one sentence for each kind, and tells kind and
 * parameter in Reason: "MAX_LENGTH_EXCEEDED:TAGS_2_MEMBER_KEY". Only the
 * first thing that is wrong is told.
 * https://docs.aws.amazon.com/organizations/latest/APIReference/API_UpdatePolicy.html
 */

static const struct {
	const char *kind, *message;
} sentences[] = {
	{"DUPLICATE_TAG_KEY", "Your request includes duplicate tag keys."},
	{"IMMUTABLE_POLICY",
	 "You specified a policy that is managed by AWS and can't be modified."},
	{"INPUT_REQUIRED", "You must include a value for all required parameters."},
	{"INVALID_EMAIL_ADDRESS_TARGET",
	 "You specified an invalid email address for the invited account owner."},
	{"INVALID_ENUM", "You specified an invalid value."},
	{"INVALID_NEXT_TOKEN", "You specified an invalid value for the NextToken parameter."},
	{"INVALID_PARTY_TYPE_TARGET",
	 "You specified the wrong type of entity (account, organization, or email) as a party."},
	{"INVALID_PATTERN_TARGET_ID",
	 "You provided a value that does not match the required pattern."},
	{"INVALID_PATTERN", "You provided a value that does not match the required pattern."},
	{"INVALID_RESOURCE_POLICY_JSON", "This resource-based policy contains invalid JSON."},
	{"INVALID_SYSTEM_TAGS_PARAMETER",
	 "You specified a tag key that is a system tag. You can't add, edit, or delete system tag "
	 "keys because they're reserved for AWS use."},
	{"MAX_LENGTH_EXCEEDED", "You provided a string parameter that is longer than allowed."},
	{"MAX_VALUE_EXCEEDED",
	 "You provided a numeric parameter that has a larger value than allowed."},
	{"MAX_LIMIT_EXCEEDED_FILTER",
	 "You can specify only one filter parameter for the operation."},
	{"MIN_LENGTH_EXCEEDED", "You provided a string parameter that is shorter than allowed."},
	{"MIN_VALUE_EXCEEDED",
	 "You provided a numeric parameter that has a smaller value than allowed."},
	{"NON_DETACHABLE_POLICY", "You can't detach this AWS managed policy."},
	{"TARGET_NOT_SUPPORTED",
	 "You can't perform the specified operation on that target entity."},
	{"UNRECOGNIZED_SERVICE_PRINCIPAL", "You specified an unrecognized service principal."},
	{"UNSUPPORTED_ACTION_IN_RESOURCE_POLICY",
	 "This resource-based policy contains an action that isn't supported."},
	{"UNSUPPORTED_RESOURCE_IN_RESOURCE_POLICY",
	 "This resource-based policy contains a resource that isn't supported."},
};

bool orgs_invalid(struct sandbox_request *r, const char *reason)
{
	struct str kind, rest;

	str_cut(str_of(reason), ':', &kind, &rest);
	for (size_t i = 0; i < ARRAY_SIZE(sentences); i++)
		if (str_eqz(kind, sentences[i].kind))
			return orgs_reason(r, "InvalidInputException", reason,
					   sentences[i].message);
	return orgs_reason(r, "InvalidInputException", reason, "You specified an invalid value.");
}

static const char *kind_of(enum violation_kind k)
{
	switch (k) {
	case VIOLATION_REQUIRED:
		return "INPUT_REQUIRED";
	case VIOLATION_MIN_LENGTH:
		return "MIN_LENGTH_EXCEEDED";
	case VIOLATION_MAX_LENGTH:
		return "MAX_LENGTH_EXCEEDED";
	case VIOLATION_MIN_VALUE:
		return "MIN_VALUE_EXCEEDED";
	case VIOLATION_MAX_VALUE:
		return "MAX_VALUE_EXCEEDED";
	case VIOLATION_PATTERN:
		return "INVALID_PATTERN";
	case VIOLATION_ENUM:
		return "INVALID_ENUM";
	}
	BUG("violation %d", (int)k);
}

static bool upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

/* "Tags.2.Key" is TAGS_2_MEMBER_KEY, "OrganizationalUnitId" ORGANIZATIONAL_UNIT_ID. */
static struct str parameter(struct arena *a, struct str path)
{
	char *out = arena_alloc(a, path.n * 8 + 1);
	size_t n = 0;
	struct str field;

	for (bool first = true; str_next(&path, '.', &field); first = false) {
		if (!first)
			out[n++] = '_';
		for (size_t i = 0; i < field.n; i++) {
			char c = field.p[i];
			if (upper(c) && i > 0 &&
			    (!upper(field.p[i - 1]) ||
			     (i + 1 < field.n && !upper(field.p[i + 1]) && field.p[i + 1] != 's')))
				out[n++] = '_';
			out[n++] = c >= 'a' && c <= 'z' ? (char)(c & ~0x20) : c;
		}
		if (str_all_digits(field))
			for (const char *m = "_MEMBER"; *m; m++)
				out[n++] = *m;
	}
	return str_ofn(out, n);
}

bool orgs_refuse_input(struct sandbox_request *r, const struct violation *v, size_t n)
{
	const struct violation *first = v;

	/* Of one value that is wrong in several ways, its length is told before its pattern. */
	for (size_t i = 1; i < n && str_eq(v[i].path, v[0].path); i++)
		if (first->kind == VIOLATION_PATTERN)
			first = &v[i];
	struct str name = parameter(r->arena, first->path);
	return orgs_invalid(
		r, arena_printf(r->arena, "%s:%.*s", kind_of(first->kind), STR_ARG(name)).p);
}

bool orgs_page(struct sandbox_request *r, struct page *p)
{
	return page_begin(r, ORGS_PAGE, p) || orgs_invalid(r, "INVALID_NEXT_TOKEN");
}

bool orgs_is_blank(struct str s)
{
	return s.n > 0 && str_trim(s).n == 0;
}
