/*
 * Lets a test in another language use both ends of the wire.
 *
 * Reads one JSON object a line, answers one a line. Values are plain JSON but
 * {"$time": MS} and {"$blob": BASE64}; bodies are base64, since they are bytes.
 *
 *	{"do":"put_request","service":"sts","op":"AssumeRoot","input":{…}}
 *	{"do":"get_request","service":…,"method":…,"path":…,"query":…,"headers":{…},"body":…}
 *	{"do":"put_response","service":…,"op":…,"output":{…}}
 *	{"do":"get_response","service":…,"op":…,"status":200,"headers":{…},"body":…}
 *	{"do":"put_fault","service":…,"op":…,"code":…,"message":…,"status":…,"members":{…}}
 *	{"do":"validate","service":…,"op":…,"input":{…}}
 *	{"do":"services"}
 *	{"do":"pattern","pattern":…,"text":…}	any pattern that stands in a table
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/api-private.h"
#include "aws/wire.h"
#include "base/digest.h"
#include "base/limits.h"
#include "text/json.h"

#define REQUEST_ID "11111111-2222-3333-4444-555555555555"

/* ---- plain JSON and back ---- */

static struct val *from_plain(struct arena *a, const struct val *v)
{
	struct val *out;
	struct str bytes;

	if (v->kind == VAL_LIST) {
		out = val_list(a);
		VAL_EACH(child, v)
		(void)val_append(out, from_plain(a, child));
		return out;
	}
	if (v->kind != VAL_OBJECT)
		return val_copy(a, v);
	if (val_get(v, "$time"))
		return val_time(a, val_i64(val_get(v, "$time"), 0));
	if (val_get(v, "$blob"))
		return base64_get(a, val_get_str(v, "$blob"), &bytes) ? val_blob(a, bytes)
								      : val_null(a);
	out = val_object(a);
	VAL_EACH(child, v)
	(void)val_set(out, child->name, from_plain(a, child));
	return out;
}

static struct val *to_plain(struct arena *a, const struct val *v)
{
	struct val *out;

	switch (v->kind) {
	case VAL_LIST:
		out = val_list(a);
		VAL_EACH(child, v)
		(void)val_append(out, to_plain(a, child));
		return out;
	case VAL_OBJECT:
		out = val_object(a);
		VAL_EACH(child, v)
		(void)val_set(out, child->name, to_plain(a, child));
		return out;
	case VAL_TIME:
		out = val_object(a);
		(void)val_set_int(a, out, "$time", v->u.i);
		return out;
	case VAL_BLOB:
		out = val_object(a);
		(void)val_set_str(a, out, "$blob", base64_put(a, v->u.s));
		return out;
	default:
		return val_copy(a, v);
	}
}

static struct str text_of(const struct val *v, const char *name)
{
	struct str s = val_get_str(v, name);
	return str_is_null(s) ? STR("") : s;
}

static struct str bytes_of(struct arena *a, const struct val *v, const char *name)
{
	struct str bytes;
	return base64_get(a, text_of(v, name), &bytes) ? bytes : STR("");
}

static size_t headers_of(struct arena *a, const struct val *v, struct http_header **out)
{
	const struct val *all = val_get(v, "headers");
	size_t n = 0;

	*out = arena_calloc(a, val_count(all) + 1, sizeof(**out));
	VAL_EACH(h, all)
	(*out)[n++] = (struct http_header){h->name, val_str(h)};
	return n;
}

static void put_headers(struct arena *a, struct val *out, const struct http_header *h, size_t n)
{
	struct val *all = val_setz(out, "headers", val_object(a));

	for (size_t i = 0; i < n; i++)
		(void)val_set(all, h[i].name, val_string(a, h[i].value));
}

/* ---- what can be asked ---- */

struct ask {
	struct arena *a;
	const struct val *q;
	const struct api_service *service;
	const struct api_op *op;
	struct val *out;
};

static struct val *value_of(struct ask *k, const char *name)
{
	const struct val *v = val_get(k->q, name);
	return v ? from_plain(k->a, v) : val_object(k->a);
}

static void put_err(struct ask *k, const struct err *err)
{
	(void)val_set_bool(k->a, k->out, "ok", false);
	(void)val_set_z(k->a, k->out, "kind", err_kind_name(err->kind));
	(void)val_set_str(k->a, k->out, "message", arena_strz(k->a, err->message));
	(void)val_set_str(k->a, k->out, "code", arena_strz(k->a, err->aws_code));
	(void)val_set_str(k->a, k->out, "request_id", arena_strz(k->a, err->request_id));
	(void)val_set_int(k->a, k->out, "status", err->http_status);
}

static void ask_put_request(struct ask *k)
{
	struct wire_request r;
	struct err err = {0};

	if (!wire_put_request(k->op, value_of(k, "input"), k->a, &r, &err)) {
		put_err(k, &err);
		return;
	}
	(void)val_set_bool(k->a, k->out, "ok", true);
	(void)val_set_str(k->a, k->out, "method", r.method);
	(void)val_set_str(k->a, k->out, "path", r.path);
	(void)val_set_str(k->a, k->out, "query", r.query);
	(void)val_set_str(k->a, k->out, "body", base64_put(k->a, r.body));
	put_headers(k->a, k->out, r.headers, r.nheaders);
}

static void ask_get_request(struct ask *k)
{
	struct http_header *h;
	size_t n = headers_of(k->a, k->q, &h);
	const struct api_op *op;
	struct val *in;
	struct api_fault fault;

	bool ok = wire_get_request(k->service, text_of(k->q, "method"), text_of(k->q, "path"),
				   text_of(k->q, "query"), h, n, bytes_of(k->a, k->q, "body"), k->a,
				   &op, &in, &fault);
	(void)val_set_bool(k->a, k->out, "ok", ok);
	if (op)
		(void)val_set_str(k->a, k->out, "op", op->name);
	if (ok) {
		(void)val_setz(k->out, "input", to_plain(k->a, in));
		return;
	}
	(void)val_set_int(k->a, k->out, "status", fault.status);
	(void)val_set_str(k->a, k->out, "code", fault.code);
	(void)val_set_str(k->a, k->out, "message", fault.message);
}

