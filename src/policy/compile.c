/*
 * A set of policies, compiled: the statements that can matter for an action are
 * found by hashing, however many others there are.
 *
 * All statements of all kinds and levels stand in one array, in the order of the
 * decision. A table leads from "service:name" to the statements that name that
 * action, and from "service" to those with a pattern in that service; a third
 * list holds what may match any service (NotAction, "*"). The three lists are
 * sorted, and a decision walks them as one.
 */

#include "policy/decide-private.h"

#include <string.h>

#include "base/map.h"

/* A statement that may match; action NULL: its action matches for certain. */
struct candidate {
	uint32_t id;
	const struct action *action;
};

struct candidates {
	struct candidate *v;
	size_t n, cap;
};

struct slot {
	struct str key; /* STR_NULL: empty */
	uint64_t hash;
	struct candidates found;
};

struct entry {
	const struct policy *policy;
	uint32_t statement;
	uint32_t level;
	enum policy_kind kind;
	bool deny;
	bool not_action;
};

#define FIRST_SLOTS 64

struct policy_engine {
	struct policy_set set;
	struct entry *entries;
	size_t n;
	struct candidates any;
	struct slot *slots;
	size_t mask, used;
};

/* FNV-1a, unseeded: the keys are from policies, whose owner only hurts himself. */
static uint64_t hash_step(uint64_t h, struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * UINT64_C(1099511628211);
	return h;
}

static const uint64_t hash_start = UINT64_C(14695981039346656037);

/* The slot that holds the key, or the empty one where it belongs. */
static struct slot *slot_of(const struct policy_engine *e, uint64_t hash, struct str key)
{
	size_t i = (hash ^ hash >> 32) & e->mask;
	for (;; i = (i + 1) & e->mask) {
		struct slot *s = &e->slots[i];
		if (str_is_null(s->key) ||
		    (s->hash == hash && s->key.n == key.n && !memcmp(s->key.p, key.p, key.n)))
			return s;
	}
}

static void add_candidate(struct candidates *c, uint32_t id, const struct action *action,
			  struct arena *a)
{
	/* One certain match is enough for a statement. */
	if (c->n && c->v[c->n - 1].id == id && !c->v[c->n - 1].action)
		return;
	c->v = arena_grow(a, c->v, c->n, &c->cap, sizeof(*c->v));
	c->v[c->n++] = (struct candidate){id, action};
}

static void make_room(struct policy_engine *e, struct arena *a)
{
	const struct slot *old = e->slots;
	size_t n = e->mask + 1;
	if (e->used * 2 < n)
		return;
	e->slots = arena_calloc(a, n * 2, sizeof(*e->slots));
	e->mask = n * 2 - 1;
	for (size_t i = 0; i < n; i++) {
		if (!str_is_null(old[i].key))
			*slot_of(e, old[i].hash, old[i].key) = old[i];
	}
}

static void add_key(struct policy_engine *e, struct str key, uint32_t id,
		    const struct action *action, struct arena *a)
{
	uint64_t hash = hash_step(hash_start, key);
	make_room(e, a);
	struct slot *s = slot_of(e, hash, key);
	if (str_is_null(s->key)) {
		s->key = key;
		s->hash = hash;
		e->used++;
	}
	add_candidate(&s->found, id, action, a);
}

static void add_action(struct policy_engine *e, uint32_t id, const struct action *action,
		       struct arena *a)
{
	switch (action->kind) {
	case ACTION_ALL:
		add_candidate(&e->any, id, NULL, a);
		break;
	case ACTION_GLOB:
		add_candidate(&e->any, id, action, a);
		break;
	case ACTION_SERVICE:
		add_key(e, action_service(action), id, NULL, a);
		break;
	case ACTION_EXACT:
		add_key(e, action->whole, id, NULL, a);
		break;
	case ACTION_PREFIX:
	case ACTION_NAME:
		add_key(e, action_service(action), id, action, a);
		break;
	}
}

static void add_statement(struct policy_engine *e, uint32_t id, const struct statement *s,
			  struct arena *a)
{
	if (s->not_action) {
		/* Which of its actions would match says nothing: the statement is asked. */
		add_candidate(&e->any, id, s->actions, a);
		return;
	}
	for (size_t i = 0; i < s->nactions; i++)
		add_action(e, id, &s->actions[i], a);
}

/* ---- building ---- */

static size_t count_list(struct policy_list list)
{
	size_t n = 0;
	for (size_t p = 0; p < list.n; p++)
		n += list.policies[p]->n;
	return n;
}

static void add_list(struct policy_engine *e, enum policy_kind kind, size_t level,
		     struct policy_list list)
{
	for (size_t p = 0; p < list.n; p++) {
		for (size_t i = 0; i < list.policies[p]->n; i++) {
			const struct statement *s = &list.policies[p]->statements[i];
			e->entries[e->n++] = (struct entry){
				.policy = list.policies[p],
				.statement = (uint32_t)i,
				.level = (uint32_t)level,
				.kind = kind,
				.deny = s->deny,
				.not_action = s->not_action,
			};
		}
	}
}

