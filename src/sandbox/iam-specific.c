#include "sandbox/iam-private.h"

/*
 * Service-specific credentials. The password is told once and kept as a hash.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateServiceSpecificCredential.html
 */
#define KIND "ServiceSpecificCredential"
/* "each user can have … two sets of service-specific credentials for each supported service" */
#define CREDENTIALS_MAX 2
#define PASSWORD_CHARACTERS 44
#define DAY_MS (INT64_C(86400) * 1000)

/* Bedrock's are API keys, with an alias and a secret in place of name and password. */
static bool is_bedrock(struct str service)
{
	return str_eqz(service, "bedrock.amazonaws.com");
}

static bool is_supported(struct sandbox_request *r, struct str service)
{
	return is_bedrock(service) || str_eqz(service, "codecommit.amazonaws.com") ||
	       str_eqz(service, "cassandra.amazonaws.com") ||
	       sandbox_fault(r, 404, "NotSupportedService",
			     "No such service %.*s is supported for Service Specific Credentials",
			     STR_ARG(service));
}

static size_t count_of(const struct iam_account *iam, const struct iam_user *u, struct str service)
{
	size_t n = 0;

	VAL_EACH(v, iam_others(iam, KIND))
	n += iam_is_others_owner(v, u) && str_eq(val_get_str(v, "ServiceName"), service);
	return n;
}

static struct val *need_credential(struct sandbox_request *r)
{
	struct str id = val_get_str(r->in, "ServiceSpecificCredentialId");
	struct val *c = iam_other(&r->who->account->iam, KIND, id);
	struct iam_target t;

	if (!iam_target(r, &t))
		return NULL;
	if (c && t.user && iam_is_others_owner(c, t.user))
		return c;
	sandbox_fault(r, 404, "NoSuchEntity", "No such credential %.*s exists", STR_ARG(id));
	return NULL;
}

static struct val *show_row(struct sandbox_request *r, const void *item)
{
	static const char *const members[] = {"Status",
					      "ServiceUserName",
					      "ServiceCredentialAlias",
					      "CreateDate",
					      "ExpirationDate",
					      "ServiceSpecificCredentialId",
					      "ServiceName",
					      NULL};
	const struct val *c = item;
	struct val *o = val_object(r->arena);

	val_set_str(r->arena, o, "UserName", iam_others_owner(&r->who->account->iam, c)->name);
	iam_copy_members(r, o, c, members);
	return o;
}

/* A new password into the credential, and with all else into the answer. */
static void give_password(struct sandbox_request *r, struct val *c)
{
	char password[PASSWORD_CHARACTERS + 1] = "";
	struct str text = str_ofn(password, PASSWORD_CHARACTERS);
	struct val *o;

	rng_text(&r->rng, ALPHABET_SECRET, password, PASSWORD_CHARACTERS);
	iam_set_str(r, c, "PasswordHash", iam_password_hash(r, text));
	o = val_setz(r->out, "ServiceSpecificCredential", show_row(r, c));
	val_set_str(r->arena, o,
		    is_bedrock(val_get_str(c, "ServiceName")) ? "ServiceCredentialSecret"
							      : "ServicePassword",
		    arena_str(r->arena, text));
}

/* "hanako-at-123456789012", and "hanako+1-at-123456789012" where that is taken. */
static struct str new_name(struct sandbox_request *r, const struct iam_user *u, struct str service,
			   const char *member)
{
	struct str name = arena_printf(r->arena, "%.*s-at-%.*s", STR_ARG(u->name),
				       STR_ARG(r->who->account->id));

	VAL_EACH(v, iam_others(&r->who->account->iam, KIND))
	if (str_eq(val_get_str(v, "ServiceName"), service) && str_eq(val_get_str(v, member), name))
		return arena_printf(r->arena, "%.*s+1-at-%.*s", STR_ARG(u->name),
				    STR_ARG(r->who->account->id));
	return name;
}

bool iam_create_service_specific_credential(struct sandbox_request *r)
{
	struct str service = val_get_str(r->in, "ServiceName");
	struct iam_user *u = iam_need_user(r, val_get_str(r->in, "UserName"));
	const struct val *days = val_get(r->in, "CredentialAgeDays");
	const char *member = is_bedrock(service) ? "ServiceCredentialAlias" : "ServiceUserName";

	if (!u || !is_supported(r, service))
		return false;
	if (!iam_has_room(r, count_of(&r->who->account->iam, u, service), CREDENTIALS_MAX,
			  "ServiceSpecificCredentialsPerUser"))
		return false;
	if (days && !is_bedrock(service))
		return sandbox_fault(r, 400, "ValidationError",
				     "CredentialAgeDays is not supported for %.*s",
				     STR_ARG(service));
	struct str id = world_id(r->world, &r->rng, "ACCA", ALPHABET_IAM, 17);
	struct val *c = iam_new_other(r, KIND, id);
	iam_set_str(r, c, "UserId", u->id);
	iam_set_str(r, c, "ServiceSpecificCredentialId", id);
	iam_set_str(r, c, "ServiceName", service);
	iam_set_str(r, c, "Status", STR("Active"));
	iam_set_time(r, c, "CreateDate", r->now_ms);
	if (days)
		iam_set_time(r, c, "ExpirationDate", r->now_ms + val_i64(days, 0) * DAY_MS);
	iam_set_str(r, c, member, new_name(r, u, service, member));
	give_password(r, c);
	return true;
}

bool iam_reset_service_specific_credential(struct sandbox_request *r)
{
	struct val *c = need_credential(r);

	if (!c)
		return false;
	give_password(r, c);
	return true;
}

bool iam_update_service_specific_credential(struct sandbox_request *r)
{
	struct val *c = need_credential(r);

	if (!c)
		return false;
	iam_set_str(r, c, "Status", val_get_str(r->in, "Status"));
	return true;
}

bool iam_delete_service_specific_credential(struct sandbox_request *r)
{
	const struct val *c = need_credential(r);

	if (!c)
		return false;
	iam_remove_other(r, KIND, c->name);
	return true;
}

bool iam_list_service_specific_credentials(struct sandbox_request *r)
{
	struct str service = val_get_str(r->in, "ServiceName");
	bool all = val_true(val_get(r->in, "AllUsers"));
	struct iam_target t = {0};
	struct iam_rows rows = {0};

	if (!all && !iam_target(r, &t))
		return false;
	VAL_EACH(v, iam_others(&r->who->account->iam, KIND))
	{
		if ((!all && !(t.user && iam_is_others_owner(v, t.user))) ||
		    (!str_is_null(service) && !str_eq(val_get_str(v, "ServiceName"), service)))
			continue;
		iam_add_row(r, &rows, v->name, v);
	}
	return iam_put_rows(r, &rows, "ServiceSpecificCredentials", show_row);
}
