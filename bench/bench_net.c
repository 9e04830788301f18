/*
 * The net floor alone, for bench/net.sh.
 *
 *	bench_net serve ADDR:PORT THREADS DELAY_MS	until its input ends
 *	bench_net ask URL CALLS WORKERS			prints what that took
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/pool.h"
#include "net/http.h"
#include "net/server.h"

static char answer[300];
static int64_t delay_ms;

static void handle(const struct server_request *req, struct server_response *resp, void *ctx)
{
	(void)req;
	(void)ctx;
	resp->status = 200;
	resp->body = str_ofn(answer, sizeof(answer));
	resp->delay_ms = delay_ms;
	server_add_header(resp, "Content-Type", STR("text/xml"));
	server_add_header(resp, "x-amzn-RequestId", STR("6a7b1f0e-1c7d-4f7e-9a55-2f3f6ad9a3b1"));
}

static int64_t number(const char *text)
{
	int64_t n;

	if (!str_to_i64(str_of(text), &n) || n < 0)
		BUG("'%s' is not a number", text);
	return n;
}

static int serve(char **arg)
{
	struct server_options opt = {
		.listen = arg[0],
		.threads = (unsigned)number(arg[1]),
		.handle = handle,
	};
	struct err err = {0};
	char c;

	delay_ms = number(arg[2]);
	memset(answer, 'x', sizeof(answer));
	struct server *s = server_start(&opt, &err);
	if (!s) {
		fprintf(stderr, "bench_net: %s\n", err.message);
		return 2;
	}
	printf("%s\n", server_address(s));
	fflush(stdout);
	while (read(STDIN_FILENO, &c, 1) > 0)
		continue;
	server_stop(&s);
	return 0;
}

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

static void call(void *item, void *worker)
{
	const char *url = *(const char **)item;
	struct http_request req = {
		.method = STR("POST"),
		.url = str_of(url),
		.body = STR("Action=GetAccountSummary&Version=2010-05-08"),
	};
	struct http_response resp;
	struct err err = {0};
	struct arena *a = arena_new();

	if (!http_send(worker, &req, a, &resp, &err) || resp.status != 200)
		BUG("%s", err.message);
	arena_free(&a);
}

static int ask(char **arg)
{
	size_t calls = (size_t)number(arg[1]);
	struct http_options opt = {.user_agent = "rootout/bench"};
	struct err err = {0};
	struct rusage used;
	const char **urls = xcalloc(calls, sizeof(*urls));
	struct http_client *client = http_client_new(&opt, &err);

	if (!client)
		BUG("%s", err.message);
	for (size_t i = 0; i < calls; i++)
		urls[i] = arg[0];
	int64_t begin = clock_mono_us();
	struct pool *p = pool_new((unsigned)number(arg[2]), new_conn, free_conn, client);
	pool_map(p, call, urls, calls, sizeof(*urls));
	int64_t wall = clock_mono_us() - begin;
	pool_free(&p);
	getrusage(RUSAGE_SELF, &used);
	double cpu = (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
		     (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
	printf("%zu calls, %s workers: %.2f s, %.3f s CPU, %ld MB, %zu connections\n", calls,
	       arg[2], (double)wall / 1e6, cpu, used.ru_maxrss / 1024,
	       http_client_connections(client));
	http_client_free(&client);
	free(urls);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 5 && strcmp(argv[1], "serve") == 0)
		return serve(argv + 2);
	if (argc == 5 && strcmp(argv[1], "ask") == 0)
		return ask(argv + 2);
	fprintf(stderr,
		"usage: bench_net serve ADDR:PORT THREADS DELAY_MS | ask URL CALLS WORKERS\n");
	return 2;
}
