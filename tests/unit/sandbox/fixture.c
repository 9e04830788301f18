#include "fixture.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/limits.h"
#include "sandbox/sandbox-private.h"

const char *fx_org_dir(void)
{
	static char path[4096];
	const char *tests = getenv("ROOTOUT_TESTS");

	assert_non_null(tests);
	snprintf(path, sizeof(path), "%s/unit/sandbox/org", tests);
	return path;
}

void fx_open(struct fx *f, const struct sandbox_options *opt)
{
	struct sandbox_options o = {.seeded = true, .seed = 1, .now_ms = FX_NOW_MS};
	struct err err = {0};
	char text[1400];

	*f = (struct fx){.a = arena_new()};
	if (opt)
		o = *opt;
	o.org_dir = fx_org_dir();
	f->s = sandbox_open(&o, &err);
	if (!f->s)
		fail_msg("%s", err_text(&err, text, sizeof(text)));
	/* Copies: a reset throws the world away that they stand in. */
	f->admin = arena_str(f->a, sandbox_admin_key(f->s, STR("111111111111")));
	f->security = arena_str(f->a, sandbox_admin_key(f->s, STR("222222222222")));
	f->production = arena_str(f->a, sandbox_admin_key(f->s, STR("333333333333")));
	f->closed = arena_str(f->a, sandbox_admin_key(f->s, STR("444444444444")));
}

void fx_close(struct fx *f)
{
	sandbox_close(&f->s);
	arena_free(&f->a);
}

/* ---- calls without HTTP ---- */

static struct val *read_json(struct fx *f, const char *json)
{
	struct err err = {0};
	struct val *v;

	if (!json_read(str_of(json), 0, f->a, &v, &err))
		fail_msg("%s: %s", json, err.message);
	return v;
}

bool fx_call(struct fx *f, struct str key, const char *service, const char *op, const char *json)
{
	f->out = NULL;
	f->fault = (struct api_fault){0};
	return sandbox_call(f->s, key, service, op, read_json(f, json), f->a, &f->out, &f->fault);
}

struct str fx_get(const struct fx *f, const char *name)
{
	return val_get_str(f->out, name);
}

const char *fx_fault(struct fx *f)
{
	return arena_printf(f->a, "%.*s: %.*s", STR_ARG(f->fault.code), STR_ARG(f->fault.message))
		.p;
}

struct str fx_dump(struct fx *f)
{
	struct buf b = BUF_INIT(LIMIT_OUTPUT);

	world_dump(sandbox_world(f->s), true, &b);
	struct str s = arena_str(f->a, buf_str(&b));
	buf_release(&b);
	return s;
}

struct fx_creds fx_session(const struct fx *f)
{
	const struct val *c = val_get(f->out, "Credentials");

	assert_non_null(c);
	return (struct fx_creds){val_get_str(c, "AccessKeyId"), val_get_str(c, "SecretAccessKey"),
				 val_get_str(c, "SessionToken")};
}

struct fx_creds fx_creds_of(struct fx *f, struct str key)
{
	const struct world_credential *c = map_get(&sandbox_world(f->s)->credentials, key);

	assert_non_null(c);
	if (c->session)
		return (struct fx_creds){key, c->session->secret, c->session->token};
	return (struct fx_creds){key, c->key->secret, STR_NULL};
}

void fx_enable(struct fx *f)
{
	assert_true(fx_call(f, f->admin, "organizations", "EnableAWSServiceAccess",
			    "{\"ServicePrincipal\":\"iam.amazonaws.com\"}"));
	assert_true(
		fx_call(f, f->admin, "iam", "EnableOrganizationsRootCredentialsManagement", "{}"));
	assert_true(fx_call(f, f->admin, "iam", "EnableOrganizationsRootSessions", "{}"));
}

