#include "sandbox/iam-private.h"

/* https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetUser.html */

/* The root user has no UserName and no Path (facts: root-access). */
static struct val *show_root(struct sandbox_request *r)
{
	const struct world_account *acct = r->who->account;
	const struct iam_login *login = acct->iam.root.login;
	struct val *o = val_object(r->arena);

	val_set_str(r->arena, o, "UserId", acct->id);
	val_set_str(r->arena, o, "Arn", iam_root_arn(r, acct));
	iam_put_time(r, o, "CreateDate", acct->joined_ms);
	if (login && login->used_ms)
		iam_put_time(r, o, "PasswordLastUsed", login->used_ms);
	return o;
}

bool iam_get_user(struct sandbox_request *r)
{
	struct iam_target t;

	if (!iam_target(r, &t))
		return false;
	val_setz(r->out, "User", t.user ? iam_show_user(r, t.user, true) : show_root(r));
	return true;
}

static struct val *show_row(struct sandbox_request *r, const void *item)
{
	return iam_show_user(r, item, false);
}

bool iam_list_users(struct sandbox_request *r)
{
	struct iam_rows rows = {0};

	for (struct iam_user *u = r->who->account->iam.users; u; u = u->next)
		if (iam_starts_with_path(r, u->path))
			iam_add_row(r, &rows, u->name, u);
	iam_sort_rows(&rows);
	return iam_put_rows(r, &rows, "Users", show_row);
}
