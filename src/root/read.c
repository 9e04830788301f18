#include "root/read.h"

struct root_facts *root_facts_new(struct org_account *acct)
{
	struct arena *a = arena_new_small();
	struct root_facts *f = arena_new_of(a, struct root_facts);

	f->arena = a;
	f->account = acct;
	f->keys_count = -1;
	return f;
}

void root_facts_free(struct root_facts **fp)
{
	struct arena *a = *fp ? (*fp)->arena : NULL;

	*fp = NULL;
	if (a)
		arena_free(&a);
}

enum root_session_state root_session_failure(const struct err *err, bool opened)
{
	if (err->kind != ERR_AWS || err->retryable || err->http_status >= 500)
		return ROOT_SESSION_FAILED;
	if (!opened)
		return ROOT_SESSION_REFUSED;
	return err->http_status == 403 ? ROOT_SESSION_BLOCKED : ROOT_SESSION_FAILED;
}

void root_facts_fail(struct root_facts *f, enum root_session_state session, const struct err *err)
{
	char text[sizeof(err->message) + 128];

	f->state = ROOT_STATE_UNREAD;
	f->session = session;
	f->reason = arena_strz(f->arena, err_text(err, text, sizeof(text)));
	f->code = err->aws_code[0] ? arena_strz(f->arena, err->aws_code) : STR_NULL;
}

/* A number that the summary does not carry is unknown, not zero. */
static enum tri present(const struct val *map, const char *name)
{
	const struct val *v = val_get(map, name);

	if (!val_is(v, VAL_INT))
		return TRI_UNKNOWN;
	return val_i64(v, 0) > 0 ? TRI_YES : TRI_NO;
}

void root_take_summary(struct root_facts *f, const struct val *answer, int64_t now_ms)
{
	const struct val *map = val_get(answer, "SummaryMap");

	f->password = present(map, "AccountPasswordPresent");
	f->keys_present = present(map, "AccountAccessKeysPresent");
	f->certs_present = present(map, "AccountSigningCertificatesPresent");
	f->mfa = present(map, "AccountMFAEnabled");
	f->keys_count = (int)val_i64(val_get(map, "AccountAccessKeysPresent"), -1);
	f->read_ms = now_ms;
	switch (root_has_credentials(f)) {
	case TRI_YES:
		f->state = ROOT_STATE_CREDENTIALS;
		break;
	case TRI_NO:
		f->state = ROOT_STATE_ROOTLESS;
		break;
	case TRI_UNKNOWN:
		f->state = ROOT_STATE_UNREAD;
		f->reason = STR("GetAccountSummary did not tell all of AccountPasswordPresent, "
				"AccountAccessKeysPresent, AccountSigningCertificatesPresent and "
				"AccountMFAEnabled");
		break;
	}
}

bool root_read_summary(struct root_session *s, struct aws_worker *w, struct root_facts *f,
		       struct err *err)
{
	struct arena *a = arena_new();
	struct val *answer;
	bool ok =
		root_session_call(s, w, "GetAccountSummary", NULL, STR_NULL, a, &answer, NULL, err);

	if (ok) {
		f->session = ROOT_SESSION_OK;
		root_take_summary(f, answer, root_session_now_ms(s));
	}
	arena_free(&a);
	return ok;
}

/* The list operations' answers are short (a root user has at most 2 keys, 2 certificates and 8
 * MFA devices), but IsTruncated is honoured all the same. */
static bool list(struct root_session *s, struct aws_worker *w, const char *op, const char *member,
		 void (*take)(struct root_facts *f, const struct val *row), struct root_facts *f,
		 struct err *err)
{
	struct arena *a = arena_new();
	struct str marker = STR_NULL;
	bool ok;

