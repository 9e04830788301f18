/* What is known of a root user: unknown is never empty, and survives JSON and the store. */

#include "root-test.h"

#include "root/facts-json.h"
#include "root/inventory-private.h"
#include "root/read.h"
#include "text/json.h"

static struct org_account *account(const char *id, const char *name)
{
	struct org_account *a = arena_new_of(A, struct org_account);

	a->id = str_of(id);
	a->name = str_of(name);
	a->email = STR("one@example.com");
	a->state = ORG_STATE_ACTIVE;
	return a;
}

static struct root_facts *facts(void)
{
	return root_facts_new(account("100000000001", "予約-one"));
}

/* ---- has it something to delete? ---- */

static void any_yes_is_yes_and_one_unknown_is_unknown(void **state)
{
	static const enum tri tris[] = {TRI_UNKNOWN, TRI_NO, TRI_YES};

	(void)state;
	for (int i = 0; i < 81; i++) {
		struct root_facts f = {
			.password = tris[i % 3],
			.mfa = tris[i / 3 % 3],
			.keys_present = tris[i / 9 % 3],
			.certs_present = tris[i / 27],
		};
		const enum tri all[] = {f.password, f.mfa, f.keys_present, f.certs_present};
		bool yes = false, unknown = false;

		for (int k = 0; k < 4; k++) {
			yes |= all[k] == TRI_YES;
			unknown |= all[k] == TRI_UNKNOWN;
		}
		assert_int_equal(root_has_credentials(&f), yes       ? TRI_YES
							   : unknown ? TRI_UNKNOWN
								     : TRI_NO);
	}
}

/* ---- GetAccountSummary's map ---- */

static struct root_facts *summary(const char *json)
{
	struct root_facts *f = facts();
	struct val *v;

	OK(json_read(str_of(json), 0, A, &v, err));
	root_take_summary(f, v, NOW_MS);
	return f;
}

static void state_of(const char *json, enum root_state want)
{
	struct root_facts *f = summary(json);

	if (f->state != want)
		fail_msg("%s: %s", json, root_state_name(f->state));
	if (want == ROOT_STATE_UNREAD)
		assert_non_null(strstr(f->reason.p, "did not tell all"));
	root_facts_free(&f);
}

#define MAP(p, k, c, m)                                                                     \
	"{\"SummaryMap\":{\"AccountPasswordPresent\":" p ",\"AccountAccessKeysPresent\":" k \
	",\"AccountSigningCertificatesPresent\":" c ",\"AccountMFAEnabled\":" m ",\"Users\":7}}"

static void a_summary_tells_all_four_or_is_unread(void **state)
{
	(void)state;
	state_of(MAP("0", "0", "0", "0"), ROOT_STATE_ROOTLESS);
	state_of(MAP("1", "0", "0", "0"), ROOT_STATE_CREDENTIALS);
	state_of(MAP("0", "2", "0", "0"), ROOT_STATE_CREDENTIALS);
	state_of(MAP("0", "0", "1", "0"), ROOT_STATE_CREDENTIALS);
	state_of(MAP("0", "0", "0", "1"), ROOT_STATE_CREDENTIALS);
	/* One is missing, or is no number: it is not zero. */
	state_of("{\"SummaryMap\":{\"AccountPasswordPresent\":0,\"AccountAccessKeysPresent\":0,"
		 "\"AccountMFAEnabled\":0}}",
		 ROOT_STATE_UNREAD);
	state_of(MAP("null", "0", "0", "0"), ROOT_STATE_UNREAD);
	state_of(MAP("\"0\"", "0", "0", "0"), ROOT_STATE_UNREAD);
	state_of(MAP("0.0", "0", "0", "0"), ROOT_STATE_UNREAD);
	state_of("{\"SummaryMap\":{}}", ROOT_STATE_UNREAD);
	state_of("{\"SummaryMap\":null}", ROOT_STATE_UNREAD);
	state_of("{}", ROOT_STATE_UNREAD);
	state_of("[]", ROOT_STATE_UNREAD);
	/* What is there is known all the same. */
	state_of("{\"SummaryMap\":{\"AccountPasswordPresent\":1}}", ROOT_STATE_CREDENTIALS);
}

