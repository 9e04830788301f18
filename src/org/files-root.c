/* root.yaml: what becomes of the root users. */

#include "org/files-private.h"

#include "text/show.h"

static const char *const known[] = {"centralized", "waves", "keep", "work"};

/* An account by name or id; a pattern would hide which ones are meant. */
static bool read_account(struct files_reader *r, const struct val *v, const char *key,
			 enum check_need need, struct str *out)
{
	const struct val *at = val_get(v, key);

	if (!files_ok(r, check_str(&r->c, v, key, need, out)) || str_is_null(*out))
		return false;
	if (org_is_pattern(*out))
		return files_problem(r, at, "'%s' must be the name or id of one account", key);
	return files_known_account(r, at, *out);
}

static void read_centralized(struct files_reader *r, const struct val *root)
{
	static const char *const keys[] = {"credentials", "sessions", "delegate"};
	struct org_root_plan *plan = &r->o->root;
	const struct val *v = NULL;
	struct org_account *acct;

	if (!files_ok(r, check_map(&r->c, root, "centralized", CHECK_OPTIONAL, &v)) || !v)
		return;
	files_keys(r, v, "'centralized'", keys, ARRAY_SIZE(keys));
	files_ok(r, check_bool(&r->c, v, "credentials", CHECK_OPTIONAL, &plan->credentials));
	files_ok(r, check_bool(&r->c, v, "sessions", CHECK_OPTIONAL, &plan->sessions));
	if (!read_account(r, v, "delegate", CHECK_OPTIONAL, &plan->delegate))
		return;
	/* "You cannot register the management account as delegated administrator" (API errors). */
	acct = org_account(r->o, plan->delegate);
	if (acct && acct->management)
		files_problem(r, val_get(v, "delegate"),
			      "the management account can't be a delegated administrator: name "
			      "another account, or leave 'delegate' out");
}

/* ---- waves ---- */

static struct org_wave *wave_named(const struct org_root_plan *plan, size_t n, struct str name)
{
	for (size_t i = 0; i < n; i++) {
		if (!str_is_null(plan->waves[i].name) && str_eq(plan->waves[i].name, name))
			return &plan->waves[i];
	}
	return NULL;
}

static void read_wave(struct files_reader *r, const struct val *v)
{
	static const char *const keys[] = {"name", "in", "after", "wait", "notice", "approval"};
	struct org_root_plan *plan = &r->o->root;
	struct org_wave *w = &plan->waves[plan->nwaves], *other;

	if (!files_keys(r, v, "a wave", keys, ARRAY_SIZE(keys)))
		return;
	w->pos = files_pos(r, v);
	if (files_ok(r, check_str(&r->c, v, "name", CHECK_REQUIRED, &w->name))) {
		other = wave_named(plan, plan->nwaves, w->name);
		if (other)
			files_problem(r, val_get(v, "name"), "duplicate wave '%.*s'%s",
				      STR_ARG(show_short(r->a, w->name)),
				      files_also(r, other->pos));
	}
	plan->nwaves++;
	files_selector(r, v, "in", &w->in);
	files_ok(r, check_str(&r->c, v, "after", CHECK_OPTIONAL, &w->after));
	files_ok(r, check_duration(&r->c, v, "wait", CHECK_OPTIONAL, &w->wait_ms));
	files_ok(r, check_duration(&r->c, v, "notice", CHECK_OPTIONAL, &w->notice_ms));
	if (val_get(v, "wait") && !val_get(v, "after"))
		files_problem_name(r, val_get(v, "wait"),
				   "'wait' without 'after': name the wave to wait for");
	if (files_ok(r, check_str(&r->c, v, "approval", CHECK_OPTIONAL, &w->approval)) &&
	    !str_is_null(w->approval))
		files_known_group(r, val_get(v, "approval"), w->approval);
}

static void check_after(struct files_reader *r, const struct val *v, const struct org_wave *w)
{
	struct org_root_plan *plan = &r->o->root;
	struct str *names;

	if (str_is_null(w->after) || wave_named(plan, plan->nwaves, w->after))
		return;
	names = arena_calloc(r->a, plan->nwaves, sizeof(*names));
	for (size_t i = 0; i < plan->nwaves; i++)
		names[i] = plan->waves[i].name;
	files_problem(r, val_get(v, "after"), "unknown wave '%.*s'%s",
		      STR_ARG(show_short(r->a, w->after)),
		      files_did_you_mean(r, w->after, names, plan->nwaves));
}

