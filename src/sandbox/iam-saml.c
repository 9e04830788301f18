#include "sandbox/iam-private.h"

/*
 * SAML providers. Metadata is kept as it comes; nobody signs in through it here.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateSAMLProvider.html
 */
#define KIND "SAMLProvider"
#define PROVIDERS_MAX 100
/* "ValidUntil: the expiration date and time": that of the metadata's key, here a hundred years. */
#define VALID_MS (INT64_C(100) * 365 * 86400 * 1000)

static struct val *need_provider(struct sandbox_request *r)
{
	struct str arn = val_get_str(r->in, "SAMLProviderArn");
	struct val *provider = iam_other(&r->who->account->iam, KIND, arn);

	if (!provider)
		sandbox_fault(r, 404, "NoSuchEntity", "SAMLProvider %.*s not found", STR_ARG(arn));
	return provider;
}

struct str iam_saml_arn(struct sandbox_request *r)
{
	struct str arn = val_get_str(r->in, "SAMLProviderArn");

	return !str_is_null(arn)
		       ? arn
		       : iam_make_arn(r, "saml-provider", STR("/"), val_get_str(r->in, "Name"));
}

/* Without a private key there is nothing to decrypt with: those members are not served. */
static bool is_served(struct sandbox_request *r)
{
	if (!val_get(r->in, "AddPrivateKey") && !val_get(r->in, "RemovePrivateKey") &&
	    !val_get(r->in, "AssertionEncryptionMode"))
		return true;
	return sandbox_fault(r, 501, "NotImplemented",
			     "The sandbox does not serve encrypted SAML assertions.");
}

static bool is_metadata(struct sandbox_request *r, struct str text)
{
	return str_find(text, STR("EntityDescriptor")) >= 0 ||
	       sandbox_fault(r, 400, "InvalidInput", "Could not parse metadata");
}

bool iam_create_saml_provider(struct sandbox_request *r)
{
	struct str metadata = val_get_str(r->in, "SAMLMetadataDocument");
	struct str arn = iam_saml_arn(r);
	const struct iam_account *iam = &r->who->account->iam;
	struct world_tags tags = {0};

	if (!is_served(r) || !is_metadata(r, metadata))
		return false;
	if (iam_other(iam, KIND, arn))
		return sandbox_fault(r, 409, "EntityAlreadyExists",
				     "SAMLProvider with name %.*s already exists.",
				     STR_ARG(val_get_str(r->in, "Name")));
	if (!iam_has_room(r, val_count(iam_others(iam, KIND)), PROVIDERS_MAX,
			  "SAMLProvidersPerAccount") ||
	    !iam_check_tags(r))
		return false;
	struct val *provider = iam_new_other(r, KIND, world_str(r->world, arn));
	iam_set_str(r, provider, "SAMLMetadataDocument", metadata);
	iam_set_time(r, provider, "CreateDate", r->now_ms);
	iam_set_time(r, provider, "ValidUntil", r->now_ms + VALID_MS);
	iam_keep_tags(r, &tags);
	if (tags.n)
		iam_set_val(r, provider, "Tags", iam_show_tags(r, &tags));
	val_set_str(r->arena, r->out, "SAMLProviderArn", arn);
	iam_put_tags(r, r->out, &tags);
	return true;
}

bool iam_get_saml_provider(struct sandbox_request *r)
{
	static const char *const members[] = {"SAMLMetadataDocument", "CreateDate", "ValidUntil",
					      "Tags", NULL};
	const struct val *provider = need_provider(r);

	if (!provider)
		return false;
	iam_copy_members(r, r->out, provider, members);
	return true;
}

bool iam_update_saml_provider(struct sandbox_request *r)
{
	struct str metadata = val_get_str(r->in, "SAMLMetadataDocument");
	struct val *provider = need_provider(r);

	if (!provider || !is_served(r) || (!str_is_null(metadata) && !is_metadata(r, metadata)))
		return false;
	if (!str_is_null(metadata))
		iam_set_str(r, provider, "SAMLMetadataDocument", metadata);
	val_set_str(r->arena, r->out, "SAMLProviderArn", provider->name);
	return true;
}

bool iam_delete_saml_provider(struct sandbox_request *r)
{
	const struct val *provider = need_provider(r);

	if (!provider)
		return false;
	iam_remove_other(r, KIND, provider->name);
	return true;
}

static struct val *show_row(struct sandbox_request *r, const void *item)
{
	static const char *const members[] = {"CreateDate", "ValidUntil", NULL};
	const struct val *provider = item;
	struct val *o = val_object(r->arena);

	val_set_str(r->arena, o, "Arn", provider->name);
	iam_copy_members(r, o, provider, members);
	return o;
}

bool iam_list_saml_providers(struct sandbox_request *r)
{
	struct iam_rows rows = {0};

	VAL_EACH(v, iam_others(&r->who->account->iam, KIND))
	iam_add_row(r, &rows, v->name, v);
	return iam_put_rows(r, &rows, "SAMLProviderList", show_row);
}
