#include "sandbox/aws-policies.h"

#include "base/clock.h"
#include "policy/managed.h"
#include "sandbox/world-private.h"

static void load(struct world *w, const struct aws_policy *from)
{
	struct iam_managed *p = arena_new_of(w->arena, struct iam_managed);
	struct iam_version *v = arena_new_of(w->arena, struct iam_version);
	struct err err = {0};

	p->name = str_of(from->name);
	p->path = str_of(from->path);
	p->id = str_of(from->id);
	p->arn = world_printf(w, "arn:aws:iam::aws:policy%s%s", from->path, from->name);
	p->description = str_of(from->description);
	p->aws = true;
	p->next_version = 2;
	if (!time_parse_iso(str_of(from->created), &p->created_ms))
		BUG("time of policy %s", from->name);
	p->updated_ms = p->created_ms;

	v->id = STR("v1");
	v->document = str_of(from->document);
	v->created_ms = p->created_ms;
	v->parsed = policy_parse(v->document, POLICY_IDENTITY, p->name, w->arena, &err);
	if (!v->parsed)
		BUG("policy %s: %s", from->name, err.message);
	p->versions = v;
	p->default_version = v;
	WORLD_PUSH(w->aws_policies, p);
	map_put(&w->aws_policies_by_arn, p->arn, p);
}

void aws_policies_load(struct world *w)
{
	size_t n;
	const struct policy_managed *common = policy_managed_all(&n);

	for (size_t i = 0; i < n; i++)
		load(w, &(struct aws_policy){.name = common[i].name,
					     .path = common[i].path,
					     .id = common[i].id,
					     .created = common[i].created,
					     .description = common[i].description,
					     .document = common[i].document});
	for (size_t i = 0; i < task_policies_count; i++)
		load(w, &task_policies[i]);
}
