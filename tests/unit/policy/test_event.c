/*
 * Events of CloudTrail as requests: tests/data/policy/events, one case a
 * line: {"id", "event", "expect": {"kind", "principal", "action", "resource",
 * "context": {key: value or null for absent} …}, "doc"}. What is not named in
 * "expect" is not compared.
 */

#include "policy-test.h"

#include "base/file.h"
#include "base/limits.h"
#include "policy/cases.h"
#include "policy/context.h"
#include "policy/event.h"
#include "text/json.h"

static bool text_differs(const struct val *expect, const char *name, struct str got)
{
	struct str want = val_get_str(expect, name);

	if (str_is_null(want) || str_eq(want, got))
		return false;
	print_error("%s: '%.*s', not '%.*s'\n", name, STR_ARG(got), STR_ARG(want));
	return true;
}

static bool flag_differs(const struct val *expect, const char *name, bool got)
{
	const struct val *want = val_get(expect, name);

	if (!want || val_true(want) == got)
		return false;
	print_error("%s: %d\n", name, got);
	return true;
}

static bool context_differs(const struct val *expect, const struct policy_request *req)
{
	bool wrong = false;

	VAL_EACH(key, val_get(expect, "context"))
	{
		struct str got = policy_context_get(req, key->name);

		if (val_is(key, VAL_NULL) ? str_is_null(got) || str_eqz(got, "false")
					  : str_eq(val_str(key), got) && !str_is_null(got))
			continue;
		print_error("%.*s: '%.*s', not '%.*s'\n", STR_ARG(key->name), STR_ARG(got),
			    STR_ARG(val_str(key)));
		wrong = true;
	}
	return wrong;
}

static bool passes(const struct val *row, struct arena *a)
{
	static const char *const kinds[] = {"request", "no-policy", "unreadable"};
	const struct val *expect = val_get(row, "expect");
	struct policy_event e;
	bool wrong;

	policy_event_read(val_get(row, "event"), a, &e);
	assert_int_equal(e.kind == POLICY_EVENT_REQUEST, e.why == NULL);
	wrong = text_differs(expect, "kind", str_of(kinds[e.kind]));
	wrong |= flag_differs(expect, "denied", e.denied);
	if (e.kind != POLICY_EVENT_REQUEST)
		return !wrong;
	wrong |= text_differs(expect, "principal", e.request.principal);
	wrong |= text_differs(expect, "action", e.request.action);
	wrong |= text_differs(expect, "resource", e.request.resource);
	wrong |= text_differs(expect, "resource_account", e.request.resource_account);
	wrong |= flag_differs(expect, "service_linked", e.request.service_linked_role);
	wrong |= flag_differs(expect, "assumed_root", e.assumed_root);
	wrong |= flag_differs(expect, "foreign", e.foreign);
	wrong |= flag_differs(expect, "nameless", e.nameless);
	assert_int_equal(e.resource_known, !str_eqz(e.request.resource, "*"));
	return !(wrong | context_differs(expect, &e.request));
}

static void test_cases(void **state)
{
	const char *dir = getenv("ROOTOUT_TESTS");
	struct err err = {0};
	struct str text, line, path;
	uint32_t number = 0;
	size_t n = 0, failed = 0;

	(void)state;
	assert_non_null(dir);
	path = arena_printf(A, "%s/data/policy/events/cloudtrail.jsonl", dir);
	if (!file_read(path.p, MIB(16), A, &text, &err))
		fail_msg("%s", err.message);
	for (; policy_case_next(&text, &line, &number); n++) {
		struct arena *a = arena_new();
		struct val *row;

		if (!json_read(line, JSON_UNIQUE, a, &row, &err))
			fail_msg("%.*s:%u: %s", STR_ARG(path), number, err.message);
		if (!passes(row, a)) {
			print_error("%.*s:%u: %.*s\n", STR_ARG(path), number,
				    STR_ARG(val_get_str(row, "id")));
			failed++;
		}
		arena_free(&a);
	}
	print_message("%zu events, %zu wrong\n", n, failed);
	assert_true(n >= 47);
	assert_int_equal(failed, 0);
}

/* What the request is for: an SCP that spares root sessions spares this one, and not root. */
static void decide_event(const char *identity, struct policy_decision *d)
{
	struct policy_event e;
	struct err err = {0};
	struct val *event;
	struct policy_set set = {0};
	struct policy_list level;
	const struct policy *list[2] = {
		parse_ok("{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\","
			 "\"Action\":\"*\",\"Resource\":\"*\"}}",
			 POLICY_SCP),
		parse_ok("{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Deny\","
			 "\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":{\"ArnLike\":"
			 "{\"aws:PrincipalArn\":\"arn:aws:iam::*:root\"},\"Null\":"
			 "{\"aws:AssumedRoot\":\"true\"}}}}",
			 POLICY_SCP),
	};
	struct str text = arena_printf(
		A,
		"{\"eventType\":\"AwsApiCall\",\"eventSource\":\"iam.amazonaws.com\","
		"\"eventName\":\"ListUsers\",\"recipientAccountId\":\"111122223333\","
		"\"userIdentity\":{\"type\":\"Root\",\"accountId\":\"111122223333\"%s}}",
		identity);

	if (!json_read(text, JSON_UNIQUE, A, &event, &err))
		fail_msg("%s", err.message);
	policy_event_read(event, A, &e);
	level = (struct policy_list){list, 2};
	set.scp = &level;
	set.nscp = 1;
	policy_decide(&set, &e.request, d);
}

static void test_root_session_is_told_from_root(void **state)
{
	struct policy_decision d;

	(void)state;
	decide_event("", &d);
	assert_false(d.allow);
	decide_event(",\"sessionContext\":{\"assumedRoot\":\"true\"}", &d);
	assert_true(d.allow);
}

int main(void)
{
	const struct CMUnitTest tests[] = {TEST(test_cases),
					   TEST(test_root_session_is_told_from_root)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
