/*
 * Whatever the tables allow comes back as it was sent: random inputs and
 * outputs of every operation of every service, through both ends of the wire.
 * The seed is fixed; a failure names service, operation and value.
 */

#include "wire-test.h"

#include "base/rng.h"

enum { ROUNDS = 40, DEEPEST = 7 };

static struct rng R;

struct gen {
	bool xml;      /* characters that XML can't carry are left out */
	bool no_empty; /* an empty map or structure does not travel */
	bool ascii;    /* a header */
	bool whole;    /* whole seconds */
};

static bool chance(unsigned percent)
{
	return rng_below(&R, 100) < percent;
}

static struct str gen_text(const struct gen *g, size_t least)
{
	static const char *const plain[] = {"a", "Z", "0", "9", "-", "_", ".", "/",
					    ":", "=", "+", "@", "x", "q", "B", "7"};
	static const char *const odd[] = {
		"&",   "<",  ">", "\"", "'",  "%",  "%41",  "é",        "名",           "💥",
		"]]>", "\\", "#", "?",  "\t", "\n", "\\u0", "\xc2\x85", "\xe2\x80\xa8", " ",
		","};
	static const char *const raw[] = {"\r", "\x01", "\x1f", "\x7f", "\r\n"};
	struct buf b = BUF_INIT(LIMIT_MESSAGE);
	size_t n = least + rng_below(&R, 12);

	for (size_t i = 0; i < n; i++) {
		if (g->ascii || chance(60))
			(void)buf_addz(&b, plain[rng_below(&R, ARRAY_SIZE(plain))]);
		else if (g->xml || chance(80))
			(void)buf_addz(&b, odd[rng_below(&R, ARRAY_SIZE(odd))]);
		else
			(void)buf_addz(&b, raw[rng_below(&R, ARRAY_SIZE(raw))]);
	}
	struct str s = arena_str(A, buf_str(&b));
	buf_release(&b);
	return s.p ? s : STR("");
}

static struct val *gen_int(const struct api_shape *s)
{
	uint64_t any = rng_u64(&R);

	if (chance(30))
		return val_int(A, (int64_t)(any % 100));
	if (s->type == API_LONG)
		return val_int(A, (int64_t)any);
	return val_int(A, (int32_t)(uint32_t)any);
}

static struct val *gen_scalar(const struct gen *g, const struct api_shape *s)
{
	static const char *const floats[] = {"0", "1.5", "-2.25e10", "3E-7", "NaN", "-Infinity"};
	char bytes[24];
	size_t n;

	switch (s->type) {
	case API_STRING:
		return val_string(A, gen_text(g, g->ascii));
	case API_INTEGER:
	case API_LONG:
		return gen_int(s);
	case API_FLOAT:
		return val_number(A, str_of(floats[rng_below(&R, ARRAY_SIZE(floats))]));
	case API_BOOLEAN:
		return val_bool(A, chance(50));
	case API_BLOB:
		n = 1 + rng_below(&R, sizeof(bytes) - 1);
		for (size_t i = 0; i < n; i++)
			bytes[i] = (char)rng_below(&R, 256);
		return val_blob(A, arena_str(A, str_ofn(bytes, n)));
	default: {
		int64_t ms = (int64_t)rng_below(&R, INT64_C(4102444800000));
		return val_time(A, g->whole || chance(50) ? ms / 1000 * 1000 : ms);
	}
	}
}

static struct val *gen_value(struct gen g, const struct api_shape *s, unsigned depth);

static struct val *gen_list(struct gen g, const struct api_shape *s, size_t least, unsigned depth)
{
	struct val *list = val_list(A);
	size_t n = depth > DEEPEST ? least : least + rng_below(&R, 4);

	for (size_t i = 0; i < n; i++)
		(void)val_append(list, gen_value(g, s->members[0].shape, depth + 1));
	return list;
}

static struct val *gen_map(struct gen g, const struct api_shape *s, unsigned depth)
{
	struct val *map = val_object(A);
	size_t n = g.no_empty + rng_below(&R, 3);

	for (size_t i = 0; i < n; i++) {
		/* Headers come back in lower case. */
		struct str text = gen_text(&g, 1);
		struct str key = g.ascii ? arena_printf(A, "k%zu-x", i)
					 : arena_printf(A, "%zu%.*s", i, STR_ARG(text));
		(void)val_set(map, key, gen_value(g, s->members[1].shape, depth + 1));
	}
	return map;
}

static bool is_compound(const struct api_shape *s)
{
	return s->type == API_STRUCTURE || s->type == API_LIST || s->type == API_MAP;
}

static struct val *gen_member(struct gen g, const struct api_member *m, unsigned depth)
{
	bool in_header = m->location == API_HEADER || m->location == API_HEADERS;

	if (m->location == API_STATUS)
		return val_int(A, 200 + (int64_t)rng_below(&R, 4));
	g.ascii |= in_header || m->attribute;
	g.whole |= in_header;
	g.no_empty |= m->location != API_BODY || m->flattened;
	if (m->shape->type == API_LIST)
		return gen_list(g, m->shape, m->location != API_BODY || m->flattened, depth);
	if (m->location == API_URI && m->shape->type == API_STRING)
		return val_string(A, gen_text(&g, 1));
	if (m->payload && m->shape->type == API_STRING)
		return val_string(A, gen_text(&g, 1));
	return gen_value(g, m->shape, depth);
}

