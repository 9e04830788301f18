#include <ftw.h>
#include <libdeflate.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/limits.h"
#include "fixture.h"
#include "sandbox/sandbox-private.h"

static struct fx f;

static int setup(void **state)
{
	(void)state;
	fx_open(&f, NULL);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fx_close(&f);
	return 0;
}

/* All events, as a list. */
static struct val *events(void)
{
	struct buf b = BUF_INIT(LIMIT_OUTPUT);
	struct val *list = val_list(f.a);
	uint64_t last;

	trail_read(f.s->trail, 0, &b, &last);
	struct str rest = arena_str(f.a, buf_str(&b)), line;
	buf_release(&b);
	while (str_next(&rest, '\n', &line)) {
		struct err err = {0};
		struct val *v;
		if (str_is_empty(line))
			continue;
		if (!json_read(line, JSON_UNIQUE, f.a, &v, &err))
			fail_msg("%s: %.*s", err.message, STR_ARG(line));
		val_append(list, v);
	}
	return list;
}

static struct val *last_event(void)
{
	struct val *list = events();

	assert_true(val_count(list) > 0);
	return val_at(list, val_count(list) - 1);
}

static void expect(const struct val *v, const char *a, const char *b, const char *c,
		   const char *text)
{
	struct str s = val_str(val_path(v, a, b, c, NULL));

	if (text ? !str_eqz(s, text) : !str_is_null(s))
		fail_msg("%s.%s.%s: expected %s, got %.*s", a, b ? b : "", c ? c : "", text,
			 STR_ARG(s));
}

static void test_a_user(void **state)
{
	(void)state;
	assert_true(fx_call(&f, f.admin, "organizations", "ListRoots", "{}"));
	struct val *e = last_event();
	expect(e, "eventVersion", NULL, NULL, "1.11");
	expect(e, "eventSource", NULL, NULL, "organizations.amazonaws.com");
	expect(e, "eventName", NULL, NULL, "ListRoots");
	expect(e, "awsRegion", NULL, NULL, "us-east-1");
	expect(e, "eventType", NULL, NULL, "AwsApiCall");
	expect(e, "eventCategory", NULL, NULL, "Management");
	expect(e, "recipientAccountId", NULL, NULL, "111111111111");
	expect(e, "userIdentity", "type", NULL, "IAMUser");
	expect(e, "userIdentity", "userName", NULL, "administrator");
	expect(e, "userIdentity", "accountId", NULL, "111111111111");
	assert_null(val_path(e, "userIdentity", "sessionContext", NULL));
	assert_true(val_true(val_get(e, "readOnly")));
	assert_true(val_true(val_get(e, "managementEvent")));
	assert_true(val_is(val_get(e, "requestParameters"), VAL_NULL));
	assert_true(val_is(val_get(e, "responseElements"), VAL_NULL));
	assert_null(val_get(e, "errorCode"));
	assert_int_equal(val_get_str(e, "eventID").n, 36);
}

/* The two halves of a root session, joined by the access key. */
static void test_a_root_session(void **state)
{
	(void)state;
	fx_enable(&f);
	assert_true(fx_assume_root(&f, f.admin, "333333333333", "IAMAuditRootUserCredentials"));
	struct fx_creds root = fx_session(&f);
	struct val *e = last_event();
	expect(e, "eventName", NULL, NULL, "AssumeRoot");
	expect(e, "recipientAccountId", NULL, NULL, "111111111111");
	expect(e, "requestParameters", "targetPrincipal", NULL, "333333333333");
	expect(e, "requestParameters", "taskPolicyArn", "arn",
	       "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials");
	assert_true(
		str_eq(val_str(val_path(e, "responseElements", "credentials", "accessKeyId", NULL)),
		       root.key));
	/* "Nov 18, 2026, 11:21:40 AM" */
	struct str expiration =
		val_str(val_path(e, "responseElements", "credentials", "expiration", NULL));
	assert_true(str_startsz(expiration, "Nov 18, 2026, 11:2"));
	assert_true(str_endsz(expiration, " AM"));

	assert_true(fx_call(&f, root.key, "iam", "GetAccountSummary", "{}"));
	e = last_event();
	expect(e, "recipientAccountId", NULL, NULL, "333333333333");
	expect(e, "userIdentity", "type", NULL, "Root");
	expect(e, "userIdentity", "arn", NULL, "arn:aws:iam::333333333333:root");
	expect(e, "userIdentity", "principalId", NULL, "333333333333");
	expect(e, "userIdentity", "userName", NULL, NULL);
	expect(e, "userIdentity", "sessionContext", "assumedRoot", "true");
	assert_true(str_eq(val_str(val_path(e, "userIdentity", "accessKeyId", NULL)), root.key));
	assert_true(str_endsz(val_str(val_path(e, "userIdentity", "sessionContext", "attributes",
					       "creationDate", NULL)),
			      "Z"));
}

