#include "sandbox/iam-private.h"

/*
 * OpenID Connect providers. Nobody is asked over the network, so a provider
 * whose certificate AWS would fetch has the thumbprints that it was given.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html
 */
#define KIND "OpenIDConnectProvider"
#define PROVIDERS_MAX 100
#define CLIENTS_MAX 100
#define THUMBPRINTS_MAX 5

static struct val *need_provider(struct sandbox_request *r)
{
	struct str arn = val_get_str(r->in, "OpenIDConnectProviderArn");
	struct val *provider = iam_other(&r->who->account->iam, KIND, arn);

	if (!provider)
		sandbox_fault(r, 404, "NoSuchEntity",
			      "OpenIDConnect Provider not found for arn %.*s", STR_ARG(arn));
	return provider;
}

/* "https://" and a slash at the end are not part of the provider's name. */
static struct str host_and_path(const struct sandbox_request *r)
{
	struct str url = str_from(val_get_str(r->in, "Url"), sizeof("https://") - 1);

	return str_endsz(url, "/") ? str_sub(url, 0, url.n - 1) : url;
}

struct str iam_oidc_arn(struct sandbox_request *r)
{
	struct str arn = val_get_str(r->in, "OpenIDConnectProviderArn");

	return !str_is_null(arn) ? arn
				 : iam_make_arn(r, "oidc-provider", STR("/"), host_and_path(r));
}

static bool check_thumbprints(struct sandbox_request *r)
{
	const struct val *list = val_get(r->in, "ThumbprintList");

	return val_count(list) <= THUMBPRINTS_MAX ||
	       sandbox_fault(r, 400, "InvalidInput",
			     "Thumbprint list must contain fewer than %d entries.",
			     THUMBPRINTS_MAX);
}

static bool check_new(struct sandbox_request *r, struct str arn)
{
	struct str url = val_get_str(r->in, "Url");
	const struct iam_account *iam = &r->who->account->iam;

	if (!str_startsz(url, "https://") || url.n == sizeof("https://") - 1)
		return sandbox_fault(r, 400, "ValidationError",
				     "Invalid Open ID Connect Provider URL");
	if (iam_other(iam, KIND, arn))
		return sandbox_fault(r, 409, "EntityAlreadyExists",
				     "Provider with url %.*s already exists.", STR_ARG(url));
	if (val_count(val_get(r->in, "ClientIDList")) > CLIENTS_MAX)
		return sandbox_fault(
			r, 409, "LimitExceeded",
			"Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: %d",
			CLIENTS_MAX);
	return check_thumbprints(r) && iam_check_tags(r) &&
	       iam_has_room(r, val_count(iam_others(iam, KIND)), PROVIDERS_MAX,
			    "OpenIdConnectProvidersPerAccount");
}

static void set_list(struct sandbox_request *r, struct val *provider, const char *name)
{
	const struct val *list = val_get(r->in, name);

	iam_set_val(r, provider, name, list ? list : val_list(r->arena));
}

bool iam_create_oidc_provider(struct sandbox_request *r)
{
	struct str arn = iam_oidc_arn(r);
	struct world_tags tags = {0};

	if (!check_new(r, arn))
		return false;
	struct val *provider = iam_new_other(r, KIND, world_str(r->world, arn));
	iam_set_str(r, provider, "Url", host_and_path(r));
	set_list(r, provider, "ClientIDList");
	set_list(r, provider, "ThumbprintList");
	iam_set_time(r, provider, "CreateDate", r->now_ms);
	iam_keep_tags(r, &tags);
	if (tags.n)
		iam_set_val(r, provider, "Tags", iam_show_tags(r, &tags));
	val_set_str(r->arena, r->out, "OpenIDConnectProviderArn", arn);
	iam_put_tags(r, r->out, &tags);
	return true;
}

bool iam_get_oidc_provider(struct sandbox_request *r)
{
	static const char *const members[] = {"Url",        "ClientIDList", "ThumbprintList",
					      "CreateDate", "Tags",         NULL};
	const struct val *provider = need_provider(r);

	if (!provider)
		return false;
	iam_copy_members(r, r->out, provider, members);
	return true;
}

/* "does not return an error if … attempts to delete a provider that does not exist"; AWS does. */
bool iam_delete_oidc_provider(struct sandbox_request *r)
{
	const struct val *provider = need_provider(r);

	if (!provider)
		return false;
	iam_remove_other(r, KIND, provider->name);
	return true;
}

static struct val *show_row(struct sandbox_request *r, const void *item)
{
	const struct val *provider = item;
	struct val *o = val_object(r->arena);

	val_set_str(r->arena, o, "Arn", provider->name);
	return o;
}

bool iam_list_oidc_providers(struct sandbox_request *r)
{
	struct iam_rows rows = {0};

	VAL_EACH(v, iam_others(&r->who->account->iam, KIND))
	iam_add_row(r, &rows, v->name, v);
	return iam_put_rows(r, &rows, "OpenIDConnectProviderList", show_row);
}

/* ---- clients and thumbprints ---- */

static bool has_client(const struct val *provider, struct str id)
{
	VAL_EACH(v, val_get(provider, "ClientIDList"))
	if (str_eq(val_str(v), id))
		return true;
	return false;
}

/* "This operation is idempotent; it does not fail or return an error if you add an existing client
 * ID to the provider." */
bool iam_add_oidc_client(struct sandbox_request *r)
{
	struct str id = val_get_str(r->in, "ClientID");
	struct val *provider = need_provider(r);

	if (!provider)
		return false;
	if (has_client(provider, id))
		return true;
	struct val *list = val_get(provider, "ClientIDList");
	if (!iam_has_room(r, val_count(list), CLIENTS_MAX, "ClientIdsPerOpenIdConnectProvider"))
		return false;
	val_append(list, val_string(r->world->arena, world_str(r->world, id)));
	return true;
}

/* Idempotent too. */
bool iam_remove_oidc_client(struct sandbox_request *r)
{
	struct str id = val_get_str(r->in, "ClientID");
	struct val *provider = need_provider(r), *rest = val_list(r->arena);

	if (!provider)
		return false;
	VAL_EACH(v, val_get(provider, "ClientIDList"))
	if (!str_eq(val_str(v), id))
		val_append(rest, val_copy(r->arena, v));
	iam_set_val(r, provider, "ClientIDList", rest);
	return true;
}

bool iam_update_oidc_thumbprints(struct sandbox_request *r)
{
	struct val *provider = need_provider(r);

	if (!provider || !check_thumbprints(r))
		return false;
	set_list(r, provider, "ThumbprintList");
	return true;
}
