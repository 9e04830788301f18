#ifndef ROOTOUT_TEST_SANDBOX_IAM_CALLS_H
#define ROOTOUT_TEST_SANDBOX_IAM_CALLS_H

/*
 * Short forms for the tests of IAM. Include after cmocka.h; `f` is the test's
 * own struct fx, its administrator's account 111111111111 (the management
 * account).
 */

#include "aws/wire.h"
#include "fixture.h"

static struct fx f;

static inline int open_small(void **state)
{
	(void)state;
	fx_open(&f, NULL);
	return 0;
}

static inline int close_small(void **state)
{
	(void)state;
	fx_close(&f);
	return 0;
}

#define WITH_SMALL(fn) cmocka_unit_test_setup_teardown(fn, open_small, close_small)

#define J(...) (arena_printf(f.a, __VA_ARGS__).p)

/* Documents as they stand within a JSON string. */
#define DOCUMENT(effect, action)                                                             \
	"{\\\"Version\\\":\\\"2012-10-17\\\",\\\"Statement\\\":[{\\\"Effect\\\":\\\"" effect \
	"\\\",\\\"Action\\\":\\\"" action "\\\",\\\"Resource\\\":\\\"*\\\"}]}"
#define TRUST(who)                                                                              \
	"{\\\"Version\\\":\\\"2012-10-17\\\",\\\"Statement\\\":[{\\\"Effect\\\":\\\"Allow\\\"," \
	"\\\"Action\\\":\\\"sts:AssumeRole\\\",\\\"Principal\\\":{\\\"AWS\\\":\\\"" who "\\\"}}]}"

/* The call as `key` succeeds, and its answer can be written; it is in f.out. */
static inline const struct val *ok_as(struct str key, const char *op, const char *json)
{
	struct wire_response resp;

	if (!fx_call(&f, key, "iam", op, json))
		fail_msg("%s %s: %s", op, json, fx_fault(&f));
	wire_put_response(api_op_of("iam", op), f.out, STR("id"), f.a, &resp);
	return f.out;
}

static inline const struct val *ok(const char *op, const char *json)
{
	return ok_as(f.admin, op, json);
}

/* It fails with this status, code and, unless NULL, this message. */
static inline void refused_as(struct str key, const char *op, const char *json, int status,
			      const char *code, const char *message)
{
	if (fx_call(&f, key, "iam", op, json))
		fail_msg("%s %s succeeded", op, json);
	if (!str_eqz(f.fault.code, code) || f.fault.status != status ||
	    (message && !str_eqz(f.fault.message, message)))
		fail_msg("%s %s: expected %d %s: %s, got %d %s", op, json, status, code,
			 message ? message : "…", f.fault.status, fx_fault(&f));
}

static inline void refused(const char *op, const char *json, int status, const char *code,
			   const char *message)
{
	refused_as(f.admin, op, json, status, code, message);
}

static inline bool is(const struct val *v, const char *expected)
{
	if (!str_eqz(val_str(v), expected)) {
		print_message("expected '%s', got '%.*s'\n", expected, STR_ARG(val_str(v)));
		return false;
	}
	return true;
}

/* A member of the answer by its path: at("User", "Arn"). */
#define at(...) val_path(f.out, __VA_ARGS__, NULL)

/* The only one of a member's list whose `name` is `value`; NULL: there is none. */
static inline const struct val *row(const char *member, const char *name, const char *value)
{
	const struct val *found = NULL;

	VAL_EACH(v, val_get(f.out, member))
	if (str_eqz(val_get_str(v, name), value)) {
		assert_null(found);
		found = v;
	}
	return found;
}

/* A new user with this policy document and a key: its access key id. */
static inline struct str new_user(const char *name, const char *document)
{
	ok("CreateUser", J("{\"UserName\":\"%s\"}", name));
	ok("PutUserPolicy", J("{\"UserName\":\"%s\",\"PolicyName\":\"p\",\"PolicyDocument\":"
			      "\"%s\"}",
			      name, document));
	ok("CreateAccessKey", J("{\"UserName\":\"%s\"}", name));
	return val_str(at("AccessKey", "AccessKeyId"));
}

#endif
