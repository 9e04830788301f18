/*
 * Policies: the first byte chooses the kind; then a document, a zero byte, and
 * the texts of a request, each ended by a zero byte: principal, action,
 * resource, and keys as name and value. What is refused must say where; what is
 * accepted must decide the same plain and compiled, and say so in words, and
 * every statement has a place in the text.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "policy/inspect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define KEYS 8

static struct str field(struct str *rest)
{
	struct str f;
	if (!str_next(rest, '\0', &f))
		return STR_NULL;
	return f;
}

static void request(struct str rest, struct policy_request *req, struct policy_key keys[KEYS],
		    struct str values[KEYS])
{
	size_t n = 0;
	req->principal = field(&rest);
	req->action = field(&rest);
	req->resource = field(&rest);
	while (n < KEYS && !str_is_null(rest)) {
		keys[n].name = field(&rest);
		values[n] = field(&rest);
		if (str_is_null(values[n]))
			break;
		keys[n].value = (struct policy_value){&values[n], 1, n % 2 == 1};
		n++;
	}
	req->keys = keys;
	req->nkeys = n;
}

static void decide(const struct policy *p, const struct policy_request *req, struct arena *a)
{
	const struct policy_list list = {&p, 1};
	enum policy_kind kind = policy_kind_of(p);
	struct policy_set set = {
		.has_identity = kind == POLICY_IDENTITY,
		.has_boundary = kind == POLICY_BOUNDARY,
		.has_session = kind == POLICY_SESSION,
		.has_resource = kind == POLICY_RESOURCE,
		.identity = list,
		.session = list,
		.resource = list,
		.boundary = p,
		.scp = &list,
		.nscp = kind == POLICY_SCP,
		.rcp = &list,
		.nrcp = kind == POLICY_RCP,
	};
	struct policy_decision plain, compiled;
	policy_decide(&set, req, &plain);
	policy_engine_decide(policy_compile(&set, a), req, &compiled);
	if (plain.allow != compiled.allow || plain.reason != compiled.reason ||
	    plain.level != compiled.level || plain.policy != compiled.policy ||
	    plain.statement != compiled.statement)
		BUG("compiled, the decision is another");
	if (!str_startsz(policy_decision_text(&plain, a), plain.allow ? "allowed" : "denied"))
		BUG("the words say something else");
}

static void inspect(const struct policy *p, struct str text, const struct policy_request *req,
		    struct arena *a)
{
	size_t n = policy_statements(p), places;
	size_t *found = arena_calloc(a, n, sizeof(*found));
	struct policy_span *spans = policy_spans(text, a, &places);

	if (places != n)
		BUG("%zu statements stand in %zu places", n, places);
	for (size_t i = 0; i < n; i++)
		if (spans[i].start.line > spans[i].end.line)
			BUG("a statement ends before it begins");
	if (policy_matching(p, true, req, found) + policy_matching(p, false, req, found) > n)
		BUG("a statement allows and denies");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct err err = {0};
	if (size) {
		struct str rest = {(const char *)data + 1, size - 1};
		struct str text = field(&rest);
		enum policy_kind kind = (enum policy_kind)(data[0] % (POLICY_RCP + 1));
		struct policy *p = policy_parse(text, kind, STR("fuzz"), a, &err);
		if (!p && (!err.line || !err.col || !err.message[0]))
			BUG("a refusal without a place: %s", err.message);
		if (p) {
			struct policy_request req = {0};
			struct policy_key keys[KEYS];
			struct str values[KEYS];
			request(rest, &req, keys, values);
			decide(p, &req, a);
			inspect(p, text, &req, a);
		}
	}
	arena_free(&a);
	return 0;
}
