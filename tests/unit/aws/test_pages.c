/* Listings: empty pages that go on, tokens that come again, and who stops. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "call-test.h"

struct rows {
	char text[4096];
	size_t n, stop_at;
};

static bool row(const struct val *v, void *ctx)
{
	struct rows *r = ctx;
	struct str id = val_get_str(v, "Id");

	if (str_is_null(id))
		id = val_get_str(v, "AccessKeyId");
	snprintf(r->text + strlen(r->text), sizeof(r->text) - strlen(r->text), "%.*s ",
		 STR_ARG(id));
	r->n++;
	return r->n != r->stop_at;
}

static bool list(struct fake *f, const char *service, const char *op, const struct val *in,
		 struct rows *r)
{
	f->err = (struct err){0};
	return aws_pages(f->worker, f->me, service, op, in, row, r, &f->err);
}

static void start(struct fake *f, const struct step *steps, size_t n)
{
	fake_start(f, steps, n);
	fake_connect(f, (struct aws_settings){.max_attempts = 3});
}

static void test_empty_pages(void **state)
{
	static const struct step steps[] = {
		{.body = "{\"Accounts\":[],\"NextToken\":\"t1\"}"},
		{.body = "{\"Accounts\":[{\"Id\":\"1\"},{\"Id\":\"2\"}],\"NextToken\":\"t2\"}"},
		{.body = "{\"NextToken\":\"t3\"}"},
		{.body = "{\"Accounts\":[],\"NextToken\":\"t4\"}"},
		{.body = "{\"Accounts\":[{\"Id\":\"3\"}]}"},
		{.body = "{\"Accounts\":[{\"Id\":\"too far\"}]}"},
	};
	struct rows r = {0};
	struct fake f;
	struct val *in;

	(void)state;
	start(&f, steps, ARRAY_SIZE(steps));
	in = val_object(f.a);
	val_set_int(f.a, in, "MaxResults", 20);
	assert_true(list(&f, "organizations", "ListAccounts", in, &r));
	assert_string_equal(r.text, "1 2 3 ");
	assert_int_equal(f.count, 5);
	assert_string_equal(f.seen[0].body, "{\"MaxResults\":20}");
	assert_string_equal(f.seen[1].body, "{\"MaxResults\":20,\"NextToken\":\"t1\"}");
	assert_string_equal(f.seen[4].body, "{\"MaxResults\":20,\"NextToken\":\"t4\"}");
	/* The caller's input is not changed. */
	assert_int_equal(val_count(in), 1);
	fake_stop(&f);
}

static void test_truncated(void **state)
{
#define KEYS(more)                                                                               \
	"<ListAccessKeysResponse><ListAccessKeysResult><AccessKeyMetadata><member><AccessKeyId>" \
	"AKIA1</AccessKeyId></member></AccessKeyMetadata>" more                                  \
	"</ListAccessKeysResult></ListAccessKeysResponse>"
	static const struct step steps[] = {
		{.body = KEYS("<IsTruncated>true</IsTruncated><Marker>m1</Marker>")},
		/* A marker without IsTruncated is no further page. */
		{.body = KEYS("<IsTruncated>false</IsTruncated><Marker>m2</Marker>")},
	};
	static const struct step lost[] = {{.body = KEYS("<IsTruncated>true</IsTruncated>")}};
	struct rows r = {0};
	struct fake f;

	(void)state;
	start(&f, steps, ARRAY_SIZE(steps));
	assert_true(list(&f, "iam", "ListAccessKeys", NULL, &r));
	assert_int_equal(r.n, 2);
	assert_int_equal(f.count, 2);
	assert_non_null(strstr(f.seen[1].body, "Marker=m1"));
	fake_stop(&f);

	start(&f, lost, ARRAY_SIZE(lost));
	assert_false(list(&f, "iam", "ListAccessKeys", NULL, &r));
	assert_int_equal(f.err.kind, ERR_PROTOCOL);
	assert_string_equal(f.err.message, "iam:ListAccessKeys: the listing goes on, but no token "
					   "says where (page 1)");
	fake_stop(&f);
}