bool fx_assume_root(struct fx *f, struct str key, const char *account, const char *task)
{
	struct str json = arena_printf(f->a,
				       "{\"TargetPrincipal\":\"%s\",\"TaskPolicyArn\":"
				       "{\"arn\":\"arn:aws:iam::aws:policy/root-task/%s\"}}",
				       account, task);

	return fx_call(f, key, "sts", "AssumeRoot", json.p);
}

/* ---- calls as a client makes them ---- */

static void sign(struct fx *f, const struct fx_http *r, struct server_request *req)
{
	struct secret secret = {0}, token = {0};
	struct sign_creds creds = {.access_key_id = r->creds.key, .secret_key = &secret};
	struct sign_request s = {
		.method = req->method,
		.path = req->path,
		.query = req->query,
		.headers = req->headers,
		.nheaders = req->nheaders,
		.body = req->body,
		.region = STR("us-east-1"),
		.service = str_of(r->sign_service ? r->sign_service : r->service),
		.now_ms = clock_now_ms(NULL) + r->skew_ms,
	};
	struct http_header added[4];
	size_t n = 0;

	secret_set(&secret, r->creds.secret);
	if (!str_is_null(r->creds.token)) {
		secret_set(&token, r->creds.token);
		creds.session_token = &token;
	}
	sign_add(&s, &creds, f->a, added, &n);
	for (size_t i = 0; i < n; i++) {
		char *name = arena_dupz(f->a, added[i].name);
		for (char *c = name; *c; c++)
			if (*c >= 'A' && *c <= 'Z')
				*c = (char)(*c | 0x20);
		req->headers[req->nheaders++] = (struct http_header){str_of(name), added[i].value};
	}
	secret_release(&secret);
	secret_release(&token);
}

static struct str lower(struct arena *a, struct str s)
{
	char *p = arena_dupz(a, s);

	for (char *c = p; *c; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c | 0x20);
	return str_of(p);
}

struct server_response fx_send(struct fx *f, const struct fx_http *r)
{
	struct wire_request w;
	struct err err = {0};
	struct server_response resp = {0};
	struct http_header *headers = arena_calloc(f->a, 32, sizeof(*headers));
	struct server_request req = {.headers = headers, .peer = STR("127.0.0.1"), .arena = f->a};

	if (!wire_put_request(api_op_of(r->service, r->op), read_json(f, r->json), f->a, &w, &err))
		fail_msg("%s", err.message);
	req.method = w.method;
	req.path = w.path;
	req.query = w.query;
	req.body = w.body;
	headers[req.nheaders++] =
		(struct http_header){STR("host"), str_of(r->host ? r->host : "127.0.0.1:4577")};
	for (size_t i = 0; i < w.nheaders; i++)
		headers[req.nheaders++] =
			(struct http_header){lower(f->a, w.headers[i].name), w.headers[i].value};
	if (!r->unsigned_)
		sign(f, r, &req);
	if (r->tamper)
		req.body = arena_printf(f->a, "%.*s&X=1", STR_ARG(req.body));
	sandbox_handle(&req, &resp, f->s);
	return resp;
}

static struct str between(struct str s, const char *open, const char *close)
{
	ptrdiff_t at = str_find(s, str_of(open));

	if (at < 0)
		return STR_NULL;
	s = str_from(s, (size_t)at + str_of(open).n);
	ptrdiff_t end = str_find(s, str_of(close));
	return end < 0 ? STR_NULL : str_sub(s, 0, (size_t)end);
}

struct str fx_error_code(const struct server_response *resp)
{
	struct str code = between(resp->body, "<Code>", "</Code>");

	return str_is_null(code) ? between(resp->body, "\"__type\":\"", "\"") : code;
}

/* ---- folders ---- */

char *fx_tempdir(void)
{
	const char *tmp = getenv("TMPDIR");
	char path[4096];

	snprintf(path, sizeof(path), "%s/rootout-test-XXXXXX", tmp && *tmp ? tmp : "/tmp");
	assert_non_null(mkdtemp(path));
	return xstrdup(path);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void fx_rmdir(char *dir)
{
	assert_int_equal(nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
	free(dir);
}
