/*
 * Events of CloudTrail as requests: tests/data/policy/events, one case a
 * line: {"id", "event", "expect": {"kind", "principal", "action", "resource",
 * "context": {key: value, list of values, or null for absent} …}, "doc"}. What
 * is not named in "expect" is not compared.
 */

#include "policy-test.h"

#include "base/file.h"
#include "base/limits.h"
#include "policy/cases.h"
#include "policy/catalogue.h"
#include "policy/context.h"
#include "policy/event-private.h"
#include "policy/event.h"
#include "text/json.h"

static const char *const files[] = {"cloudtrail", "keys",       "names",
				    "outcomes",   "principals", "resources"};

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

/* As a condition sees it: what the event gives, and what follows from that. NULL: absent. */
static const struct policy_value *find_key(const struct policy_request *req, struct str name)
{
	static struct policy_ctx ctx;

	policy_ctx_init(&ctx, req);
	return policy_ctx_key(&ctx, name, key_hash_of(name), derived_key_of(name));
}

static bool values_differ(const struct val *want, const struct policy_value *got)
{
	size_t n = 0;

	if (!val_is(want, VAL_LIST))
		return got->multi || got->n != 1 || !str_eq(got->values[0], val_str(want));
	if (!got->multi || got->n != val_count(want))
		return true;
	VAL_EACH(item, want)
	{
		if (!str_eq(got->values[n++], val_str(item)))
			return true;
	}
	return false;
}

static bool context_differs(const struct val *expect, const struct policy_request *req)
{
	bool wrong = false;

	VAL_EACH(key, val_get(expect, "context"))
	{
		const struct policy_value *got = find_key(req, key->name);

		if (val_is(key, VAL_NULL) ? !got : got && !values_differ(key, got))
			continue;
		print_error("%.*s: '%.*s'\n", STR_ARG(key->name),
			    STR_ARG(got ? got->values[0] : STR("(absent)")));
		wrong = true;
	}
	return wrong;
}

/*
 * Is the resource one that the catalogue gives the action? Another oracle for the
 * forms of ARNs than the cases themselves.
 */
static bool resource_is_possible(const struct policy_request *req, struct catalogue *c)
{
	const struct catalogue_service *s;
	const struct catalogue_action *act;
	struct str prefix, name;

	str_cut(req->action, ':', &prefix, &name);
	s = catalogue_service(c, prefix);
	act = s ? catalogue_action(s, name) : NULL;
	if (!act || str_eqz(req->resource, "*"))
		return true;
	for (size_t i = 0; i < act->nresources; i++) {
		if (policy_match(s->resources[act->resources[i]].pattern, req->resource, false))
			return true;
	}
	print_error("%.*s knows no %.*s\n", STR_ARG(req->action), STR_ARG(req->resource));
	return false;
}

static bool passes(const struct val *row, struct catalogue *c, struct arena *a)
{
	static const char *const kinds[] = {"request", "no-policy", "unreadable"};
	const struct val *expect = val_get(row, "expect");
	struct policy_event e;
	bool wrong;

	policy_event_read(val_get(row, "event"), a, &e);
	assert_int_equal(e.kind == POLICY_EVENT_REQUEST, e.why == NULL);
	wrong = text_differs(expect, "kind", str_of(kinds[e.kind]));
	wrong |= flag_differs(expect, "denied", e.denied);
	wrong |= flag_differs(expect, "failed", e.failed);
	wrong |= text_differs(expect, "account", e.account);
	wrong |= text_differs(expect, "shared_id", e.shared_id);
	wrong |= text_differs(expect, "access_key", e.access_key);
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
	wrong |= flag_differs(expect, "resource_known", e.resource_known);
	wrong |= flag_differs(expect, "resource_path_unknown", e.resource_path_unknown);
	wrong |= flag_differs(expect, "role_path_unknown", e.role_path_unknown);
	wrong |= flag_differs(expect, "action_unknown", e.action_unknown);
	assert_int_equal(e.resource_known, !str_eqz(e.request.resource, "*"));
	wrong |= !resource_is_possible(&e.request, c);
	return !(wrong | context_differs(expect, &e.request));
}

static void run_file(const char *dir, const char *name, struct catalogue *c, size_t *n,
		     size_t *failed)
{
	struct str path = arena_printf(A, "%s/data/policy/events/%s.jsonl", dir, name);
	struct err err = {0};
	struct str text, line;
	uint32_t number = 0;

	if (!file_read(path.p, MIB(16), A, &text, &err))
		fail_msg("%s", err.message);
	for (; policy_case_next(&text, &line, &number); (*n)++) {
		struct arena *a = arena_new();
		struct val *row;

		if (!json_read(line, JSON_UNIQUE, a, &row, &err))
			fail_msg("%.*s:%u: %s", STR_ARG(path), number, err.message);
		if (!passes(row, c, a)) {
			print_error("%.*s:%u: %.*s\n", STR_ARG(path), number,
				    STR_ARG(val_get_str(row, "id")));
			(*failed)++;
		}
		arena_free(&a);
	}
}

static void test_cases(void **state)
{
	const char *dir = getenv("ROOTOUT_TESTS");
	struct catalogue *c = catalogue_open(A);
	size_t n = 0, failed = 0;

	(void)state;
	assert_non_null(dir);
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		run_file(dir, files[i], c, &n, &failed);
	print_message("%zu events, %zu wrong\n", n, failed);
	assert_true(n >= 500);
	assert_int_equal(failed, 0);
}

