#include "sandbox/iam-private.h"

static bool is_of(const struct iam_mfa *m, const struct iam_target *t)
{
	return m->assigned && m->user == t->user;
}

bool iam_list_mfa_devices(struct sandbox_request *r)
{
	struct val *list = val_setz(r->out, "MFADevices", val_list(r->arena));
	struct iam_target t;

	if (!iam_target(r, &t))
		return false;
	for (struct iam_mfa *m = r->who->account->iam.mfa; m; m = m->next) {
		if (!is_of(m, &t))
			continue;
		struct val *o = val_append(list, val_object(r->arena));

		val_set_str(r->arena, o, "UserName", t.user ? t.user->name : r->who->account->id);
		val_set_str(r->arena, o, "SerialNumber", m->serial);
		iam_put_time(r, o, "EnableDate", m->enabled_ms);
	}
	val_set_bool(r->arena, r->out, "IsTruncated", false);
	return true;
}

/* A virtual device stays, assigned to nobody, until DeleteVirtualMFADevice. */
bool iam_deactivate_mfa_device(struct sandbox_request *r)
{
	struct str serial = val_get_str(r->in, "SerialNumber");
	struct iam_account *iam = &r->who->account->iam;
	struct iam_target t;
	struct iam_mfa *m;

	if (!iam_target(r, &t))
		return false;
	for (m = iam->mfa; m && !(is_of(m, &t) && str_eq(m->serial, serial));)
		m = m->next;
	if (!m)
		return sandbox_fault(r, 404, "NoSuchEntity",
				     "MFA Device with serial number %.*s does not exist.",
				     STR_ARG(serial));
	m->assigned = false;
	m->user = NULL;
	m->enabled_ms = 0;
	if (!m->virtual_)
		WORLD_REMOVE(iam->mfa, m);
	return true;
}
