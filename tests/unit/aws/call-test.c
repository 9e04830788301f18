#include "call-test.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"

extern char **environ;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void keep(char *to, size_t n, struct str s)
{
	snprintf(to, n, "%.*s", STR_ARG(s));
}

static void note(struct fake *f, const struct server_request *req)
{
	struct seen *s = &f->seen[f->count < SEEN_MAX ? f->count : SEEN_MAX - 1];

	keep(s->method, sizeof(s->method), req->method);
	keep(s->path, sizeof(s->path), req->path);
	keep(s->query, sizeof(s->query), req->query);
	keep(s->body, sizeof(s->body), req->body);
	keep(s->authorization, sizeof(s->authorization), server_header(req, "authorization"));
	keep(s->token, sizeof(s->token), server_header(req, "x-amz-security-token"));
	keep(s->date, sizeof(s->date), server_header(req, "x-amz-date"));
	keep(s->host, sizeof(s->host), server_header(req, "host"));
	keep(s->agent, sizeof(s->agent), server_header(req, "user-agent"));
	f->count++;
}

static void play(const struct server_request *req, struct server_response *resp, void *ctx)
{
	struct fake *f = ctx;
	const struct step *s;

	pthread_mutex_lock(&lock);
	s = &f->steps[f->count < f->n ? f->count : f->n - 1];
	note(f, req);
	pthread_mutex_unlock(&lock);
	if (s->handle) {
		s->handle(req, resp, f->ctx);
		return;
	}
	resp->status = s->status ? s->status : 200;
	resp->reset = s->reset;
	resp->truncate_at = s->truncate_at;
	resp->body = arena_str(req->arena, str_of(s->body ? s->body : ""));
	if (s->repeat_body > 0) {
		char *p = arena_alloc(req->arena, s->repeat_body);

		memset(p, 'x', s->repeat_body);
		resp->body = str_ofn(p, s->repeat_body);
	}

	const char *type = s->type;
	char date[TIME_ISO_SIZE];

	server_add_header(resp, "Date",
			  arena_strz(req->arena, time_http(clock_now_ms(f->clock), date)));

	if (!type)
		type = s->body && s->body[0] == '{' ? "application/x-amz-json-1.1" : "text/xml";
	server_add_header(resp, "Content-Type", str_of(type));
	if (s->header)
		server_add_header(resp, s->header, str_of(s->value));
}

void fake_environment(void)
{
	char names[256][64];
	size_t n = 0;

	for (char **e = environ; *e && n < ARRAY_SIZE(names); e++)
		if (strncmp(*e, "AWS_", 4) == 0 || strcasestr(*e, "_proxy="))
			snprintf(names[n++], sizeof(names[0]), "%.*s", (int)strcspn(*e, "="), *e);
	for (size_t i = 0; i < n; i++)
		unsetenv(names[i]);
	setenv("AWS_CONFIG_FILE", "/nonexistent/config", 1);
	setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent/credentials", 1);
	setenv("AWS_ACCESS_KEY_ID", FAKE_KEY, 1);
	setenv("AWS_SECRET_ACCESS_KEY", FAKE_SECRET, 1);
}

void fake_start(struct fake *f, const struct step *steps, size_t n)
{
	struct server_options opt = {
		.listen = "127.0.0.1:0", .threads = 1, .handle = play, .ctx = f};
	struct err err = {0};

	fake_environment();
	*f = (struct fake){.steps = steps, .n = n};
	f->server = server_start(&opt, &err);
	if (!f->server)
		fail_msg("%s", err.message);
	snprintf(f->url, sizeof(f->url), "http://%s", server_address(f->server));
	f->a = arena_new();
}

void fake_connect(struct fake *f, struct aws_settings settings)
{
	settings.endpoint_url = f->url;
	f->clock = settings.clock;
	f->aws = aws_new(&settings, &f->err);
	if (!f->aws)
		fail_msg("%s", f->err.message);
	f->worker = aws_worker_new(f->aws);
	f->me = aws_default_identity(f->aws);
}

void fake_stop(struct fake *f)
{
	aws_worker_free(&f->worker);
	aws_free(&f->aws);
	server_stop(&f->server);
	arena_free(&f->a);
}

bool fake_call(struct fake *f, const char *service, const char *op, const struct val *in)
{
	f->err = (struct err){0};
	f->info = (struct aws_call_info){0};
	return aws_call_ex(f->worker, f->me, api_op_of(service, op), in, f->a, &f->out, &f->info,
			   &f->err);
}
