#include "sandbox/iam-private.h"
#include "text/json.h"

/* https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html: "Role trust policy" */
#define TRUST_MAX 2048

bool iam_check_document(struct sandbox_request *r, struct str text, enum policy_kind kind,
			struct str name, const struct policy **out)
{
	struct err err = {0};

	/* What was taken once is taken again when the log is replayed. */
	*out = r->replay ? policy_parse_kept(text, kind, name, r->arena, &err)
			 : policy_parse(text, kind, name, r->arena, &err);
	return *out ||
	       sandbox_fault(r, 400, "MalformedPolicyDocument", "%s", policy_aws_message(&err));
}

const struct policy *iam_keep_document(struct sandbox_request *r, struct str text,
				       enum policy_kind kind, struct str name)
{
	struct err err = {0};
	const struct policy *p = policy_parse_kept(text, kind, name, r->world->arena, &err);

	if (!p)
		BUG("a document that was checked: %s", err.message);
	return p;
}

size_t iam_document_size(struct str text)
{
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		n += c != ' ' && c != '\t' && c != '\n' && c != '\r';
	}
	return n;
}

/* ---- trust policies ---- */

static bool has_user(const struct world_account *acct, struct str arn)
{
	for (const struct iam_user *u = acct->iam.users; u; u = u->next)
		if (str_eq(u->arn, arn))
			return true;
	return false;
}

static bool has_role(const struct world_account *acct, struct str arn)
{
	for (const struct iam_role *role = acct->iam.roles; role; role = role->next)
		if (str_eq(role->arn, arn))
			return true;
	return false;
}

/*
 * A user or role that a trust policy names must be there. Accounts outside the
 * sandbox may have any, so only those of its own accounts can be missing.
 */
static bool is_missing(const struct sandbox_request *r, struct str principal)
{
	struct str rest = principal, account, resource;
	const struct world_account *acct;

	if (!str_startsz(principal, "arn:aws:iam::"))
		return false;
	rest = str_from(rest, sizeof("arn:aws:iam::") - 1);
	if (!str_cut(rest, ':', &account, &resource))
		return false;
	acct = world_account(r->world, account);
	if (!acct)
		return false;
	if (str_startsz(resource, "user/"))
		return !has_user(acct, principal);
	if (str_startsz(resource, "role/"))
		return !has_role(acct, principal);
	return false;
}

static bool invalid_principal(struct sandbox_request *r, struct str principal)
{
	return sandbox_fault(r, 400, "MalformedPolicyDocument",
			     "Invalid principal in policy: \"AWS\":\"%.*s\"", STR_ARG(principal));
}

static bool check_principals(struct sandbox_request *r, const struct val *statement)
{
	const struct val *aws = val_get(val_get(statement, "Principal"), "AWS");

	if (val_is(aws, VAL_STRING) && is_missing(r, val_str(aws)))
		return invalid_principal(r, val_str(aws));
	VAL_EACH(v, aws)
	if (is_missing(r, val_str(v)))
		return invalid_principal(r, val_str(v));
	return true;
}

/* "AssumeRole policy may only specify STS AssumeRole actions." */
static bool is_trust_action(struct str action)
{
	static const char *const others[] = {"sts:TagSession", "sts:SetSourceIdentity",
					     "sts:SetContext"};
	const struct str prefix = STR("sts:AssumeRole");

	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (str_eq_nocase(action, str_of(others[i])))
			return true;
	return str_eq_nocase(str_sub(action, 0, prefix.n), prefix);
}

static bool check_actions(struct sandbox_request *r, const struct val *statement)
{
	const struct val *action = val_get(statement, "Action");
	bool ok = val_is(action, VAL_LIST) || is_trust_action(val_str(action));

	if (val_is(action, VAL_LIST))
		VAL_EACH(v, action)
	ok &= is_trust_action(val_str(v));
	return ok || sandbox_fault(r, 400, "MalformedPolicyDocument",
				   "AssumeRole policy may only specify STS AssumeRole actions.");
}

