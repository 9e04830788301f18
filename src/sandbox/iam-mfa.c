#include "sandbox/iam-private.h"

/*
 * MFA devices of users and of the root user.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa.html
 *
 * Devices here have no clockwork: any two different codes of six digits are the
 * right ones, as sts takes any one code.
 */

/* "You can assign up to eight MFA devices per user." */
#define DEVICES_MAX 8
#define SEED_CHARACTERS 64

static bool is_of(const struct iam_mfa *m, const struct iam_target *t)
{
	return m->assigned && m->user == t->user;
}

static struct iam_mfa *find(const struct iam_account *iam, struct str serial)
{
	for (struct iam_mfa *m = iam->mfa; m; m = m->next)
		if (str_eq(m->serial, serial))
			return m;
	return NULL;
}

static void put_device(struct sandbox_request *r, const struct iam_mfa *m, struct val *o)
{
	val_set_str(r->arena, o, "UserName", m->user ? m->user->name : r->who->account->id);
	val_set_str(r->arena, o, "SerialNumber", m->serial);
	iam_put_time(r, o, "EnableDate", m->enabled_ms);
}

static struct val *show_row(struct sandbox_request *r, const void *item)
{
	struct val *o = val_object(r->arena);

	put_device(r, item, o);
	return o;
}

bool iam_list_mfa_devices(struct sandbox_request *r)
{
	struct iam_rows rows = {0};
	struct iam_target t;

	if (!iam_target(r, &t))
		return false;
	for (const struct iam_mfa *m = r->who->account->iam.mfa; m; m = m->next)
		if (is_of(m, &t))
			iam_add_row(r, &rows, m->serial, m);
	return iam_put_rows(r, &rows, "MFADevices", show_row);
}

static bool no_device(struct sandbox_request *r, struct str serial)
{
	return sandbox_fault(r, 404, "NoSuchEntity",
			     "MFA Device with serial number %.*s does not exist.", STR_ARG(serial));
}

/* The device of SerialNumber that the target uses. */
static struct iam_mfa *need_device(struct sandbox_request *r, const struct iam_target *t)
{
	struct str serial = val_get_str(r->in, "SerialNumber");
	struct iam_mfa *m = find(&r->who->account->iam, serial);

	if (m && is_of(m, t))
		return m;
	no_device(r, serial);
	return NULL;
}

/* Without UserName whoever uses the device. */
bool iam_get_mfa_device(struct sandbox_request *r)
{
	struct str serial = val_get_str(r->in, "SerialNumber");
	struct str name = val_get_str(r->in, "UserName");
	const struct iam_mfa *m = find(&r->who->account->iam, serial);
	const struct iam_user *u = NULL;

	if (!str_is_null(name) && !(u = iam_need_user(r, name)))
		return false;
	if (!m || !m->assigned || (u && m->user != u))
		return no_device(r, serial);
	put_device(r, m, r->out);
	return true;
}

/* A virtual device stays, assigned to nobody, until DeleteVirtualMFADevice. */
bool iam_deactivate_mfa_device(struct sandbox_request *r)
{
	struct iam_target t;
	struct iam_mfa *m;

	if (!iam_target(r, &t) || !(m = need_device(r, &t)))
		return false;
	m->assigned = false;
	m->user = NULL;
	m->enabled_ms = 0;
	if (!m->virtual_)
		WORLD_REMOVE(r->who->account->iam.mfa, m);
	return true;
}

/* ---- taking one into use ---- */

static bool check_codes(struct sandbox_request *r)
{
	return !str_eq(val_get_str(r->in, "AuthenticationCode1"),
		       val_get_str(r->in, "AuthenticationCode2")) ||
	       sandbox_fault(r, 403, "InvalidAuthenticationCode",
			     "Authentication code for device is not valid.");
}

static bool is_virtual_serial(struct str serial)
{
	return str_startsz(serial, "arn:");
}

static size_t devices_of(const struct iam_account *iam, const struct iam_target *t)
{
	size_t n = 0;

	for (const struct iam_mfa *m = iam->mfa; m; m = m->next)
		n += is_of(m, t);
	return n;
}

