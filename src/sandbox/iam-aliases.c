#include "sandbox/iam-private.h"

/* https://docs.aws.amazon.com/IAM/latest/UserGuide/console_account-alias.html */

/*
 * "Your AWS account can have only one alias. If you create a new alias, the new
 * alias overwrites the previous one"; "must be unique across all … accounts".
 */
bool iam_create_account_alias(struct sandbox_request *r)
{
	struct str alias = val_get_str(r->in, "AccountAlias");
	struct world_account *acct = r->who->account;
	struct world *w = r->world;

	if (map_get(&w->aliases, alias))
		return sandbox_fault(r, 409, "EntityAlreadyExists",
				     "The account alias %.*s already exists.", STR_ARG(alias));
	if (!str_is_null(acct->iam.alias))
		map_remove(&w->aliases, acct->iam.alias);
	acct->iam.alias = world_str(w, alias);
	map_put(&w->aliases, acct->iam.alias, acct);
	return true;
}

bool iam_delete_account_alias(struct sandbox_request *r)
{
	struct str alias = val_get_str(r->in, "AccountAlias");
	struct world_account *acct = r->who->account;

	if (str_is_null(acct->iam.alias) || !str_eq(acct->iam.alias, alias))
		return sandbox_fault(r, 404, "NoSuchEntity",
				     "The account alias with name %.*s cannot be found.",
				     STR_ARG(alias));
	map_remove(&r->world->aliases, alias);
	acct->iam.alias = STR_NULL;
	return true;
}

bool iam_list_account_aliases(struct sandbox_request *r)
{
	const struct str *alias = &r->who->account->iam.alias;
	struct iam_rows rows = {0};

	if (!str_is_null(*alias))
		iam_add_row(r, &rows, *alias, alias);
	return iam_put_rows(r, &rows, "AccountAliases", iam_show_name);
}
