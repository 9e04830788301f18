/* What the readers of all kinds of files share. */

#include "org/files-private.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/utf8.h"
#include "text/json.h"
#include "text/show.h"
#include "text/yaml.h"

#define PROBLEMS_KEPT 100

/* ---- problems ---- */

void org_problems_release(struct org_problems *p)
{
	free(p->v);
	*p = (struct org_problems){0};
}

bool files_room(const struct files_reader *r)
{
	return r->problems->n < PROBLEMS_KEPT;
}

bool files_ok(struct files_reader *r, bool ok)
{
	struct org_problems *p = r->problems;

	if (ok)
		return true;
	r->found++;
	if (!files_room(r)) {
		p->more++;
		return false;
	}
	if (p->n == p->cap) {
		p->cap = p->cap ? p->cap * 2 : 8;
		p->v = xreallocarray(p->v, p->cap, sizeof(*p->v));
	}
	if (!r->err.path[0] && r->c.path)
		snprintf(r->err.path, sizeof(r->err.path), "%s", r->c.path);
	p->v[p->n++] = r->err;
	err_clear(&r->err);
	return false;
}

bool files_problem(struct files_reader *r, const struct val *at, const char *fmt, ...)
{
	struct str why;
	va_list ap;

	va_start(ap, fmt);
	why = arena_vprintf(r->a, fmt, ap);
	va_end(ap);
	return files_ok(r, check_fail(&r->c, at, "%.*s", STR_ARG(why)));
}

bool files_problem_name(struct files_reader *r, const struct val *at, const char *fmt, ...)
{
	struct str why;
	va_list ap;

	va_start(ap, fmt);
	why = arena_vprintf(r->a, fmt, ap);
	va_end(ap);
	return files_ok(r, check_fail_name(&r->c, at, "%.*s", STR_ARG(why)));
}

static int by_place(const void *x, const void *y)
{
	const struct err *a = x, *b = y;
	int order = strcmp(a->path, b->path);

	if (!order)
		order = (a->line > b->line) - (a->line < b->line);
	if (!order)
		order = (a->col > b->col) - (a->col < b->col);
	return order ? order : strcmp(a->message, b->message);
}

bool files_done(const struct files_reader *r, size_t first, struct err *err)
{
	struct org_problems *p = r->problems;

	if (!r->found)
		return true;
	/* A person goes through a file from its top, not in the order of its parts. */
	if (p->n > first)
		qsort(p->v + first, p->n - first, sizeof(*p->v), by_place);
	if (first < r->problems->n)
		*err = r->problems->v[first];
	else
		err_set(err, ERR_INPUT, "%zu more problems", r->found);
	return false;
}

struct org_pos files_pos(const struct files_reader *r, const struct val *v)
{
	return (struct org_pos){r->c.path, v ? v->line : 0, v ? v->col : 0};
}

struct org_pos files_name_pos(const struct files_reader *r, const struct val *v)
{
	return (struct org_pos){r->c.path, v ? v->name_line : 0, v ? v->name_col : 0};
}

const char *files_also(struct files_reader *r, struct org_pos pos)
{
	if (!pos.path || !files_room(r))
		return "";
	return arena_printf(r->a, " (also at %s:%u:%u)", pos.path, pos.line, pos.col).p;
}

const char *files_did_you_mean(struct files_reader *r, struct str word, const struct str *known,
			       size_t n)
{
	struct str nearest = files_room(r) ? str_nearest(word, known, n) : STR_NULL;

	if (str_is_null(nearest))
		return "";
	nearest = show_short(r->a, nearest);
	return arena_printf(r->a, ", did you mean '%.*s'?", STR_ARG(nearest)).p;
}

/* ---- files ---- */

void files_init(struct files_reader *r, const char *dir, struct arena *a,
		struct org_problems *problems)
{
	*r = (struct files_reader){
		.dir = str_eqz(str_of(dir), ".") ? STR("") : arena_strz(a, dir),
		.a = a,
		.problems = problems,
	};
	r->c = (struct check){.a = a, .err = &r->err};
}

const char *files_path(struct files_reader *r, const char *name)
{
	if (!r->dir.n)
		return arena_dupz(r->a, str_of(name));
	return path_join(r->a, r->dir, str_of(name)).p;
}

