#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/clock.h"
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

static struct server_response ask(const char *method, const char *path, const char *query,
				  const char *body)
{
	struct server_request req = {.method = str_of(method),
				     .path = str_of(path),
				     .query = str_of(query),
				     .body = str_of(body),
				     .peer = STR("127.0.0.1"),
				     .arena = f.a};
	struct server_response resp = {0};

	sandbox_handle(&req, &resp, f.s);
	return resp;
}

static struct val *json(const struct server_response *resp)
{
	struct err err = {0};
	struct val *v;

	if (!json_read(resp->body, 0, f.a, &v, &err))
		fail_msg("%s: %.*s", err.message, STR_ARG(resp->body));
	return v;
}

static void test_health(void **state)
{
	struct server_response resp = ask("GET", "/_sandbox/health", NULL, "");

	(void)state;
	assert_int_equal(resp.status, 200);
	assert_true(str_eqz(val_get_str(json(&resp), "status"), "ok"));
	assert_int_equal(val_i64(val_get(json(&resp), "accounts"), 0), 4);
	assert_int_equal(ask("POST", "/_sandbox/health", NULL, "").status, 405);
	assert_int_equal(ask("GET", "/_sandbox/nothing", NULL, "").status, 404);
}

static void test_only_from_this_machine(void **state)
{
	static const struct {
		const char *peer;
		int status;
	} peers[] = {{"127.0.0.1", 200},
		     {"127.9.9.9", 200},
		     {"::1", 200},
		     {"10.0.0.1", 403},
		     {"::ffff:127.0.0.1", 200},
		     {"::ffff:10.0.0.1", 403},
		     {"2001:db8::1", 403},
		     {"", 403}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(peers); i++) {
		struct server_request req = {.method = STR("GET"),
					     .path = STR("/_sandbox/health"),
					     .peer = str_of(peers[i].peer),
					     .arena = f.a};
		struct server_response resp = {0};
		sandbox_handle(&req, &resp, f.s);
		assert_int_equal(resp.status, peers[i].status);
	}
}

static int64_t clock_now(void)
{
	struct server_response resp = ask("GET", "/_sandbox/clock", NULL, "");
	int64_t ms;

	assert_true(time_parse_iso(val_get_str(json(&resp), "now"), &ms));
	return ms;
}

static void test_the_clock_goes_forward(void **state)
{
	int64_t before = clock_now();

	(void)state;
	assert_in_range(before - FX_NOW_MS, 0, 60000);
	assert_int_equal(ask("POST", "/_sandbox/clock", NULL, "{\"advance\":\"2h\"}").status, 200);
	assert_in_range(clock_now() - before, 7200000, 7260000);
	assert_int_equal(
		ask("POST", "/_sandbox/clock", NULL, "{\"now\":\"2027-01-01T00:00:00Z\"}").status,
		200);
	assert_in_range(clock_now() - INT64_C(1798761600000), 0, 60000);
	static const char *const bad[] = {
		"{\"now\":\"2026-01-01T00:00:00Z\"}",
		"{\"advance\":\"soon\"}",
		"{\"now\":\"tomorrow\"}",
		"{}",
		"",
		"[1",
	};
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(ask("POST", "/_sandbox/clock", NULL, bad[i]).status, 400);
}

static void test_calls_are_counted(void **state)
{
	const struct fx_http r = {.creds = fx_creds_of(&f, f.admin),
				  .service = "sts",
				  .op = "GetCallerIdentity",
				  .json = "{}"};

	(void)state;
	for (int i = 0; i < 3; i++)
		fx_send(&f, &r);
	struct server_response resp = ask("GET", "/_sandbox/calls", NULL, "");
	struct val *v = json(&resp), *row = val_at(val_get(v, "calls"), 0);
	assert_int_equal(val_i64(val_get(v, "total"), 0), 3);
	assert_true(str_eqz(val_get_str(row, "service"), "sts"));
	assert_true(str_eqz(val_get_str(row, "operation"), "GetCallerIdentity"));
	assert_true(str_eqz(val_get_str(row, "code"), "OK"));
	assert_int_equal(val_i64(val_get(row, "count"), 0), 3);
	assert_int_equal(ask("POST", "/_sandbox/calls/reset", NULL, "").status, 200);
	resp = ask("GET", "/_sandbox/calls", NULL, "");
	assert_int_equal(val_i64(val_get(json(&resp), "total"), -1), 0);
}

static void test_events_since(void **state)
{
	(void)state;
	assert_true(fx_call(&f, f.admin, "sts", "GetCallerIdentity", "{}"));
	struct server_response resp = ask("GET", "/_sandbox/events", "since=0", "");
	assert_int_equal(resp.status, 200);
	assert_true(str_endsz(resp.body, "}\n"));
	assert_true(str_eqz(resp.headers[0].value, "1"));
	assert_int_equal(ask("GET", "/_sandbox/events", "since=1", "").body.n, 0);
	assert_int_equal(ask("GET", "/_sandbox/events", "since=x", "").status, 400);
	assert_int_equal(ask("GET", "/_sandbox/events", "until=1", "").status, 400);
}

/* What a client may see of the state has no key in it. */
static void test_the_state_without_secrets(void **state)
{
	struct server_response resp = ask("GET", "/_sandbox/state", NULL, "");
	struct fx_creds creds = fx_creds_of(&f, f.admin);

	(void)state;
	assert_int_equal(resp.status, 200);
	assert_int_equal(val_count(val_get(json(&resp), "accounts")), 4);
	assert_true(str_find(resp.body, creds.key) >= 0);
	assert_true(str_find(resp.body, creds.secret) < 0);
	assert_true(str_find(fx_dump(&f), creds.secret) >= 0);
}

static void test_connections(void **state)
{
	(void)state;
	assert_int_equal(ask("GET", "/_sandbox/connections", NULL, "").status, 404);
}

#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_health),
		T(test_only_from_this_machine),
		T(test_the_clock_goes_forward),
		T(test_calls_are_counted),
		T(test_events_since),
		T(test_the_state_without_secrets),
		T(test_connections),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
