#include "root/facts-json.h"

#include "root/read.h"

static const char *const session_names[] = {
	[ROOT_SESSION_UNTRIED] = "untried", [ROOT_SESSION_OK] = "ok",
	[ROOT_SESSION_REFUSED] = "refused", [ROOT_SESSION_BLOCKED] = "blocked",
	[ROOT_SESSION_FAILED] = "failed",
};

static struct val *tri_val(struct arena *a, enum tri t)
{
	return t == TRI_UNKNOWN ? val_null(a) : val_bool(a, t == TRI_YES);
}

static struct val *time_val(struct arena *a, int64_t ms)
{
	return ms ? val_time(a, ms) : val_null(a);
}

static struct val *keys_val(struct arena *a, const struct root_facts *f)
{
	struct val *list = val_list(a);

	if (!f->have_keys && f->keys_present != TRI_NO)
		return val_null(a);
	for (size_t i = 0; i < f->nkeys; i++) {
		const struct root_key *k = &f->keys[i];
		struct val *o = val_append(list, val_object(a));

		val_setz(o, "id", k->id.n ? val_string(a, k->id) : val_null(a));
		val_set_bool(a, o, "active", k->active);
		val_setz(o, "created", time_val(a, k->created_ms));
		val_setz(o, "used", tri_val(a, k->used));
		val_setz(o, "lastUsed", time_val(a, k->used_ms));
		if (k->used_service.n)
			val_set_str(a, o, "lastUsedService", k->used_service);
		if (k->used_region.n)
			val_set_str(a, o, "lastUsedRegion", k->used_region);
	}
	return list;
}

static struct val *strings_val(struct arena *a, bool have, enum tri present, const struct str *v,
			       size_t n)
{
	struct val *list = val_list(a);

	if (!have && present != TRI_NO)
		return val_null(a);
	for (size_t i = 0; i < n; i++)
		val_append(list, val_string(a, v[i]));
	return list;
}

struct val *root_facts_val(struct arena *a, const struct root_facts *f)
{
	struct val *o = val_object(a);

	val_set_str(a, o, "id", f->account->id);
	val_set_str(a, o, "name", f->account->name);
	val_set_z(a, o, "state", root_state_name(f->state));
	val_set_str(a, o, "email", f->account->email);
	val_set_str(a, o, "accountState", org_state_name(f->account->state));
	val_set_z(a, o, "session", session_names[f->session]);
	val_setz(o, "password", tri_val(a, f->password));
	val_setz(o, "accessKeysPresent", tri_val(a, f->keys_present));
	val_setz(o, "accessKeys", keys_val(a, f));
	val_setz(o, "signingCertificatesPresent", tri_val(a, f->certs_present));
	val_setz(o, "signingCertificates",
		 strings_val(a, f->have_certs, f->certs_present, f->cert_ids, f->ncerts));
	val_setz(o, "mfa", tri_val(a, f->mfa));
	val_setz(o, "mfaDevices", strings_val(a, f->have_mfa, f->mfa, f->mfa_serials, f->nmfa));
	if (f->password_used != TRI_UNKNOWN)
		val_setz(o, "passwordLastUsed", time_val(a, f->password_used_ms));
	val_setz(o, "readAt", time_val(a, f->read_ms));
	val_set_str(a, o, "reason", f->reason);
	val_set_str(a, o, "code", f->code);
	val_set_str(a, o, "blockedBy", f->blocked_by);
	val_set_str(a, o, "changes", f->changes);
	return o;
}

/* ---- back ---- */

static enum tri tri_of(const struct val *v)
{
	if (!val_is(v, VAL_BOOL))
		return TRI_UNKNOWN;
	return val_true(v) ? TRI_YES : TRI_NO;
}

static int64_t time_of(const struct val *v)
{
	int64_t ms = 0;

	if (!val_is(v, VAL_STRING) || !time_parse_iso(val_str(v), &ms))
		return 0;
	return ms;
}

static struct str *strings_of(struct arena *a, const struct val *list, size_t *n)
{
	struct str *v = arena_calloc(a, val_count(list) + 1, sizeof(*v));

	*n = 0;
	VAL_EACH(item, list)
	v[(*n)++] = arena_str(a, val_str(item));
	return v;
}

static void keys_of(struct root_facts *f, const struct val *list)
{
	f->have_keys = val_is(list, VAL_LIST);
	f->keys = arena_calloc(f->arena, val_count(list) + 1, sizeof(*f->keys));
	VAL_EACH(o, list)
	{
		f->keys[f->nkeys++] = (struct root_key){
			.id = arena_str(f->arena, val_get_str(o, "id")),
			.active = val_true(val_get(o, "active")),
			.created_ms = time_of(val_get(o, "created")),
			.used = tri_of(val_get(o, "used")),
			.used_ms = time_of(val_get(o, "lastUsed")),
			.used_service = arena_str(f->arena, val_get_str(o, "lastUsedService")),
			.used_region = arena_str(f->arena, val_get_str(o, "lastUsedRegion")),
		};
	}
}

static enum org_state account_state_of(struct str name)
{
	for (int s = ORG_STATE_UNKNOWN; s <= ORG_STATE_CLOSED; s++)
		if (str_eq(name, org_state_name(s)))
			return s;
	return ORG_STATE_UNKNOWN;
}

static enum root_state state_of(struct str name)
{
	for (int s = ROOT_STATE_UNREAD; s <= ROOT_STATE_FAILED; s++)
		if (str_eqz(name, root_state_name(s)))
			return s;
	return ROOT_STATE_UNREAD;
}

struct root_facts *root_facts_from_val(const struct val *v)
{
	struct root_facts *f = root_facts_new(NULL);
	struct org_account *acct = arena_new_of(f->arena, struct org_account);

	acct->id = arena_str(f->arena, val_get_str(v, "id"));
	acct->name = arena_str(f->arena, val_get_str(v, "name"));
	acct->email = arena_str(f->arena, val_get_str(v, "email"));
	acct->state = account_state_of(val_get_str(v, "accountState"));
	f->account = acct;
	f->state = state_of(val_get_str(v, "state"));
	for (int s = ROOT_SESSION_UNTRIED; s <= ROOT_SESSION_FAILED; s++)
		if (str_eqz(val_get_str(v, "session"), session_names[s]))
			f->session = s;
	f->password = tri_of(val_get(v, "password"));
	f->keys_present = tri_of(val_get(v, "accessKeysPresent"));
	f->certs_present = tri_of(val_get(v, "signingCertificatesPresent"));
	f->mfa = tri_of(val_get(v, "mfa"));
	keys_of(f, val_get(v, "accessKeys"));
	f->have_certs = val_is(val_get(v, "signingCertificates"), VAL_LIST);
	f->cert_ids = strings_of(f->arena, val_get(v, "signingCertificates"), &f->ncerts);
	f->have_mfa = val_is(val_get(v, "mfaDevices"), VAL_LIST);
	f->mfa_serials = strings_of(f->arena, val_get(v, "mfaDevices"), &f->nmfa);
	if (val_get(v, "passwordLastUsed")) {
		f->password_used_ms = time_of(val_get(v, "passwordLastUsed"));
		f->password_used = f->password_used_ms ? TRI_YES : TRI_NO;
	}
	f->read_ms = time_of(val_get(v, "readAt"));
	f->reason = arena_str(f->arena, val_get_str(v, "reason"));
	f->code = arena_str(f->arena, val_get_str(v, "code"));
	f->blocked_by = arena_str(f->arena, val_get_str(v, "blockedBy"));
	return f;
}