static struct policy_list copy_list(struct policy_list list, struct arena *a)
{
	const struct policy **copy = arena_calloc(a, list.n, sizeof(struct policy *));
	if (list.n)
		memcpy(copy, list.policies, list.n * sizeof(struct policy *));
	return (struct policy_list){copy, list.n};
}

static const struct policy_list *copy_levels(const struct policy_list *levels, size_t n,
					     struct arena *a)
{
	struct policy_list *copy = arena_calloc(a, n, sizeof(*copy));
	for (size_t i = 0; i < n; i++)
		copy[i] = copy_list(levels[i], a);
	return copy;
}

static void copy_set(struct policy_set *to, const struct policy_set *from, struct arena *a)
{
	*to = *from;
	to->identity = copy_list(from->identity, a);
	to->session = copy_list(from->session, a);
	to->resource = copy_list(from->resource, a);
	to->scp = copy_levels(from->scp, from->nscp, a);
	to->rcp = copy_levels(from->rcp, from->nrcp, a);
}

/* A kind that takes no part is left out. */
static struct policy_list taking_part(bool has, struct policy_list list)
{
	return has ? list : (struct policy_list){0};
}

struct policy_engine *policy_compile(const struct policy_set *set, struct arena *a)
{
	struct policy_engine *e = arena_new_of(a, struct policy_engine);
	copy_set(&e->set, set, a);
	const struct policy_set *s = &e->set;
	const struct policy_list lists[] = {
		taking_part(s->has_resource, s->resource),
		taking_part(s->has_identity, s->identity),
		taking_part(s->has_boundary && s->boundary, (struct policy_list){&s->boundary, 1}),
		taking_part(s->has_session, s->session),
	};
	static const enum policy_kind kinds[] = {POLICY_RESOURCE, POLICY_IDENTITY, POLICY_BOUNDARY,
						 POLICY_SESSION};
	size_t statements = 0;
	for (size_t i = 0; i < s->nrcp; i++)
		statements += count_list(s->rcp[i]);
	for (size_t i = 0; i < s->nscp; i++)
		statements += count_list(s->scp[i]);
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
		statements += count_list(lists[i]);
	e->entries = arena_calloc(a, statements, sizeof(*e->entries));
	e->slots = arena_calloc(a, FIRST_SLOTS, sizeof(*e->slots));
	e->mask = FIRST_SLOTS - 1;
	for (size_t i = 0; i < s->nrcp; i++)
		add_list(e, POLICY_RCP, i, s->rcp[i]);
	for (size_t i = 0; i < s->nscp; i++)
		add_list(e, POLICY_SCP, i, s->scp[i]);
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
		add_list(e, kinds[i], 0, lists[i]);
	for (size_t i = 0; i < e->n; i++)
		add_statement(e, (uint32_t)i,
			      &e->entries[i].policy->statements[e->entries[i].statement], a);
	return e;
}

/* ---- deciding ---- */

struct walk {
	const struct candidate *at;
	size_t left;
};

static struct walk walk_key(const struct policy_engine *e, uint64_t hash, struct str key)
{
	const struct slot *s = slot_of(e, hash, key);
	return (struct walk){s->found.v, s->found.n};
}

static uint32_t head(const struct walk *w)
{
	return w->left ? w->at->id : UINT32_MAX;
}

/* The list whose next statement comes first; NULL: all are done. */
static struct walk *earliest(struct walk w[3])
{
	struct walk *first = &w[0];
	if (head(&w[1]) < head(first))
		first = &w[1];
	if (head(&w[2]) < head(first))
		first = &w[2];
	return first->left ? first : NULL;
}

/* Looks at one candidate; true: it denies. *done: the statement's last word was heard. */
static bool look(const struct policy_engine *e, struct decider *d, const struct candidate *c,
		 uint32_t *done)
{
	const struct entry *n = &e->entries[c->id];
	if (!decider_wants(d, n->kind, n->level, n->deny)) {
		*done = c->id;
		return false;
	}
	bool known = !n->not_action;
	if (known && c->action && !action_matches(c->action, d->ctx))
		return false;
	*done = c->id;
	return decider_look(d, n->kind, n->level, n->policy, n->statement, known);
}

void policy_engine_decide(const struct policy_engine *e, const struct policy_request *req,
			  struct policy_decision *out)
{
	struct policy_ctx ctx;
	struct decider d;
	policy_ctx_init(&ctx, req);
	if (ctx.impossible) {
		policy_decide(&e->set, req, out);
		return;
	}
	decider_init(&d, &e->set, &ctx, out);
	uint64_t service = hash_step(hash_start, ctx.service);
	uint64_t whole = hash_step(service, str_from(ctx.whole, ctx.service.n));
	struct walk w[3] = {
		{e->any.v, e->any.n},
		walk_key(e, service, ctx.service),
		walk_key(e, whole, ctx.whole),
	};
	uint32_t done = UINT32_MAX;
	for (struct walk *first; (first = earliest(w));) {
		const struct candidate *c = first->at++;
		first->left--;
		if (c->id != done && look(e, &d, c, &done))
			return;
	}
	decider_finish(&d);
}