/* What a trust policy is about is the role that it stands in. */
static bool check_fields(struct sandbox_request *r, const struct val *statement)
{
	static const char *const prohibited[] = {"Resource", "NotResource"};

	for (size_t i = 0; i < ARRAY_SIZE(prohibited); i++)
		if (val_get(statement, prohibited[i]))
			return sandbox_fault(r, 400, "MalformedPolicyDocument",
					     "Has prohibited field %s", prohibited[i]);
	return true;
}

static bool check_statement(struct sandbox_request *r, const struct val *statement)
{
	return check_fields(r, statement) && check_actions(r, statement) &&
	       check_principals(r, statement);
}

bool iam_check_trust(struct sandbox_request *r, struct str text)
{
	const struct policy *parsed;
	struct err err = {0};
	struct val *document;

	if (!iam_check_document(r, text, POLICY_RESOURCE, STR("trust policy"), &parsed))
		return false;
	if (iam_document_size(text) > TRUST_MAX)
		return sandbox_fault(r, 409, "LimitExceeded",
				     "Cannot exceed quota for ACLSizePerRole: %d", TRUST_MAX);
	if (!json_read(text, 0, r->arena, &document, &err))
		return sandbox_fault(r, 400, "MalformedPolicyDocument",
				     "This policy contains invalid Json");
	const struct val *statement = val_get(document, "Statement");
	if (val_is(statement, VAL_OBJECT))
		return check_statement(r, statement);
	VAL_EACH(v, statement)
	if (!check_statement(r, v))
		return false;
	return true;
}

/* ---- principals that change ---- */

/* Of one string or a list of them; true: some were `from`. */
static bool rename_in(struct val *element, struct str from, struct str to)
{
	bool found = false;

	if (val_is(element, VAL_STRING) && str_eq(element->u.s, from)) {
		element->u.s = to;
		return true;
	}
	VAL_EACH(v, element)
	found |= val_is(v, VAL_STRING) && rename_in(v, from, to);
	return found;
}

static bool rename_in_statement(const struct val *s, struct str from, struct str to)
{
	bool found = rename_in(val_get(val_get(s, "Principal"), "AWS"), from, to);

	return rename_in(val_get(val_get(s, "NotPrincipal"), "AWS"), from, to) || found;
}

static void rename_in_role(struct sandbox_request *r, struct iam_role *role, struct str from,
			   struct str to)
{
	struct err err = {0};
	struct val *document;
	bool found = false;

	if (!json_read(role->trust_text, 0, r->arena, &document, &err))
		BUG("a trust policy that was checked: %s", err.message);
	const struct val *s = val_get(document, "Statement");
	if (val_is(s, VAL_OBJECT))
		found = rename_in_statement(s, from, to);
	else
		VAL_EACH(v, s)
	found |= rename_in_statement(v, from, to);
	if (!found)
		return;
	role->trust_text = world_str(r->world, json_text(r->arena, document));
	role->trust = iam_keep_document(r, role->trust_text, POLICY_RESOURCE, role->name);
}

/*
 * "If your Principal element … contains an ARN that points to a specific IAM
 * user, then IAM transforms the ARN to the user's unique principal ID when you
 * save the policy. This helps mitigate the risk of someone escalating their
 * permissions by removing and recreating the user." The ARN is shown as long as
 * the user is there, so here the id is put in only when it goes.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
void iam_rename_principal(struct sandbox_request *r, struct str from, struct str to)
{
	struct map_entry *e;

	for (size_t i = 0; (e = map_next(&r->world->accounts, &i));) {
		struct world_account *acct = e->value;
		for (struct iam_role *role = acct->iam.roles; role; role = role->next) {
			if (str_find(role->trust_text, from) >= 0)
				rename_in_role(r, role, from, to);
		}
	}
}
