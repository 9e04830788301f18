#include "sandbox/iam-private.h"

/* https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html */

bool iam_get_role(struct sandbox_request *r)
{
	struct iam_role *role = iam_need_role(r, val_get_str(r->in, "RoleName"));

	if (!role)
		return false;
	val_setz(r->out, "Role", iam_show_role(r, role, true));
	return true;
}

static struct val *show_row(struct sandbox_request *r, const void *item)
{
	return iam_show_role(r, item, false);
}

bool iam_list_roles(struct sandbox_request *r)
{
	struct iam_rows rows = {0};

	for (struct iam_role *role = r->who->account->iam.roles; role; role = role->next)
		if (iam_starts_with_path(r, role->path))
			iam_add_row(r, &rows, role->name, role);
	iam_sort_rows(&rows);
	return iam_put_rows(r, &rows, "Roles", show_row);
}