	for (unsigned page = 0;; page++) {
		struct val *in = val_object(a), *answer;

		val_set_str(a, in, "Marker", marker);
		ok = root_session_call(s, w, op, in, STR_NULL, a, &answer, NULL, err);
		if (!ok)
			break;
		VAL_EACH(row, val_get(answer, member))
		take(f, row);
		if (!val_true(val_get(answer, "IsTruncated")))
			break;
		marker = val_get_str(answer, "Marker");
		if (!marker.n || page >= 100) {
			ok = err_set(err, ERR_PROTOCOL, "iam:%s: the listing does not end", op);
			break;
		}
	}
	arena_free(&a);
	return ok;
}

static void take_key(struct root_facts *f, const struct val *row)
{
	struct root_key k = {
		.id = arena_str(f->arena, val_get_str(row, "AccessKeyId")),
		.active = str_eqz(val_get_str(row, "Status"), "Active"),
		.created_ms = val_i64(val_get(row, "CreateDate"), 0),
	};
	size_t cap = f->nkeys; /* always full: lists are short */

	f->keys = arena_grow(f->arena, f->keys, f->nkeys, &cap, sizeof(*f->keys));
	f->keys[f->nkeys++] = k;
}

static void take_cert(struct root_facts *f, const struct val *row)
{
	size_t cap = f->ncerts;

	f->cert_ids = arena_grow(f->arena, f->cert_ids, f->ncerts, &cap, sizeof(*f->cert_ids));
	f->cert_ids[f->ncerts++] = arena_str(f->arena, val_get_str(row, "CertificateId"));
}

static void take_mfa(struct root_facts *f, const struct val *row)
{
	size_t cap = f->nmfa;

	f->mfa_serials =
		arena_grow(f->arena, f->mfa_serials, f->nmfa, &cap, sizeof(*f->mfa_serials));
	f->mfa_serials[f->nmfa++] = arena_str(f->arena, val_get_str(row, "SerialNumber"));
}

static bool read_last_used(struct root_session *s, struct aws_worker *w, struct root_key *k,
			   struct root_facts *f, struct err *err)
{
	struct arena *a = arena_new();
	struct val *in = val_object(a), *answer, *used;
	bool ok;

	val_set_str(a, in, "AccessKeyId", k->id);
	ok = root_session_call(s, w, "GetAccessKeyLastUsed", in, k->id, a, &answer, NULL, err);
	used = val_get(answer, "AccessKeyLastUsed");
	if (ok && used) {
		k->used_ms = val_i64(val_get(used, "LastUsedDate"), 0);
		k->used = k->used_ms ? TRI_YES : TRI_NO;
		/* A key that was never used has "N/A" for both. */
		k->used_service = arena_str(f->arena, val_get_str(used, "ServiceName"));
		k->used_region = arena_str(f->arena, val_get_str(used, "Region"));
		if (k->used == TRI_NO)
			k->used_service = k->used_region = STR_NULL;
	}
	arena_free(&a);
	return ok;
}

bool root_read_keys(struct root_session *s, struct aws_worker *w, struct root_facts *f,
		    bool last_used, struct err *err)
{
	f->nkeys = 0;
	if (!list(s, w, "ListAccessKeys", "AccessKeyMetadata", take_key, f, err))
		return false;
	f->have_keys = true;
	for (size_t i = 0; last_used && i < f->nkeys; i++)
		if (!read_last_used(s, w, &f->keys[i], f, err))
			return false;
	return true;
}

bool root_read_certs(struct root_session *s, struct aws_worker *w, struct root_facts *f,
		     struct err *err)
{
	f->ncerts = 0;
	f->have_certs = list(s, w, "ListSigningCertificates", "Certificates", take_cert, f, err);
	return f->have_certs;
}

bool root_read_mfa(struct root_session *s, struct aws_worker *w, struct root_facts *f,
		   struct err *err)
{
	f->nmfa = 0;
	f->have_mfa = list(s, w, "ListMFADevices", "MFADevices", take_mfa, f, err);
	return f->have_mfa;
}