/* "a after b after a", found from its first member in the file; NULL: no circle through `w`. */
static const char *circle(struct files_reader *r, const struct org_wave *w)
{
	struct org_root_plan *plan = &r->o->root;
	struct str text = w->name;
	const struct org_wave *at = w;

	for (size_t steps = 0; steps <= plan->nwaves; steps++) {
		if (str_is_null(at->after))
			return NULL;
		at = wave_named(plan, plan->nwaves, at->after);
		/* Told from its first member only. */
		if (!at || at < w)
			return NULL;
		text = arena_printf(r->a, "%.*s after %.*s", STR_ARG(text), STR_ARG(at->name));
		if (at == w)
			return text.p;
	}
	return NULL;
}

static void read_waves(struct files_reader *r, const struct val *root)
{
	struct org_root_plan *plan = &r->o->root;
	const struct val *list = files_items(r, root, "waves");
	const struct val **of = arena_calloc(r->a, val_count(list) + 1, sizeof(const struct val *));

	/* 200 waves are more than any campaign; each is looked up by searching. */
	if (val_count(list) > 200) {
		files_problem_name(r, list, "more than 200 waves");
		return;
	}
	plan->waves = arena_calloc(r->a, val_count(list) + 1, sizeof(*plan->waves));
	VAL_EACH(v, list)
	{
		of[plan->nwaves] = v;
		read_wave(r, v);
	}
	for (size_t i = 0; i < plan->nwaves; i++) {
		const struct org_wave *w = &plan->waves[i];
		const char *round;

		if (str_is_null(w->name))
			continue;
		check_after(r, of[i], w);
		round = circle(r, w);
		if (round)
			files_problem(r, val_get(of[i], "after"),
				      "waves wait for each other in a circle: %s", round);
	}
}

/* ---- what stays, and what is still to be done ---- */

static void read_keep(struct files_reader *r, const struct val *root)
{
	static const char *const keys[] = {"account", "reason", "until"};
	struct org_root_plan *plan = &r->o->root;
	const struct val *list = files_items(r, root, "keep");

	plan->keep = arena_calloc(r->a, val_count(list) + 1, sizeof(*plan->keep));
	VAL_EACH(v, list)
	{
		struct org_keep *k = &plan->keep[plan->nkeep];

		if (!files_keys(r, v, "each entry of 'keep'", keys, ARRAY_SIZE(keys)))
			continue;
		plan->nkeep++;
		k->pos = files_pos(r, v);
		read_account(r, v, "account", CHECK_REQUIRED, &k->account);
		files_ok(r, check_str(&r->c, v, "reason", CHECK_REQUIRED, &k->reason));
		files_ok(r, check_until(&r->c, v, "until", CHECK_REQUIRED, &k->until_ms));
	}
}

static void read_work(struct files_reader *r, const struct val *root)
{
	static const char *const keys[] = {"account", "task", "done"};
	struct org_root_plan *plan = &r->o->root;
	const struct val *list = files_items(r, root, "work");

	plan->work = arena_calloc(r->a, val_count(list) + 1, sizeof(*plan->work));
	VAL_EACH(v, list)
	{
		struct org_root_work *w = &plan->work[plan->nwork];

		if (!files_keys(r, v, "each entry of 'work'", keys, ARRAY_SIZE(keys)))
			continue;
		plan->nwork++;
		w->pos = files_pos(r, v);
		read_account(r, v, "account", CHECK_REQUIRED, &w->account);
		files_ok(r, check_str(&r->c, v, "task", CHECK_REQUIRED, &w->task));
		files_ok(r, check_bool(&r->c, v, "done", CHECK_OPTIONAL, &w->done));
	}
}

void files_root(struct files_reader *r)
{
	const struct val *v = files_load(r, "root.yaml", 0);

	if (!v || v->kind == VAL_NULL || !files_keys(r, v, "root.yaml", known, ARRAY_SIZE(known)))
		return;
	r->o->root.present = true;
	read_centralized(r, v);
	read_waves(r, v);
	read_keep(r, v);
	read_work(r, v);
}