/* A root user's own key is no assumed root. */
static void test_the_root_user_itself(void **state)
{
	const struct world_account *acct = world_account(sandbox_world(f.s), STR("333333333333"));

	(void)state;
	assert_true(fx_call(&f, acct->iam.root.keys->id, "iam", "GetAccountSummary", "{}"));
	struct val *e = last_event();
	expect(e, "userIdentity", "type", NULL, "Root");
	assert_null(val_path(e, "userIdentity", "sessionContext", NULL));
}

static void test_a_role_in_two_accounts(void **state)
{
	(void)state;
	assert_true(fx_call(&f, f.admin, "sts", "AssumeRole",
			    "{\"RoleArn\":\"arn:aws:iam::333333333333:role/"
			    "OrganizationAccountAccessRole\",\"RoleSessionName\":\"hanako\"}"));
	struct fx_creds s = fx_session(&f);
	struct val *list = events();
	struct val *caller = val_at(list, val_count(list) - 2),
		   *owner = val_at(list, val_count(list) - 1);
	expect(caller, "recipientAccountId", NULL, NULL, "111111111111");
	expect(owner, "recipientAccountId", NULL, NULL, "333333333333");
	assert_true(
		str_eq(val_get_str(caller, "sharedEventID"), val_get_str(owner, "sharedEventID")));
	assert_false(str_eq(val_get_str(caller, "eventID"), val_get_str(owner, "eventID")));

	assert_true(fx_call(&f, s.key, "iam", "GetAccountSummary", "{}"));
	struct val *e = last_event();
	expect(e, "userIdentity", "type", NULL, "AssumedRole");
	expect(e, "userIdentity", "arn", NULL,
	       "arn:aws:sts::333333333333:assumed-role/OrganizationAccountAccessRole/hanako");
	expect(val_path(e, "userIdentity", "sessionContext", NULL), "sessionIssuer", "userName",
	       NULL, "OrganizationAccountAccessRole");
	expect(val_path(e, "userIdentity", "sessionContext", NULL), "sessionIssuer", "type", NULL,
	       "Role");
}

static void test_denials_are_recorded(void **state)
{
	(void)state;
	assert_false(fx_assume_root(&f, f.production, "222222222222", "S3UnlockBucketPolicy"));
	struct val *e = last_event();
	expect(e, "errorCode", NULL, NULL, "AccessDenied");
	assert_true(str_startsz(val_get_str(e, "errorMessage"), "User: arn:aws:iam::333333333333"));
	assert_true(val_is(val_get(e, "responseElements"), VAL_NULL));
}

/* Real events of Organizations say AccessDenied, and to a member's account the reason. */
static void test_what_a_member_is_not_told(void **state)
{
	(void)state;
	assert_false(fx_call(&f, f.production, "organizations", "ListAccounts", "{}"));
	assert_string_equal(fx_fault(&f), "AccessDeniedException: You don't have permissions to "
					  "access this resource.");
	struct val *e = last_event();
	expect(e, "errorCode", NULL, NULL, "AccessDenied");
	expect(e, "errorMessage", NULL, NULL,
	       "User: arn:aws:iam::333333333333:user/sandbox/administrator is not authorized to "
	       "perform: organizations:ListAccounts on resource: * because no resource-based "
	       "policy "
	       "allows the organizations:ListAccounts action");
	assert_true(fx_call(&f, f.admin, "organizations", "PutResourcePolicy",
			    "{\"Content\":\"{\\\"Version\\\":\\\"2012-10-17\\\","
			    "\\\"Statement\\\":{\\\"Effect\\\":\\\"Deny\\\","
			    "\\\"Principal\\\":{\\\"AWS\\\":\\\"333333333333\\\"},\\\"Action\\\":"
			    "\\\"organizations:DescribeOrganization\\\","
			    "\\\"Resource\\\":\\\"*\\\"}}\"}"));
	assert_false(fx_call(&f, f.production, "organizations", "DescribeOrganization", "{}"));
	assert_true(str_startsz(f.fault.message, "You don't have permissions"));
	e = last_event();
	assert_true(str_endsz(val_get_str(e, "errorMessage"),
			      "with an explicit deny in a resource-based policy"));
}