static void put_answer(struct ask *k, const struct wire_response *r)
{
	(void)val_set_int(k->a, k->out, "status", r->status);
	(void)val_set_str(k->a, k->out, "body", base64_put(k->a, r->body));
	put_headers(k->a, k->out, r->headers, r->nheaders);
}

static void ask_put_response(struct ask *k)
{
	struct wire_response r;

	wire_put_response(k->op, value_of(k, "output"), STR(REQUEST_ID), k->a, &r);
	put_answer(k, &r);
}

static void ask_put_fault(struct ask *k)
{
	struct wire_response r;
	struct api_fault fault = {
		.status = (int)val_i64(val_get(k->q, "status"), 0),
		.code = text_of(k->q, "code"),
		.message = val_get_str(k->q, "message"),
		.members = value_of(k, "members"),
	};

	wire_put_fault(k->service, k->op, &fault, STR(REQUEST_ID), k->a, &r);
	put_answer(k, &r);
}

static void ask_get_response(struct ask *k)
{
	struct http_response r = {
		.status = (int)val_i64(val_get(k->q, "status"), 0),
		.body = bytes_of(k->a, k->q, "body"),
	};
	struct err err = {0};
	struct val *out;

	r.nheaders = headers_of(k->a, k->q, &r.headers);
	if (!wire_get_response(k->op, &r, k->a, &out, &err)) {
		put_err(k, &err);
		return;
	}
	(void)val_set_bool(k->a, k->out, "ok", true);
	(void)val_setz(k->out, "output", to_plain(k->a, out));
}

static void ask_validate(struct ask *k)
{
	struct violation v[64];
	size_t n = api_validate(k->op, value_of(k, "input"), k->a, v, ARRAY_SIZE(v));
	struct val *paths = val_setz(k->out, "paths", val_list(k->a));

	for (size_t i = 0; i < n; i++)
		(void)val_append(paths, val_string(k->a, v[i].path));
	(void)val_set_str(k->a, k->out, "text", api_violations_text(v, n, k->a));
}

/* Shapes lead to shapes in circles: a list of those seen. */
static const struct api_pattern *find_pattern(const struct api_shape *s, struct str pattern,
					      unsigned depth)
{
	if (s->pattern && str_eqz(pattern, s->pattern))
		return s->program;
	for (size_t i = 0; i < s->nmembers && depth < 6; i++) {
		const struct api_pattern *p = find_pattern(s->members[i].shape, pattern, depth + 1);
		if (p)
			return p;
	}
	return NULL;
}

static void ask_pattern(struct ask *k)
{
	struct str pattern = text_of(k->q, "pattern");
	const struct api_pattern *p = NULL;
	const struct api_service *s;

	for (size_t i = 0; !p && (s = api_service_at(i)); i++) {
		for (size_t j = 0; !p && j < s->nops; j++) {
			if (s->ops[j].input)
				p = find_pattern(s->ops[j].input, pattern, 0);
			if (!p && s->ops[j].output)
				p = find_pattern(s->ops[j].output, pattern, 0);
		}
	}
	if (!p)
		(void)val_set_z(k->a, k->out, "error", "no such pattern in the tables");
	else
		(void)val_set_bool(k->a, k->out, "match",
				   api_pattern_match(p, text_of(k->q, "text")));
}

static void ask_services(struct ask *k)
{
	struct val *all = val_setz(k->out, "services", val_list(k->a));
	const struct api_service *s;

	for (size_t i = 0; (s = api_service_at(i)); i++)
		(void)val_append(all, val_string(k->a, s->id));
}

static bool answer(struct ask *k)
{
	static const struct {
		const char *name;
		void (*fn)(struct ask *);
		bool service, op;
	} all[] = {
		{"put_request", ask_put_request, true, true},
		{"get_request", ask_get_request, true, false},
		{"put_response", ask_put_response, true, true},
		{"get_response", ask_get_response, true, true},
		{"put_fault", ask_put_fault, true, false},
		{"validate", ask_validate, true, true},
		{"services", ask_services, false, false},
		{"pattern", ask_pattern, false, false},
	};
	struct str what = text_of(k->q, "do");

	k->service = api_service(text_of(k->q, "service"));
	k->op = k->service ? api_op(k->service, text_of(k->q, "op")) : NULL;
	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		if (!str_eqz(what, all[i].name))
			continue;
		if ((all[i].service && !k->service) || (all[i].op && !k->op))
			return false;
		all[i].fn(k);
		return true;
	}
	return false;
}

int main(void)
{
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;
	struct arena *a = arena_new();
	int status = 0;

	while ((n = getline(&line, &cap, stdin)) > 0) {
		struct ask k = {.a = a};
		struct val *q;
		struct err err = {0};
		if (!json_read(str_ofn(line, (size_t)n), 0, a, &q, &err)) {
			fprintf(stderr, "wire-probe: %s\n", err.message);
			status = 2;
			break;
		}
		k.q = q;
		k.out = val_object(a);
		if (!answer(&k))
			(void)val_set_z(a, k.out, "error", "cannot be asked");
		struct str text = json_text(a, k.out);
		fwrite(text.p, 1, text.n, stdout);
		fputc('\n', stdout);
		fflush(stdout);
		arena_reset(a);
	}
	free(line);
	arena_free(&a);
	return status;
}