/*
 * A link to nowhere is not "absent", or a part of the organization would
 * silently not be there; and a pipe would be waited for.
 */
bool files_is_there(struct files_reader *r, const char *path, bool folder)
{
	struct stat st;

	if (lstat(path, &st) != 0 && (errno == ENOENT || errno == ENOTDIR))
		return false;
	r->c.path = path;
	if (stat(path, &st) != 0) {
		files_ok(r, err_errno(&r->err, errno, "cannot read it"));
		return false;
	}
	if (folder ? S_ISDIR(st.st_mode) : S_ISREG(st.st_mode))
		return true;
	return files_problem(r, NULL, folder ? "this must be a folder" : "this must be a file");
}

const struct val *files_load(struct files_reader *r, const char *name, enum files_part part)
{
	const char *path = files_path(r, name);
	struct val *v = NULL;
	size_t before = r->found;

	if (files_is_there(r, path, false) && files_ok(r, yaml_read_file(path, r->a, &v, &r->err)))
		return v;
	if (r->found > before)
		r->lost |= part;
	return NULL;
}

bool files_folder(struct files_reader *r, const char *folder, enum files_part part,
		  struct str **names, size_t *n)
{
	const char *path = files_path(r, folder);
	size_t before = r->found;

	if (files_is_there(r, path, true) && files_ok(r, file_list(path, r->a, names, n, &r->err)))
		return true;
	if (r->found > before)
		r->lost |= part;
	return false;
}

void files_load_all(struct files_reader *r, const char *folder, enum files_part part,
		    void (*each)(struct files_reader *r, const struct val *v))
{
	struct str *names;
	size_t n;

	if (!files_folder(r, folder, part, &names, &n))
		return;
	for (size_t i = 0; i < n; i++) {
		const struct val *v;

		if (!str_endsz(names[i], ".yaml") || str_startsz(names[i], "."))
			continue;
		v = files_load(r, path_join(r->a, str_of(folder), names[i]).p, part);
		if (v)
			each(r, v);
	}
}

/* ---- shapes ---- */

bool files_keys(struct files_reader *r, const struct val *v, const char *what,
		const char *const *known, size_t n)
{
	struct str *names;

	if (!val_is(v, VAL_OBJECT))
		return files_ok(r, check_object(&r->c, v, what, known, n));
	names = arena_calloc(r->a, n, sizeof(*names));
	for (size_t i = 0; i < n; i++)
		names[i] = str_of(known[i]);
	VAL_EACH(member, v)
	{
		struct str shown;
		bool there = false;

		for (size_t i = 0; i < n; i++)
			there |= str_eq(member->name, names[i]);
		if (there)
			continue;
		shown = show_short(r->a, member->name);
		files_problem_name(r, member, "unknown key '%.*s'%s", STR_ARG(shown),
				   files_did_you_mean(r, member->name, names, n));
	}
	return true;
}

bool files_list(struct files_reader *r, const struct val *v, const char *what)
{
	return val_is(v, VAL_NULL) || files_ok(r, check_is_list(&r->c, v, what));
}

const struct val *files_items(struct files_reader *r, const struct val *v, const char *name)
{
	const struct val *list = NULL;

	files_ok(r, check_list(&r->c, v, name, CHECK_OPTIONAL, &list));
	return list;
}

/*
 * "Tag keys: 1-128 characters; tag values: 0-256; aws: is reserved", 50 tags
 * a resource (Organizations User Guide, "Tagging AWS Organizations resources").
 */
static void check_tag(struct files_reader *r, const struct val *v, struct org_tag *t)
{
	size_t max_key = 128, max_value = 256;

	t->key = v->name;
	if (v->kind == VAL_NULL || v->kind == VAL_LIST || v->kind == VAL_OBJECT) {
		files_problem(r, v, "the tag '%.*s' must have a string, not %s",
			      STR_ARG(show_short(r->a, v->name)),
			      val_kind_name((enum val_kind)v->kind));
		return;
	}
	t->value = yaml_text(r->a, v);
	if (!t->key.n || utf8_length(t->key) > max_key)
		files_problem_name(r, v, "a tag's key must have 1 to 128 characters");
	else if (str_startsz(t->key, "aws:"))
		files_problem_name(r, v, "tag keys that begin with 'aws:' are AWS's own");
	if (utf8_length(t->value) > max_value)
		files_problem(r, v, "a tag's value must have at most 256 characters");
}

