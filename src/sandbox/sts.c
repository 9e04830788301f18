#include "sandbox/sts-private.h"

/* https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html */
#define SESSION_TOKEN_DURATION_S 43200
#define ROOT_TOKEN_DURATION_S 3600

/* "No permissions are required to perform this operation", not even by an explicit deny. */
static bool get_caller_identity(struct sandbox_request *r)
{
	val_set_str(r->arena, r->out, "UserId", r->who->user_id);
	val_set_str(r->arena, r->out, "Account", r->who->account->id);
	val_set_str(r->arena, r->out, "Arn", r->who->arn);
	return true;
}

static bool long_term_only(struct sandbox_request *r)
{
	return !r->who->session ||
	       sandbox_fault(r, 403, "AccessDenied", "Cannot call %.*s with session credentials",
			     STR_ARG(r->op->name));
}

/* For root the hour is a ceiling that is not told. */
static int64_t duration_of(const struct sandbox_request *r)
{
	int64_t asked_s = val_i64(val_get(r->in, "DurationSeconds"), SESSION_TOKEN_DURATION_S);
	bool root = r->who->type == PRINCIPAL_ROOT;

	return root && asked_s > ROOT_TOKEN_DURATION_S ? ROOT_TOKEN_DURATION_S : asked_s;
}

static bool get_session_token(struct sandbox_request *r)
{
	bool mfa;

	if (!long_term_only(r) || !sts_read_mfa(r, &mfa))
		return false;
	struct world_session *s = sts_session(r, SESSION_USER, r->who->account, duration_of(r));
	s->user = r->who->user;
	s->mfa = mfa;
	sts_put_credentials(r, s);
	return true;
}

static struct str federated_arn(struct sandbox_request *r)
{
	return arena_printf(r->arena, "arn:aws:sts::%.*s:federated-user/%.*s",
			    STR_ARG(r->who->account->id), STR_ARG(val_get_str(r->in, "Name")));
}

/*
 * "In addition to the action that matches the API operation, you must have …
 * sts:TagSession." (IAM User Guide, Pass session tags in AWS STS)
 */
static bool may_federate(struct sandbox_request *r, const struct world_tags *tags)
{
	struct policy_key *keys = sts_tag_keys(r, tags);
	size_t n = sts_tag_keys_count(tags);

	return sandbox_authorize(r, "sts:GetFederationToken", federated_arn(r), keys, n) &&
	       (tags->n == 0 || sandbox_authorize(r, "sts:TagSession", federated_arn(r), keys, n));
}

/* Who may not is told so also with session credentials, with which nobody may. */
static bool get_federation_token(struct sandbox_request *r)
{
	struct sts_policies policies;
	struct world_tags tags;

	if (!sts_read_tags(r, &tags) || !may_federate(r, &tags) || !long_term_only(r) ||
	    !sts_read_policies(r, r->who->account, &policies))
		return false;
	struct world_session *s =
		sts_session(r, SESSION_FEDERATED, r->who->account, duration_of(r));
	s->user = r->who->user;
	s->name = world_str(r->world, val_get_str(r->in, "Name"));
	sts_keep_tags(r, &tags, &s->tags);
	sts_put_credentials(r, s);
	struct val *user = val_setz(r->out, "FederatedUser", val_object(r->arena));
	val_set_str(r->arena, user, "FederatedUserId",
		    arena_printf(r->arena, "%.*s:%.*s", STR_ARG(s->account->id), STR_ARG(s->name)));
	val_set_str(r->arena, user, "Arn", federated_arn(r));
	sts_keep_policies(r, &policies, s);
	return true;
}

/* "Returns the account identifier for the specified access key ID": read off the id itself. */
static bool get_access_key_info(struct sandbox_request *r)
{
	struct str id = val_get_str(r->in, "AccessKeyId");
	char account[13];

	if (!world_key_account(id, account))
		return sandbox_fault(r, 400, "ValidationError", "Invalid AccessKeyId: %.*s",
				     STR_ARG(id));
	val_set_str(r->arena, r->out, "Account", arena_strz(r->arena, account));
	return true;
}

/* The services of the sandbox encode no messages, so none can be one of theirs. */
static bool decode_authorization_message(struct sandbox_request *r)
{
	return sandbox_fault(r, 400, "InvalidAuthorizationMessageException",
			     "Message is not valid");
}

/*
 * AssumeRoleWithSAML, AssumeRoleWithWebIdentity and the newer token operations
 * are not served: there are no identity providers here.
 */
static const struct sandbox_op ops[] = {
	{.name = "AssumeRole",
	 .fn = sts_assume_role,
	 .own_authorization = true,
	 .denial = DENIAL_PLAIN},
	{.name = "AssumeRoot",
	 .fn = sts_assume_root,
	 .own_authorization = true,
	 .denial = DENIAL_PLAIN},
	{.name = "DecodeAuthorizationMessage", .fn = decode_authorization_message},
	{.name = "GetAccessKeyInfo", .fn = get_access_key_info},
	{.name = "GetCallerIdentity", .fn = get_caller_identity, .open = true},
	{.name = "GetFederationToken",
	 .fn = get_federation_token,
	 .own_authorization = true,
	 .write = true},
	{.name = "GetSessionToken", .fn = get_session_token, .open = true, .write = true},
};

static bool refuse_input(struct sandbox_request *r, const struct violation *v, size_t n)
{
	struct str text;

	/* Where the operation is not known, its input is not looked at. */
	if (sts_root_is_unknown(r))
		return false;
	text = api_violations_text(v, n, r->arena);
	return sandbox_fault(r, 400, "ValidationError", "%.*s", STR_ARG(text));
}

const struct sandbox_service sandbox_sts = {
	.id = "sts",
	.ops = ops,
	.nops = ARRAY_SIZE(ops),
	.refuse_input = refuse_input,
};
