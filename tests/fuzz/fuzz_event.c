/*
 * Events of CloudTrail: a JSON text, which may be any. What is read of it must
 * hold together: a request has a principal, an action and a resource, a reason is
 * given for what is none, single-valued keys have a value, and deciding it ends.
 */
#include <stdint.h>

#include "policy/event.h"
#include "text/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void decide(const struct policy_request *req, struct arena *a)
{
	static const char text[] = "{\"Statement\":{\"Effect\":\"Deny\",\"Action\":\"*\","
				   "\"Resource\":\"*\",\"Condition\":{\"ArnLike\":"
				   "{\"aws:PrincipalArn\":\"arn:aws:iam::*:root\"},\"Null\":"
				   "{\"aws:AssumedRoot\":\"true\"}}}}";
	struct err err = {0};
	const struct policy *p = policy_parse(str_of(text), POLICY_SCP, STR("fuzz"), a, &err);
	const struct policy_list level = {&p, 1};
	struct policy_set set = {.scp = &level, .nscp = 1};
	struct policy_decision d;

	if (!p)
		BUG("%s", err.message);
	policy_decide(&set, req, &d);
}

static void check(const struct policy_event *e, struct arena *a)
{
	const struct policy_request *req = &e->request;

	if ((e->kind == POLICY_EVENT_REQUEST) != (e->why == NULL))
		BUG("a reason, and yet a request");
	if (e->denied && !e->failed)
		BUG("denied, and yet not failed");
	if (e->kind != POLICY_EVENT_REQUEST)
		return;
	if (!req->principal.n || !req->resource.n || str_chr(req->action, ':') < 1)
		BUG("a request without a principal, a resource or an action");
	if (e->resource_known == str_eqz(req->resource, "*") && req->resource.n == 1)
		BUG("a resource that is known and not");
	for (size_t i = 0; i < req->nkeys; i++) {
		const struct policy_value *v = &req->keys[i].value;

		if (!req->keys[i].name.n || (!v->n && !v->multi))
			BUG("a key without a name or a value");
	}
	decide(req, a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct err err = {0};
	struct val *event;

	if (json_read((struct str){(const char *)data, size}, 0, a, &event, &err)) {
		struct policy_event e;

		policy_event_read(event, a, &e);
		check(&e, a);
	}
	arena_free(&a);
	return 0;
}
