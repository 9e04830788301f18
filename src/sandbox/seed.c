#include "sandbox/seed.h"

#include <stdlib.h>

#include "base/file.h"
#include "base/limits.h"
#include "sandbox/seed-private.h"

#define ADMIN_PATH "/sandbox/"
#define ADMIN_NAME "administrator"
/* Folders below the organization's: policies/, access/, policies/rcp/ … */
#define COPY_DEPTH 4

/* ---- reading ---- */

static bool read_all(struct seed *s, const char *dir, int64_t now_ms, struct err *err)
{
	struct org_problems problems = {0};
	bool ok = org_read_files(dir, s->arena, &s->org, &problems, err) &&
		  org_read_reality(dir, s->org, now_ms, s->arena, &s->real, &problems, err);

	org_problems_release(&problems);
	return ok;
}

struct seed *seed_read(const char *dir, int64_t now_ms, struct err *err)
{
	struct seed *s = xcalloc(1, sizeof(*s));

	s->arena = arena_new();
	if (!read_all(s, dir, now_ms, err))
		seed_free(&s);
	return s;
}

void seed_free(struct seed **sp)
{
	if (!*sp)
		return;
	arena_free(&(*sp)->arena);
	free(*sp);
	*sp = NULL;
}

/* ---- copying ---- */

static bool is_ours(struct str name)
{
	return str_endsz(name, ".yaml") || str_endsz(name, ".yml") || str_endsz(name, ".json");
}

static bool copy_file(struct str from, struct str to, struct err *err)
{
	struct arena *a = arena_new();
	struct str text;
	bool ok = file_read(from.p, LIMIT_YAML_BYTES, a, &text, err) &&
		  file_replace(to.p, text, 0600, err);

	arena_free(&a);
	return ok;
}

static bool copy_folder(struct str from, struct str to, int depth, struct err *err)
{
	struct arena *a = arena_new();
	struct str *names;
	size_t n;
	bool ok = file_list(from.p, a, &names, &n, err) && file_mkdirs(to.p, 0700, err);

	for (size_t i = 0; ok && i < n; i++) {
		struct str src = path_join(a, from, names[i]);
		struct str dst = path_join(a, to, names[i]);
		if (str_startsz(names[i], "."))
			continue;
		if (file_is_dir(src.p))
			ok = depth == 0 || copy_folder(src, dst, depth - 1, err);
		else if (is_ours(names[i]))
			ok = copy_file(src, dst, err);
	}
	arena_free(&a);
	return ok;
}

bool seed_copy(const char *dir, const char *to, struct err *err)
{
	return copy_folder(str_of(dir), str_of(to), COPY_DEPTH, err);
}

/* ---- administrators ---- */

void seed_admin(struct world *w, struct world_account *acct, int64_t now_ms)
{
	struct rng rng;

	world_rng(w, "administrator", acct->id, &rng);
	struct iam_user *user =
		world_make_user(w, acct, STR(ADMIN_PATH), STR(ADMIN_NAME), &rng, now_ms);
	struct iam_key *key = world_make_key(w, acct, user, &rng, now_ms);
	world_make_attached(w, &user->attached, world_aws_policy(w, STR(ADMINISTRATOR_ACCESS_ARN)));
	if (acct == w->first)
		w->first_admin_key = key;
}

struct iam_key *seed_admin_key(const struct world_account *acct)
{
	const struct iam_user *user = iam_user(&acct->iam, STR(ADMIN_NAME));

	return user && str_eqz(user->path, ADMIN_PATH) ? user->keys : NULL;
}

void seed_one_account(struct world *w, struct str id)
{
	struct world_account *acct = world_add_account(
		w, id, STR("sandbox"), STR("sandbox@example.com"), w->start_ms - SEED_AGE_MS);

	seed_admin(w, acct, w->start_ms);
}

/* ---- the credentials file ---- */

/* What the AWS CLI takes as a profile's name without surprises: no brackets, no line breaks. */
static bool profile_name(struct str name)
{
	for (size_t i = 0; i < name.n; i++)
		if ((unsigned char)name.p[i] < 0x20 || name.p[i] == '[' || name.p[i] == ']')
			return false;
	return name.n > 0;
}

static void put_profile(struct str name, const struct iam_key *key, struct buf *out)
{
	if (!profile_name(name))
		return;
	buf_addf(out, "[%.*s]\naws_access_key_id = %.*s\naws_secret_access_key = %.*s\n\n",
		 STR_ARG(name), STR_ARG(key->id), STR_ARG(key->secret));
}

void seed_credentials(const struct world *w, struct buf *out)
{
	struct map_entry *e;

	buf_addz(out,
		 "# Written by rootout sandbox: administrators of a world that is not real.\n\n");
	put_profile(STR("management"), w->first_admin_key, out);
	for (size_t i = 0; (e = map_next(&w->accounts, &i));) {
		const struct world_account *acct = e->value;
		const struct iam_key *key = seed_admin_key(acct);
		if (!key)
			continue;
		if (!str_eqz(acct->name, "management"))
			put_profile(acct->name, key, out);
		put_profile(acct->id, key, out);
	}
}