/* ---- the tables ---- */

static bool exists(struct catalogue *c, struct str action)
{
	struct str prefix, name;
	const struct catalogue_service *s;

	str_cut(action, ':', &prefix, &name);
	s = catalogue_service(c, prefix);
	return s && catalogue_action(s, name);
}

static void test_names_are_sorted_and_actions_exist(void **state)
{
	struct catalogue *c = catalogue_open(A);

	(void)state;
	for (size_t i = 0; i < event_nsources; i++) {
		const struct event_source *s = &event_sources[i];

		if (i && strcmp(event_sources[i - 1].source, s->source) >= 0)
			fail_msg("%s is not in its place", s->source);
		if (!catalogue_service(c, str_of(s->prefix)))
			fail_msg("%s: no service %s", s->source, s->prefix);
		assert_ptr_equal(event_source_find(str_of(s->source)), s);
		for (size_t k = 0; k < s->nnames; k++) {
			const struct event_name *n = &s->names[k];

			if (k && strcmp(s->names[k - 1].event, n->event) >= 0)
				fail_msg("%s of %s is not in its place", n->event, s->source);
			assert_ptr_equal(event_name_find(s, str_of(n->event)), n);
			if ((n->rule == EVENT_ASKS) != (n->action != NULL))
				fail_msg("%s of %s: an action or none", n->event, s->source);
			if (n->action && !exists(c, str_of(n->action)))
				fail_msg("%s of %s: no action %s", n->event, s->source, n->action);
		}
	}
	assert_null(event_source_find(STR("")));
	assert_null(event_source_find(STR("zzz")));
	assert_null(event_source_find(STR("s")));
	assert_null(event_name_find(event_source_find(STR("s3")), STR("HeadBucke")));
	assert_null(event_name_find(event_source_find(STR("s3")), STR("HeadBuckets")));
}

/* Has some action whose name has the row's word that key? */
static bool is_asked_with(const struct catalogue_service *s, const struct event_param_key *row)
{
	const struct catalogue_key *key = catalogue_key(s, row->key);

	for (size_t i = 0; key && i < s->nactions; i++) {
		if (str_find(s->actions[i].name, str_of(row->word)) >= 0 &&
		    catalogue_has_key(s, &s->actions[i], key))
			return true;
	}
	return false;
}

static void test_keys_exist(void **state)
{
	struct catalogue *c = catalogue_open(A);

	(void)state;
	for (size_t i = 0; i < event_nkeys; i++) {
		const struct event_keys *s = &event_keys[i];
		const struct catalogue_service *known = catalogue_service(c, s->service);

		assert_non_null(known);
		for (size_t k = 0; k < s->n; k++) {
			if (!is_asked_with(known, &s->rows[k]))
				fail_msg("no action with '%s' has %.*s", s->rows[k].word,
					 STR_ARG(s->rows[k].key));
		}
	}
}

static void test_public_names(void **state)
{
	(void)state;
	assert_true(
		str_eqz(policy_event_action(STR("s3.amazonaws.com"), STR("ListBuckets"), false, A),
			"s3:ListAllMyBuckets"));
	assert_true(str_eqz(policy_event_action(STR("dynamodb.amazonaws.com"),
						STR("ExecuteStatement"), false, A),
			    "dynamodb:ExecuteStatement"));
	assert_true(str_is_null(policy_event_action(STR(".amazonaws.com"), STR("X"), false, A)));
	assert_true(str_is_null(policy_event_action(STR("s3.amazonaws.com"), STR(""), false, A)));
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

/* Nor is an identity provider's user a service, which RCPs spare. */
static void test_web_identity_is_no_service(void **state)
{
	static const char text[] =
		"{\"eventType\":\"AwsApiCall\",\"eventSource\":\"sts.amazonaws.com\","
		"\"eventName\":\"AssumeRoleWithWebIdentity\",\"requestParameters\":"
		"{\"roleArn\":\"arn:aws:iam::111122223333:role/ci\"},\"userIdentity\":"
		"{\"type\":\"WebIdentityUser\",\"identityProvider\":"
		"\"arn:aws:iam::111122223333:oidc-provider/token.example.com\"},"
		"\"recipientAccountId\":\"111122223333\"}";
	const struct policy *rcp = parse_ok(
		"{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Deny\",\"Principal\":\"*"
		"\","
		"\"Action\":\"sts:AssumeRoleWithWebIdentity\",\"Resource\":\"*\",\"Condition\":"
		"{\"BoolIfExists\":{\"aws:PrincipalIsAWSService\":\"false\"}}}}",
		POLICY_RCP);
	const struct policy_list level = {&rcp, 1};
	struct policy_set set = {.rcp = &level, .nrcp = 1};
	struct policy_decision d;
	struct policy_event e;
	struct err err = {0};
	struct val *event;

	(void)state;
	if (!json_read(str_of(text), JSON_UNIQUE, A, &event, &err))
		fail_msg("%s", err.message);
	policy_event_read(event, A, &e);
	assert_int_equal(e.kind, POLICY_EVENT_REQUEST);
	policy_decide(&set, &e.request, &d);
	assert_int_equal(d.reason, POLICY_EXPLICIT_DENY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_cases),
		TEST(test_keys_exist),
		TEST(test_names_are_sorted_and_actions_exist),
		TEST(test_public_names),
		TEST(test_root_session_is_told_from_root),
		TEST(test_web_identity_is_no_service),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