/* A hardware device is known from the day somebody has it. */
bool iam_enable_mfa_device(struct sandbox_request *r)
{
	struct str serial = val_get_str(r->in, "SerialNumber");
	struct iam_account *iam = &r->who->account->iam;
	struct iam_mfa *m = find(iam, serial);
	struct iam_target t;

	if (!iam_target(r, &t))
		return false;
	if (!m && is_virtual_serial(serial))
		return no_device(r, serial);
	if (m && m->assigned)
		return sandbox_fault(r, 409, "EntityAlreadyExists",
				     "MFA Device with serial number %.*s is already in use.",
				     STR_ARG(serial));
	if (!iam_has_room(r, devices_of(iam, &t), DEVICES_MAX, "MFADevicesPerUser") ||
	    !check_codes(r))
		return false;
	if (!m) {
		m = arena_new_of(r->world->arena, struct iam_mfa);
		m->serial = world_str(r->world, serial);
		WORLD_PUSH(iam->mfa, m);
	}
	m->assigned = true;
	m->user = t.user;
	m->enabled_ms = r->now_ms;
	return true;
}

bool iam_resync_mfa_device(struct sandbox_request *r)
{
	struct iam_target t;

	return iam_target(r, &t) && need_device(r, &t) && check_codes(r);
}

/* ---- virtual devices ---- */

struct str iam_mfa_arn(struct sandbox_request *r)
{
	struct str serial = val_get_str(r->in, "SerialNumber");

	if (!str_is_null(serial))
		return serial;
	return iam_make_arn(r, "mfa", iam_path(r), val_get_str(r->in, "VirtualMFADeviceName"));
}

/*
 * The seed is made up and forgotten: no code is ever checked against it. There
 * is no QRCodePNG, which is optional in the answer.
 */
bool iam_create_virtual_mfa_device(struct sandbox_request *r)
{
	struct str arn = iam_mfa_arn(r);
	struct world *w = r->world;
	char seed[SEED_CHARACTERS + 1];

	if (find(&r->who->account->iam, arn))
		return sandbox_fault(r, 409, "EntityAlreadyExists",
				     "MFADevice entity at the same path and name already exists.");
	if (!iam_check_tags(r))
		return false;
	struct iam_mfa *m = arena_new_of(w->arena, struct iam_mfa);
	m->serial = world_str(w, arn);
	m->virtual_ = true;
	iam_keep_tags(r, &m->tags);
	WORLD_PUSH(r->who->account->iam.mfa, m);
	rng_text(&r->rng, ALPHABET_IAM, seed, SEED_CHARACTERS);
	struct val *o = val_setz(r->out, "VirtualMFADevice", val_object(r->arena));
	val_set_str(r->arena, o, "SerialNumber", m->serial);
	val_setz(o, "Base32StringSeed",
		 val_blob(r->arena, arena_str(r->arena, str_ofn(seed, SEED_CHARACTERS))));
	iam_put_tags(r, o, &m->tags);
	return true;
}

bool iam_delete_virtual_mfa_device(struct sandbox_request *r)
{
	struct str serial = val_get_str(r->in, "SerialNumber");
	struct iam_account *iam = &r->who->account->iam;
	struct iam_mfa *m = find(iam, serial);

	if (!m || !m->virtual_)
		return sandbox_fault(r, 404, "NoSuchEntity",
				     "VirtualMFADevice with serial number %.*s doesn't exist.",
				     STR_ARG(serial));
	if (m->assigned)
		return sandbox_fault(r, 409, "DeleteConflict",
				     "MFA VirtualDevice in use. Must deactivate first.");
	WORLD_REMOVE(iam->mfa, m);
	return true;
}

static struct val *show_virtual(struct sandbox_request *r, const void *item)
{
	const struct iam_mfa *m = item;
	struct val *o = val_object(r->arena);

	val_set_str(r->arena, o, "SerialNumber", m->serial);
	if (!m->assigned)
		return o;
	val_setz(o, "User", m->user ? iam_show_user(r, m->user, false) : iam_show_root(r));
	iam_put_time(r, o, "EnableDate", m->enabled_ms);
	return o;
}

bool iam_list_virtual_mfa_devices(struct sandbox_request *r)
{
	struct str status = val_get_str(r->in, "AssignmentStatus");
	struct iam_rows rows = {0};

	for (const struct iam_mfa *m = r->who->account->iam.mfa; m; m = m->next) {
		if (!m->virtual_ || (m->assigned && str_eqz(status, "Unassigned")) ||
		    (!m->assigned && str_eqz(status, "Assigned")))
			continue;
		iam_add_row(r, &rows, m->serial, m);
	}
	return iam_put_rows(r, &rows, "VirtualMFADevices", show_virtual);
}
