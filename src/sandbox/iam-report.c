#include "base/clock.h"
#include "base/limits.h"
#include "sandbox/iam-private.h"

/* https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html */

/*
 * "IAM first checks whether a report … has been generated within the past four
 * hours. If so, the most recent report is downloaded": what has changed since
 * is not in it.
 */
#define REPORT_LIFE_MS (INT64_C(4) * 3600000)
#define DAY_MS (INT64_C(86400) * 1000)

static bool fresh(const struct sandbox_request *r)
{
	int64_t made_ms = r->who->account->iam.report_ms;

	return made_ms && r->now_ms - made_ms < REPORT_LIFE_MS;
}

/* ---- its rows ---- */

static void put_time(struct buf *b, int64_t ms, const char *otherwise)
{
	char iso[TIME_ISO_SIZE];

	if (ms)
		buf_addf(b, ",%.19s+00:00", time_iso(ms, false, iso));
	else
		buf_addf(b, ",%s", otherwise);
}

static void put_key(struct buf *b, const struct iam_key *k)
{
	buf_addf(b, ",%s", k && k->active ? "true" : "false");
	put_time(b, k ? k->created_ms : 0, "N/A");
	put_time(b, k ? k->used_ms : 0, "N/A");
	buf_addf(b, ",%.*s,%.*s", STR_ARG(k && k->used_ms ? k->used_region : STR("N/A")),
		 STR_ARG(k && k->used_ms ? k->used_service : STR("N/A")));
}

static void put_cert(struct buf *b, const struct iam_cert *c)
{
	buf_addf(b, ",%s", c && c->active ? "true" : "false");
	put_time(b, c ? c->uploaded_ms : 0, "N/A");
}

static bool has_mfa(const struct iam_account *iam, const struct iam_user *user)
{
	for (struct iam_mfa *m = iam->mfa; m; m = m->next)
		if (m->assigned && m->user == user)
			return true;
	return false;
}

/* What both have behind the columns of the password. */
static void put_rest(struct buf *b, bool mfa, const struct iam_key *keys,
		     const struct iam_cert *certs)
{
	buf_addf(b, ",%s", mfa ? "true" : "false");
	put_key(b, keys);
	put_key(b, keys ? keys->next : NULL);
	put_cert(b, certs);
	put_cert(b, certs ? certs->next : NULL);
}

static void put_begin(struct buf *b, struct str name, struct str arn, int64_t created_ms)
{
	buf_addf(b, "\n%.*s,%.*s", STR_ARG(name), STR_ARG(arn));
	put_time(b, created_ms, "N/A");
}

static void put_root(struct sandbox_request *r, const struct world_account *acct, struct buf *b)
{
	const struct iam_root *root = &acct->iam.root;

	put_begin(b, STR("<root_account>"), iam_root_arn(r, acct), acct->joined_ms);
	buf_addz(b, ",not_supported");
	put_time(b, root->login ? root->login->used_ms : 0, root->login ? "no_information" : "N/A");
	buf_addz(b, ",not_supported,not_supported");
	put_rest(b, has_mfa(&acct->iam, NULL), root->keys, root->certs);
}

static void put_user(const struct iam_account *iam, const struct iam_user *u, struct buf *b)
{
	const struct iam_login *login = u->login;
	int64_t days = val_i64(val_get(iam->password_policy, "MaxPasswordAge"), 0), changed_ms = 0;

	if (login)
		changed_ms = login->changed_ms ? login->changed_ms : login->created_ms;
	put_begin(b, u->name, u->arn, u->created_ms);
	buf_addf(b, ",%s", login ? "true" : "false");
	put_time(b, login ? login->used_ms : 0, login ? "no_information" : "N/A");
	put_time(b, changed_ms, "N/A");
	put_time(b, changed_ms && days ? changed_ms + days * DAY_MS : 0, "N/A");
	put_rest(b, has_mfa(iam, u), u->keys, u->certs);
}

static struct str make_report(struct sandbox_request *r)
{
	const struct world_account *acct = r->who->account;
	struct buf b = BUF_INIT(MIB(16));

	buf_addz(&b,
		 "user,arn,user_creation_time,password_enabled,password_last_used,"
		 "password_last_changed,password_next_rotation,mfa_active,access_key_1_active,"
		 "access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_"
		 "region,"
		 "access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,"
		 "access_key_2_last_used_date,access_key_2_last_used_region,"
		 "access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,"
		 "cert_2_last_rotated");
	put_root(r, acct, &b);
	for (const struct iam_user *u = acct->iam.users; u; u = u->next)
		put_user(&acct->iam, u, &b);
	struct str text = world_str(r->world, buf_str(&b));
	buf_release(&b);
	return text;
}

/* ---- operations ---- */

/* The first call starts it, the next one finds it done. */
bool iam_generate_credential_report(struct sandbox_request *r)
{
	struct iam_account *iam = &r->who->account->iam;

	if (fresh(r)) {
		val_set_z(r->arena, r->out, "State", "COMPLETE");
		return true;
	}
	iam->report_ms = r->now_ms;
	iam->report = make_report(r);
	val_set_z(r->arena, r->out, "State", "STARTED");
	val_set_z(r->arena, r->out, "Description",
		  "No report exists. Starting a new report generation task");
	return true;
}

bool iam_get_credential_report(struct sandbox_request *r)
{
	const struct iam_account *iam = &r->who->account->iam;

	if (!iam->report_ms)
		return sandbox_fault(
			r, 410, "ReportNotPresent",
			"No report exists. Call GenerateCredentialReport to start one.");
	if (!fresh(r))
		return sandbox_fault(
			r, 410, "ReportExpired",
			"The report has expired. Call GenerateCredentialReport for a new one.");
	val_setz(r->out, "Content", val_blob(r->arena, iam->report));
	val_set_z(r->arena, r->out, "ReportFormat", "text/csv");
	iam_put_time(r, r->out, "GeneratedTime", iam->report_ms);
	return true;
}