static void what_a_failure_says_of_the_session(void **state)
{
	static const struct {
		struct err err;
		bool opened;
		enum root_session_state want;
	} cases[] = {
		{{.kind = ERR_AWS, .http_status = 403, .aws_code = "AccessDenied"},
		 false,
		 ROOT_SESSION_REFUSED},
		{{.kind = ERR_AWS, .http_status = 403, .aws_code = "AccessDenied"},
		 true,
		 ROOT_SESSION_BLOCKED},
		{{.kind = ERR_AWS, .http_status = 400, .aws_code = "ValidationError"},
		 false,
		 ROOT_SESSION_REFUSED},
		{{.kind = ERR_AWS, .http_status = 400, .aws_code = "Throttling", .retryable = true},
		 false,
		 ROOT_SESSION_FAILED},
		{{.kind = ERR_AWS, .http_status = 403, .aws_code = "Throttling", .retryable = true},
		 true,
		 ROOT_SESSION_FAILED},
		{{.kind = ERR_AWS, .http_status = 500, .aws_code = "InternalFailure"},
		 false,
		 ROOT_SESSION_FAILED},
		{{.kind = ERR_AWS, .http_status = 400, .aws_code = "Weird"},
		 true,
		 ROOT_SESSION_FAILED},
		{{.kind = ERR_NET}, false, ROOT_SESSION_FAILED},
		{{.kind = ERR_PROTOCOL, .http_status = 403}, true, ROOT_SESSION_FAILED},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(root_session_failure(&cases[i].err, cases[i].opened),
				 cases[i].want);
}

/* ---- JSON and back ---- */

static struct root_facts *there_and_back(struct root_facts *f, struct val **shown)
{
	struct val *v = root_facts_val(A, f), *again;
	struct root_facts *back;

	OK(json_read(json_text(A, v), JSON_UNIQUE, A, &again, err));
	back = root_facts_from_val(again);
	if (!str_eq(json_text(A, root_facts_val(A, back)), json_text(A, v)))
		fail_msg("%s\n%s", json_text(A, root_facts_val(A, back)).p, json_text(A, v).p);
	if (shown)
		*shown = v;
	root_facts_free(&f);
	return back;
}

static void all_unknown_stays_unknown(void **state)
{
	struct root_facts *f = facts(), *back;
	struct err why = {
		.kind = ERR_AWS, .aws_code = "AccessDenied", .message = "no", .request_id = "r-1"};
	struct val *v;

	(void)state;
	root_facts_fail(f, ROOT_SESSION_REFUSED, &why);
	f->blocked_by = STR("service control policy 'deny-root'");
	back = there_and_back(f, &v);
	assert_true(val_is(val_get(v, "password"), VAL_NULL));
	assert_true(val_is(val_get(v, "accessKeys"), VAL_NULL));
	assert_true(val_is(val_get(v, "mfaDevices"), VAL_NULL));
	assert_true(val_is(val_get(v, "readAt"), VAL_NULL));
	assert_int_equal(back->state, ROOT_STATE_UNREAD);
	assert_int_equal(back->session, ROOT_SESSION_REFUSED);
	assert_int_equal(back->password, TRI_UNKNOWN);
	assert_int_equal(root_has_credentials(back), TRI_UNKNOWN);
	assert_false(back->have_keys || back->have_mfa || back->have_certs);
	assert_true(str_eqz(back->reason, "no (r-1)"));
	assert_true(str_eqz(back->code, "AccessDenied"));
	root_facts_free(&back);
}

static void an_empty_list_is_known(void **state)
{
	struct root_facts *back;
	struct val *v;

	(void)state;
	back = there_and_back(summary(MAP("0", "0", "0", "0")), &v);
	assert_true(val_is(val_get(v, "accessKeys"), VAL_LIST));
	assert_true(val_is(val_get(v, "signingCertificates"), VAL_LIST));
	assert_true(val_is(val_get(v, "mfaDevices"), VAL_LIST));
	assert_int_equal(root_has_credentials(back), TRI_NO);
	assert_int_equal(back->account->state, ORG_STATE_ACTIVE);
	root_facts_free(&back);
}

static void everything_survives(void **state)
{
	static struct root_key keys[] = {
		{.id = STR("AKIAONE"),
		 .active = true,
		 .created_ms = NOW_MS - DAY_MS,
		 .used = TRI_YES,
		 .used_ms = NOW_MS - 1000,
		 .used_service = STR("s3"),
		 .used_region = STR("us-east-1")},
		{.id = STR("AKIATWO"), .created_ms = NOW_MS, .used = TRI_NO},
		{.active = true, .used = TRI_UNKNOWN}, /* of a credential report */
	};
	static struct str serials[] = {STR("arn:aws:iam::1:mfa/root-account-mfa-device"),
				       STR("GAHT12345678")};
	static struct str certs[] = {STR("CERT")};
	struct root_facts *f = summary(MAP("1", "2", "1", "1")), *back;
	struct val *v;

	(void)state;
	f->session = ROOT_SESSION_OK;
	f->have_keys = f->have_mfa = f->have_certs = true;
	f->keys = keys;
	f->nkeys = 3;
	f->mfa_serials = serials;
	f->nmfa = 2;
	f->cert_ids = certs;
	f->ncerts = 1;
	f->password_used = TRI_YES;
	f->password_used_ms = NOW_MS - 5 * DAY_MS;
	back = there_and_back(f, &v);
	assert_int_equal(back->nkeys, 3);
	assert_true(back->keys[0].active);
	assert_int_equal(back->keys[0].used_ms, NOW_MS - 1000);
	assert_true(str_eqz(back->keys[0].used_service, "s3"));
	assert_int_equal(back->keys[1].used, TRI_NO);
	assert_int_equal(back->keys[2].used, TRI_UNKNOWN);
	assert_int_equal(back->keys[2].id.n, 0);
	assert_int_equal(back->nmfa, 2);
	assert_true(str_eqz(back->mfa_serials[1], "GAHT12345678"));
	assert_true(str_eqz(back->cert_ids[0], "CERT"));
	assert_int_equal(back->password_used_ms, NOW_MS - 5 * DAY_MS);
	assert_int_equal(back->read_ms, NOW_MS);
	assert_true(str_eqz(back->account->name, "予約-one"));
	root_facts_free(&back);
}

static void every_state_has_a_name_and_comes_back(void **state)
{
	(void)state;
	for (int s = ROOT_STATE_UNREAD; s <= ROOT_STATE_FAILED; s++) {
		struct root_facts *f = facts(), *back;

		f->state = s;
		back = there_and_back(f, NULL);
		assert_int_equal(back->state, s);
		root_facts_free(&back);
	}
}

/* A store that somebody else wrote into: nothing is believed that does not stand there. */
static void strange_json_is_unread(void **state)
{
	static const char *const texts[] = {
		"{}",
		"[]",
		"null",
		"{\"id\":7,\"state\":\"gone\",\"password\":\"yes\"}",
		"{\"accessKeys\":{\"a\":1},\"mfaDevices\":\"x\",\"readAt\":7,\"session\":null}",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct root_facts *f;
		struct val *v;

		OK(json_read(str_of(texts[i]), 0, A, &v, err));
		f = root_facts_from_val(v);
		assert_int_equal(f->state, ROOT_STATE_UNREAD);
		assert_int_equal(root_has_credentials(f), TRI_UNKNOWN);
		assert_false(f->have_keys || f->have_mfa || f->have_certs);
		root_facts_free(&f);
	}
}

/* ---- inventories: remembered, compared ---- */

static struct inventory *inventory_of(struct root_facts *f)
{
	struct inventory *inv = inventory_new(NOW_MS);

	inventory_add(inv, f);
	return inv;
}

static void changes(struct root_facts *was, struct root_facts *is, const char *want)
{
	struct inventory *before = inventory_of(was), *now = inventory_of(is);

	inventory_compare(now, before);
	if (want ? !str_eqz(now->rows[0]->changes, want) : now->rows[0]->changes.n > 0)
		fail_msg("got '%.*s', want '%s'", STR_ARG(now->rows[0]->changes),
			 want ? want : "nothing");
	inventory_free(&before);
	inventory_free(&now);
}

static struct root_facts *with_keys(size_t n, const char *first, const char *second)
{
	struct root_facts *f = summary(n ? MAP("1", "1", "0", "0") : MAP("1", "0", "0", "0"));

	f->keys = arena_calloc(f->arena, 2, sizeof(*f->keys));
	f->nkeys = n;
	f->have_keys = n > 0;
	f->keys[0].id = str_of(first);
	f->keys[1].id = str_of(second);
	return f;
}

static void what_changed_is_told(void **state)
{
	struct root_facts *used = with_keys(1, "AKIA1", NULL);
	struct err why = {.kind = ERR_NET, .message = "no"};
	struct root_facts *unread = facts();

	(void)state;
	changes(summary(MAP("1", "0", "0", "0")), summary(MAP("1", "0", "0", "0")), NULL);
	changes(summary(MAP("1", "0", "0", "1")), summary(MAP("0", "0", "1", "0")),
		"password removed, certificate added, MFA removed");
	changes(with_keys(2, "AKIA1", "AKIA2"), with_keys(1, "AKIA2", NULL), "key AKIA1 removed");
	changes(with_keys(1, "AKIA1", NULL), with_keys(2, "AKIA1", "AKIA2"), "key AKIA2 added");
	changes(with_keys(1, "AKIA1", NULL), with_keys(0, NULL, NULL), "key AKIA1 removed");
	/* the credential report's keys have no ids: nothing is said that is not known */
	changes(with_keys(1, "AKIA1", NULL), with_keys(1, NULL, NULL), NULL);
	changes(with_keys(1, NULL, NULL), with_keys(0, NULL, NULL), "access key removed");
	used->keys[0].used_ms = NOW_MS;
	changes(with_keys(1, "AKIA1", NULL), used, "key AKIA1 used");
	root_facts_fail(unread, ROOT_SESSION_FAILED, &why);
	changes(summary(MAP("1", "0", "0", "0")), unread, "could be read then");
}

/* Unknown then and known now is no change. */
static void unknown_is_no_change(void **state)
{
	(void)state;
	changes(facts(), summary(MAP("1", "1", "1", "1")), NULL);
	changes(facts(), facts(), NULL);
	changes(summary(MAP("1", "1", "1", "1")), facts(), "could be read then");
}

/* It joined since; one that no inventory chose before is not new. */
static void a_new_account_is_said_to_be_new(void **state)
{
	struct inventory *before = inventory_new(NOW_MS), *now = inventory_of(facts());

	(void)state;
	now->rows[0]->account->joined_ms = NOW_MS;
	inventory_compare(now, before);
	assert_true(str_is_null(now->rows[0]->changes));
	now->rows[0]->account->joined_ms = NOW_MS + 1;
	inventory_compare(now, before);
	assert_true(str_eqz(now->rows[0]->changes, "new account"));
	inventory_free(&before);
	inventory_free(&now);
}

static void remember(const char *id, const char *json, int64_t at_ms)
{
	struct root_facts *f = root_facts_new(account(id, id));
	struct inventory *inv;
	struct val *v;

	OK(json_read(str_of(json), 0, A, &v, err));
	root_take_summary(f, v, at_ms);
	inv = inventory_new(at_ms);
	inventory_add(inv, f);
	inventory_save(&RUN, inv);
	inventory_free(&inv);
}

static void the_last_inventory_is_the_newest_of_each_account(void **state)
{
	struct inventory *last;

	(void)state;
	OK(inventory_last(&RUN, RUN.org_id, &last, err));
	assert_null(last);
	remember("100000000001", MAP("1", "1", "0", "0"), NOW_MS);
	remember("100000000002", MAP("1", "0", "0", "0"), NOW_MS);
	remember("100000000001", MAP("0", "0", "0", "0"), NOW_MS + 1000);
	OK(store_flush(RUN.store, err));
	OK(inventory_last(&RUN, RUN.org_id, &last, err));
	assert_int_equal(last->nrows, 2);
	assert_int_equal(last->taken_ms, NOW_MS + 1000);
	assert_int_equal(last->rows[0]->state, ROOT_STATE_ROOTLESS);
	assert_int_equal(last->rows[1]->state, ROOT_STATE_CREDENTIALS);
	assert_int_equal(last->rows[1]->read_ms, NOW_MS);
	inventory_free(&last);
	OK(inventory_last(&RUN, STR("o-other"), &last, err));
	assert_null(last);
}

static void a_damaged_row_is_an_error(void **state)
{
	struct inventory *last;
	struct err err = {0};

	(void)state;
	remember("100000000001", MAP("1", "1", "0", "0"), NOW_MS);
	tamper("UPDATE inventory_row SET content = '{\"id\":'");
	assert_false(inventory_last(&RUN, RUN.org_id, &last, &err));
	assert_null(last);
	assert_non_null(strstr(err.message, "cannot read the last inventory from the store"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(any_yes_is_yes_and_one_unknown_is_unknown),
		TEST(a_summary_tells_all_four_or_is_unread),
		TEST(what_a_failure_says_of_the_session),
		TEST(all_unknown_stays_unknown),
		TEST(an_empty_list_is_known),
		TEST(everything_survives),
		TEST(every_state_has_a_name_and_comes_back),
		TEST(strange_json_is_unread),
		TEST(what_changed_is_told),
		TEST(unknown_is_no_change),
		TEST(a_new_account_is_said_to_be_new),
		TEST(the_last_inventory_is_the_newest_of_each_account),
		TEST(a_damaged_row_is_an_error),
	};

	return cmocka_run_group_tests_name("facts", tests, NULL, NULL);
}
