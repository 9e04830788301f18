/* Client against server: 64 workers, kept connections, faults in between. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "base/pool.h"
#include "net/http.h"
#include "net/server.h"

enum { WORKERS = 64, JOBS = 2000 };

static atomic_uint seen[JOBS];

/* /N: answers with N and the body that came; every 10th is reset, every 10th + 1 cut off. */
static void handle(const struct server_request *req, struct server_response *resp, void *ctx)
{
	const bool *faults = ctx;
	uint64_t n;

	if (!str_to_u64(str_from(req->path, 1), &n) || n >= JOBS)
		BUG("test: bad path");
	atomic_fetch_add(&seen[n], 1);
	resp->status = 200;
	resp->delay_ms = (int64_t)(n % 7);
	resp->body =
		arena_printf(req->arena, "%llu:%.*s", (unsigned long long)n, STR_ARG(req->body));
	server_add_header(resp, "X-Echo", server_header(req, "x-job"));
	if (*faults && n % 10 == 0)
		resp->reset = true;
	if (*faults && n % 10 == 1)
		resp->truncate_at = 1;
}

struct job {
	const char *address;
	unsigned n;
	bool ok;
	bool right; /* the answer was ours */
	struct err err;
};

static void *new_conn(void *ctx)
{
	return http_conn_new(ctx);
}

static void free_conn(void *worker, void *ctx)
{
	struct http_conn *conn = worker;

	(void)ctx;
	http_conn_free(&conn);
}

static void run(void *item, void *worker)
{
	struct job *j = item;
	struct arena *a = arena_new();
	struct http_header header = {STR("X-Job"), arena_printf(a, "job-%u", j->n)};
	struct http_request req = {
		.method = STR("POST"),
		.url = arena_printf(a, "http://%s/%u", j->address, j->n),
		.headers = &header,
		.nheaders = 1,
		.body = arena_printf(a, "body of %u", j->n),
	};
	struct http_response resp;

	j->ok = http_send(worker, &req, a, &resp, &j->err);
	if (j->ok) {
		struct str want = arena_printf(a, "%u:body of %u", j->n, j->n);

		j->right = resp.status == 200 && str_eq(resp.body, want) &&
			   str_eq(http_response_header(&resp, "x-echo"), header.value);
	}
	arena_free(&a);
}

static size_t run_all(struct job *jobs, bool faults)
{
	struct http_options http = {0};
	struct err err = {0};
	struct server_options opt = {
		.listen = "127.0.0.1:0",
		.threads = 2,
		.handle = handle,
		.ctx = &faults,
	};
	struct server *s = server_start(&opt, &err);
	struct http_client *c = http_client_new(&http, &err);

	assert_non_null(s);
	assert_non_null(c);
	struct pool *p = pool_new(WORKERS, new_conn, free_conn, c);
	for (unsigned i = 0; i < JOBS; i++) {
		jobs[i] = (struct job){.address = server_address(s), .n = i};
		atomic_store(&seen[i], 0);
	}
	pool_map(p, run, jobs, JOBS, sizeof(*jobs));
	pool_free(&p);
	size_t connections = http_client_connections(c);
	http_client_free(&c);
	server_stop(&s);
	return connections;
}

static void every_answer_is_its_own(void **state)
{
	struct job *jobs = xcalloc(JOBS, sizeof(*jobs));

	(void)state;
	size_t connections = run_all(jobs, false);
	for (unsigned i = 0; i < JOBS; i++) {
		if (!jobs[i].ok)
			fail_msg("%u: %s", i, jobs[i].err.message);
		assert_true(jobs[i].right);
		assert_int_equal(seen[i], 1);
	}
	assert_in_range(connections, 1, WORKERS);
	free(jobs);
}

/* A fault hits the one who asked for it, says that it may have been done, and nothing is sent twice. */
static void faults_hit_only_their_own(void **state)
{
	struct job *jobs = xcalloc(JOBS, sizeof(*jobs));

	(void)state;
	run_all(jobs, true);
	for (unsigned i = 0; i < JOBS; i++) {
		bool faulty = i % 10 < 2;

		if (jobs[i].ok == faulty)
			fail_msg("%u: %s", i, faulty ? "no error" : jobs[i].err.message);
		assert_int_equal(seen[i], 1);
		if (!faulty) {
			assert_true(jobs[i].right);
			continue;
		}
		assert_int_equal(jobs[i].err.kind, ERR_NET);
		assert_true(jobs[i].err.maybe_done);
		assert_true(jobs[i].err.retryable);
	}
	free(jobs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_answer_is_its_own),
		cmocka_unit_test(faults_hit_only_their_own),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