static void test_stop(void **state)
{
	static const struct step steps[] = {
		{.body = "{\"Accounts\":[{\"Id\":\"1\"},{\"Id\":\"2\"}],\"NextToken\":\"t\"}"}};
	struct rows r = {.stop_at = 1};
	struct fake f;

	(void)state;
	start(&f, steps, 1);
	assert_true(list(&f, "organizations", "ListAccounts", NULL, &r));
	assert_string_equal(r.text, "1 ");
	assert_int_equal(f.count, 1);
	fake_stop(&f);
}

static void test_error_on_a_later_page(void **state)
{
	static const struct step steps[] = {
		{.body = "{\"Accounts\":[{\"Id\":\"1\"}],\"NextToken\":\"t\"}"},
		{.status = 400,
		 .body = "{\"__type\":\"AccessDeniedException\",\"Message\":\"no\"}"},
	};
	struct rows r = {0};
	struct fake f;

	(void)state;
	start(&f, steps, 2);
	assert_false(list(&f, "organizations", "ListAccounts", NULL, &r));
	assert_true(err_is_aws(&f.err, "AccessDeniedException"));
	assert_int_equal(r.n, 1);
	fake_stop(&f);
}

/* Tokens 1 … lead, then a circle of `length`. */
struct circle {
	size_t lead, length, page;
};

static void go_round(const struct server_request *req, struct server_response *resp, void *ctx)
{
	struct circle *c = ctx;
	size_t token = c->page < c->lead ? c->page : c->lead + (c->page - c->lead) % c->length;

	c->page++;
	resp->status = 200;
	resp->body =
		arena_printf(req->arena, "{\"Accounts\":[],\"NextToken\":\"token-%zu\"}", token);
	server_add_header(resp, "Content-Type", STR("application/x-amz-json-1.1"));
}

static void test_circles(void **state)
{
	static const struct step steps[] = {{.handle = go_round}};
	static const size_t shapes[][2] = {{0, 1}, {0, 2},  {0, 7},  {5, 1},
					   {5, 3}, {1, 16}, {40, 33}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(shapes); i++) {
		struct circle c = {.lead = shapes[i][0], .length = shapes[i][1]};
		struct rows r = {0};
		struct fake f;

		start(&f, steps, 1);
		f.ctx = &c;
		assert_false(list(&f, "organizations", "ListAccounts", NULL, &r));
		assert_int_equal(f.err.kind, ERR_PROTOCOL);
		assert_non_null(strstr(f.err.message, "the same token came again"));
		/* Found soon. */
		if (c.page > 3 * (c.lead + c.length) + 3)
			fail_msg("%zu pages for a circle of %zu behind %zu", c.page, c.length,
				 c.lead);
		fake_stop(&f);
	}
}

static void test_long_listing(void **state)
{
	/* 600 different tokens are no circle. */
	static const struct step steps[] = {{.handle = go_round}};
	struct circle c = {.lead = 600, .length = 1};
	struct rows r = {0};
	struct fake f;

	(void)state;
	start(&f, steps, 1);
	f.ctx = &c;
	assert_false(list(&f, "organizations", "ListAccounts", NULL, &r));
	assert_true(c.page >= 601);
	fake_stop(&f);
}

static void long_token(const struct server_request *req, struct server_response *resp, void *ctx)
{
	size_t n = *(size_t *)ctx;
	char *p = arena_alloc(req->arena, n + 1);

	memset(p, 'x', n);
	resp->status = 200;
	resp->body = arena_printf(req->arena, "{\"NextToken\":\"%s\"}", p);
	server_add_header(resp, "Content-Type", STR("application/x-amz-json-1.1"));
}

static void test_long_token(void **state)
{
	static const struct step steps[] = {{.handle = long_token}};
	size_t n = KIB(64) + 1;
	struct rows r = {0};
	struct fake f;

	(void)state;
	start(&f, steps, 1);
	f.ctx = &n;
	assert_false(list(&f, "organizations", "ListAccounts", NULL, &r));
	assert_non_null(strstr(f.err.message, "a token that is too long"));
	assert_int_equal(f.count, 1);
	fake_stop(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty_pages), cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_stop),        cmocka_unit_test(test_error_on_a_later_page),
		cmocka_unit_test(test_circles),     cmocka_unit_test(test_long_listing),
		cmocka_unit_test(test_long_token),
	};

	return cmocka_run_group_tests_name("pages", tests, NULL, NULL);
}