static struct val *gen_struct(struct gen g, const struct api_shape *s, unsigned depth)
{
	struct val *v = val_object(A);
	size_t sure = s->nmembers ? rng_below(&R, s->nmembers) : 0;

	for (size_t i = 0; i < s->nmembers; i++) {
		const struct api_member *m = &s->members[i];
		bool must = (m->required && m->location == API_URI) || m->attribute ||
			    m->location == API_STATUS || (g.no_empty && i == sure);
		if (!must && (chance(40) || (depth > DEEPEST && is_compound(m->shape))))
			continue;
		(void)val_set(v, m->name, gen_member(g, m, depth + 1));
	}
	return v;
}

static struct val *gen_value(struct gen g, const struct api_shape *s, unsigned depth)
{
	if (s->document)
		return json("{\"a\":[1,2.5,null,\"x\"],\"b\":{}}");
	switch (s->type) {
	case API_STRUCTURE:
		return gen_struct(g, s, depth);
	case API_LIST:
		return gen_list(g, s, g.no_empty && depth > 0, depth);
	case API_MAP:
		return gen_map(g, s, depth);
	default:
		return gen_scalar(&g, s);
	}
}

static void check_same(const struct api_op *op, const char *what, const struct val *sent,
		       const struct val *came, struct str body)
{
	if (!val_eq(sent, came))
		fail_msg("%.*s:%.*s: %s\n%.*s\ncame back as\n%.*s\nthrough\n%.*s",
			 STR_ARG(op->service->id), STR_ARG(op->name), what,
			 STR_ARG(json_text(A, sent)), STR_ARG(json_text(A, came)), STR_ARG(body));
}

static bool is_xml(const struct api_op *op)
{
	return op->service->protocol == API_QUERY || op->service->protocol == API_REST_XML;
}

static void round_of_request(const struct api_op *op)
{
	struct gen g = {
		.xml = op->service->protocol == API_REST_XML,
		.no_empty = op->service->protocol == API_QUERY,
	};
	struct val *in = op->input ? gen_struct(g, op->input, 0) : val_object(A);
	struct wire_request r;
	struct err err = {0};
	const struct api_op *found;
	struct val *came;
	struct api_fault fault;

	if (!wire_put_request(op, in, A, &r, &err))
		fail_msg("%.*s: %s", STR_ARG(op->name), err.message);
	if (!wire_get_request(op->service, r.method, r.path, r.query, r.headers, r.nheaders, r.body,
			      A, &found, &came, &fault))
		fail_msg("%.*s: %.*s: %.*s\n%.*s", STR_ARG(op->name), STR_ARG(fault.code),
			 STR_ARG(fault.message), STR_ARG(r.body));
	if (found != op)
		fail_msg("%.*s %.*s?%.*s is taken for %.*s, it is %.*s", STR_ARG(r.method),
			 STR_ARG(r.path), STR_ARG(r.query), STR_ARG(found->name),
			 STR_ARG(op->name));
	check_same(op, "input", in, came, r.body);
}

static void round_of_answer(const struct api_op *op)
{
	struct gen g = {.xml = is_xml(op)};
	struct val *out = op->output ? gen_struct(g, op->output, 0) : val_object(A);
	struct wire_response r;
	struct err err = {0};
	struct val *came;

	wire_put_response(op, out, STR("11111111-2222-3333-4444-555555555555"), A, &r);
	struct http_response resp = as_answer(&r);
	if (!wire_get_response(op, &resp, A, &came, &err))
		fail_msg("%.*s: %s\n%.*s", STR_ARG(op->name), err.message, STR_ARG(r.body));
	check_same(op, "output", out, came, r.body);
}

static void faults_of(const struct api_op *op)
{
	for (size_t i = 0; i < op->nerrors; i++) {
		const struct api_shape *e = op->errors[i];
		/* Named by the shape here; the code is what must travel. */
		struct api_fault fault = {.code = e->name,
					  .message = STR("what <b>went</b> \"wrong\"")};
		struct wire_response r;
		struct err err = {0};
		struct val *out;
		wire_put_fault(op->service, op, &fault, STR("rid-1"), A, &r);
		struct http_response resp = as_answer(&r);
		assert_false(wire_get_response(op, &resp, A, &out, &err));
		assert_int_equal(err.kind, ERR_AWS);
		assert_str(str_of(err.aws_code), arena_dupz(A, e->error_code));
		assert_string_equal(err.request_id, "rid-1");
		assert_int_equal(err.http_status, e->error_status ? e->error_status : 400);
		assert_non_null(strstr(err.message, "what <b>went</b> \"wrong\""));
	}
}

static void all_of(const struct api_service *s)
{
	for (size_t i = 0; i < s->nops; i++) {
		for (int k = 0; k < ROUNDS; k++) {
			round_of_request(&s->ops[i]);
			round_of_answer(&s->ops[i]);
			arena_reset(A);
		}
		faults_of(&s->ops[i]);
	}
}

static void test_services(void **state)
{
	const struct api_service *s;

	(void)state;
	rng_seed(&R, 20261123);
	for (size_t i = 0; (s = api_service_at(i)); i++)
		all_of(s);
}

static void test_rest(void **state)
{
	(void)state;
	rng_seed(&R, 4711);
	for (size_t i = 0; i < test_tables_count; i++)
		for (int k = 0; k < 50; k++)
			all_of(test_tables[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {TEST(test_services), TEST(test_rest)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
