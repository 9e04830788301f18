#ifndef ROOTOUT_TEST_SANDBOX_ORGANIZATIONS_CALLS_H
#define ROOTOUT_TEST_SANDBOX_ORGANIZATIONS_CALLS_H

/*
 * Short forms for the tests of AWS Organizations. Include after cmocka.h and
 * fixture.h; `f` is the test's own struct fx.
 */

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

/* The call as `key` succeeds; the answer is in f.out. */
static inline const struct val *ok_as(struct str key, const char *op, const char *json)
{
	if (!fx_call(&f, key, "organizations", op, json))
		fail_msg("%s %s: %s", op, json, fx_fault(&f));
	return f.out;
}

static inline const struct val *ok(const char *op, const char *json)
{
	return ok_as(f.admin, op, json);
}

/* It fails with this code and, unless NULL, this Reason; always with status 400. */
static inline void refused_as(struct str key, const char *op, const char *json, const char *code,
			      const char *reason)
{
	if (fx_call(&f, key, "organizations", op, json))
		fail_msg("%s %s succeeded", op, json);
	struct str said = val_get_str(f.fault.members, "Reason");
	if (!str_eqz(f.fault.code, code) || (reason && !str_eqz(said, reason)))
		fail_msg("%s %s: expected %s %s, got %s (%.*s)", op, json, code,
			 reason ? reason : "", fx_fault(&f), STR_ARG(said));
	assert_int_equal(f.fault.status, 400);
	assert_true(f.fault.message.n > 0);
}

static inline void refused(const char *op, const char *json, const char *code, const char *reason)
{
	refused_as(f.admin, op, json, code, reason);
}

#define J(...) (arena_printf(f.a, __VA_ARGS__).p)

static inline bool is(const struct val *v, const char *expected)
{
	if (!str_eqz(val_str(v), expected)) {
		print_message("expected '%s', got '%.*s'\n", expected, STR_ARG(val_str(v)));
		return false;
	}
	return true;
}

/* A member of the answer by its path, e.g. at("Account", "State"). */
#define at(...) val_path(f.out, __VA_ARGS__, NULL)

static inline const char *root_id(void)
{
	return arena_dupz(f.a, sandbox_world(f.s)->org->units->id);
}

/* The unit of that name, wherever it is. */
static inline const char *unit_id(const char *name)
{
	for (struct world_unit *u = sandbox_world(f.s)->org->units; u; u = u->next)
		if (!u->deleted && str_eqz(u->name, name))
			return arena_dupz(f.a, u->id);
	fail_msg("no unit '%s'", name);
	return NULL;
}

#define ALLOW_ALL                                                                 \
	"{\\\"Version\\\":\\\"2012-10-17\\\",\\\"Statement\\\":[{\\\"Effect\\\":" \
	"\\\"Allow\\\",\\\"Action\\\":\\\"*\\\",\\\"Resource\\\":\\\"*\\\"}]}"

/* A new service control policy's id. */
static inline const char *new_scp(const char *name)
{
	ok("CreatePolicy", J("{\"Name\":\"%s\",\"Description\":\"d\",\"Type\":"
			     "\"SERVICE_CONTROL_POLICY\",\"Content\":\"" ALLOW_ALL "\"}",
			     name));
	return arena_dupz(f.a, val_str(at("Policy", "PolicySummary", "Id")));
}

#endif