void files_tags(struct files_reader *r, const struct val *v, const char *name, struct org_tag **out,
		size_t *n)
{
	const struct val *tags = NULL;

	if (!files_ok(r, check_map(&r->c, v, name, CHECK_OPTIONAL, &tags)) || !tags)
		return;
	if (val_count(tags) > 50) {
		files_problem_name(r, tags, "%zu tags, AWS takes at most 50", val_count(tags));
		return;
	}
	*out = arena_calloc(r->a, val_count(tags) + 1, sizeof(**out));
	VAL_EACH(t, tags)
	check_tag(r, t, &(*out)[(*n)++]);
}

void files_without_aws(struct err *err)
{
	char *says = strstr(err->message, POLICY_AWS_SAYS);

	if (says)
		*says = '\0';
	err->aws_code[0] = '\0';
}

bool files_document(struct files_reader *r, const struct val *v, const char *what,
		    enum policy_kind kind, struct str *out)
{
	struct err why = {0};
	struct str text;

	if (val_is(v, VAL_OBJECT))
		text = json_text(r->a, v);
	else if (val_is(v, VAL_STRING))
		text = v->u.s;
	else
		return files_problem(r, v, "%s must be a mapping or JSON text", what);
	if (!policy_parse(text, kind, str_of(what), r->a, &why)) {
		files_without_aws(&why);
		return files_problem(r, v, "%s is not a policy: %s", what, why.message);
	}
	*out = text;
	return true;
}

/* ---- names that must be somewhere ---- */

#define NAMES(r, array, count)                                                       \
	struct str *names = arena_calloc((r)->a, (r)->o->count + 1, sizeof(*names)); \
	size_t n = 0;                                                                \
                                                                                     \
	for (size_t i = 0; files_room(r) && i < (r)->o->count; i++)                  \
		names[n++] = (r)->o->array[i]->name;

bool files_known_account(struct files_reader *r, const struct val *at, struct str name)
{
	struct org_pos pos = files_pos(r, at);

	if (r->lost & FILES_ACCOUNTS)
		return true;
	/* The nearest of many names takes a while: only for those that are shown. */
	if (!files_room(r) && !org_is_pattern(name))
		return org_account(r->o, name) || files_problem(r, at, "unknown account");
	return files_ok(r, org_check_account_name(r->o, name, &pos, &r->err));
}

bool files_known_unit(struct files_reader *r, const struct val *at, struct str name)
{
	struct org_pos pos = files_pos(r, at);

	if (r->lost & FILES_ACCOUNTS)
		return true;
	/* The nearest of many names takes a while: only for those that are shown. */
	if (!files_room(r) && !org_is_pattern(name))
		return org_unit(r->o, name) || files_problem(r, at, "unknown unit");
	return files_ok(r, org_check_unit_name(r->o, name, &pos, &r->err));
}

bool files_known_group(struct files_reader *r, const struct val *at, struct str name)
{
	struct str shown;

	if (!r->have_groups || r->lost & FILES_GROUPS || org_group(r->o, name))
		return true;
	NAMES(r, groups, ngroups)
	shown = show_short(r->a, name);
	return files_problem(r, at, "unknown group '%.*s'%s", STR_ARG(shown),
			     files_did_you_mean(r, name, names, n));
}

bool files_known_policy(struct files_reader *r, const struct val *at, struct str name)
{
	struct str shown;

	if (r->lost & FILES_POLICIES || org_policy(r->o, name))
		return true;
	NAMES(r, policies, npolicies)
	shown = show_short(r->a, name);
	return files_problem(r, at, "unknown policy '%.*s'%s", STR_ARG(shown),
			     n ? files_did_you_mean(r, name, names, n)
			       : ": there are no files policies/*.json");
}

bool files_known_set(struct files_reader *r, const struct val *at, struct str name)
{
	struct str shown;

	if (r->lost & FILES_SETS || org_permission_set(r->o, name))
		return true;
	NAMES(r, permission_sets, npermission_sets)
	shown = show_short(r->a, name);
	return files_problem(r, at, "unknown permission set '%.*s'%s", STR_ARG(shown),
			     n ? files_did_you_mean(r, name, names, n)
			       : ": there are none in permission-sets.yaml");
}