/* What must never be seen is not there, whatever was asked. */
static void test_no_secret_is_recorded(void **state)
{
	struct buf b = BUF_INIT(LIMIT_OUTPUT);
	uint64_t last;

	(void)state;
	fx_enable(&f);
	assert_true(fx_assume_root(&f, f.admin, "333333333333", "IAMAuditRootUserCredentials"));
	struct fx_creds root = fx_session(&f);
	assert_true(fx_call(&f, f.admin, "sts", "GetSessionToken", "{}"));
	struct fx_creds session = fx_session(&f);
	trail_read(f.s->trail, 0, &b, &last);
	assert_true(str_find(buf_str(&b), root.secret) < 0);
	assert_true(str_find(buf_str(&b), session.secret) < 0);
	assert_true(str_find(buf_str(&b), STR("secretAccessKey")) < 0);
	buf_release(&b);
}

static void test_since(void **state)
{
	struct buf b = BUF_INIT(LIMIT_OUTPUT);
	uint64_t last, again;

	(void)state;
	assert_true(fx_call(&f, f.admin, "sts", "GetCallerIdentity", "{}"));
	trail_read(f.s->trail, 0, &b, &last);
	assert_int_equal(last, 1);
	buf_reset(&b);
	trail_read(f.s->trail, last, &b, &again);
	assert_int_equal(again, 1);
	assert_int_equal(b.n, 0);
	assert_true(fx_call(&f, f.admin, "sts", "GetCallerIdentity", "{}"));
	trail_read(f.s->trail, last, &b, &again);
	assert_int_equal(again, 2);
	assert_true(b.n > 0);
	buf_release(&b);
}

/* ---- files ---- */

static char found[64][512];
static size_t nfound;

static int note_file(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)ftw;
	if (type == FTW_F && strstr(path, "/AWSLogs/") && nfound < ARRAY_SIZE(found))
		snprintf(found[nfound++], sizeof(found[0]), "%s", path);
	return 0;
}

static struct val *read_file(const char *path)
{
	static char out[1 << 20];
	struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
	struct err err = {0};
	struct str packed;
	struct val *v;
	size_t n;

	assert_true(file_read(path, MIB(1), f.a, &packed, &err));
	assert_int_equal(libdeflate_gzip_decompress(d, packed.p, packed.n, out, sizeof(out), &n),
			 0);
	libdeflate_free_decompressor(d);
	assert_true(json_read(arena_str(f.a, str_ofn(out, n)), JSON_UNIQUE, f.a, &v, &err));
	return val_get(v, "Records");
}

static const char *file_of(const char *account)
{
	for (size_t i = 0; i < nfound; i++)
		if (strstr(found[i], account))
			return found[i];
	return NULL;
}

static void test_files(void **state)
{
	char *dir = fx_tempdir();
	const struct sandbox_options opt = {
		.state_dir = dir, .seeded = true, .seed = 1, .now_ms = FX_NOW_MS};
	struct sandbox_options again = opt;
	char want[256];

	(void)state;
	fx_close(&f);
	fx_open(&f, &opt);
	fx_enable(&f);
	assert_true(fx_assume_root(&f, f.admin, "333333333333", "IAMAuditRootUserCredentials"));
	assert_true(fx_call(&f, fx_session(&f).key, "iam", "GetAccountSummary", "{}"));
	snprintf(want, sizeof(want),
		 "/trail/AWSLogs/%.*s/333333333333/CloudTrail/us-east-1/2026/11/18/"
		 "333333333333_CloudTrail_us-east-1_20261118T",
		 STR_ARG(sandbox_world(f.s)->org->id));
	fx_close(&f); /* writes what is left */
	nfound = 0;
	assert_int_equal(nftw(dir, note_file, 16, FTW_PHYS), 0);
	fx_open(&f, &again);

	const char *member = file_of("/333333333333/"), *management = file_of("/111111111111/");
	assert_non_null(member);
	assert_non_null(strstr(member, want));
	assert_non_null(strstr(member, ".json.gz"));
	struct val *records = read_file(member);
	assert_int_equal(val_count(records), 1);
	expect(val_at(records, 0), "eventName", NULL, NULL, "GetAccountSummary");
	assert_non_null(management);
	assert_int_equal(val_count(read_file(management)), 4);

	/* Nothing is written twice after a restart. */
	size_t before = nfound;
	fx_close(&f);
	nfound = 0;
	assert_int_equal(nftw(dir, note_file, 16, FTW_PHYS), 0);
	assert_int_equal(nfound, before);
	fx_open(&f, NULL);
	fx_rmdir(dir);
}

#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_a_user),
		T(test_a_root_session),
		T(test_the_root_user_itself),
		T(test_a_role_in_two_accounts),
		T(test_denials_are_recorded),
		T(test_what_a_member_is_not_told),
		T(test_no_secret_is_recorded),
		T(test_since),
		T(test_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
