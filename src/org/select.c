#include "org/select.h"

#include "org/live.h"
#include "org/org-private.h"
#include "text/show.h"

/* ---- names and patterns ---- */

bool org_is_pattern(struct str name)
{
	return str_chr(name, '*') >= 0;
}

bool org_pattern_fits(struct str pattern, struct str text)
{
	size_t p = 0, t = 0, star = SIZE_MAX, mark = 0;

	while (t < text.n) {
		if (p < pattern.n && pattern.p[p] == '*') {
			star = p++;
			mark = t;
		} else if (p < pattern.n && pattern.p[p] == text.p[t]) {
			p++;
			t++;
		} else if (star != SIZE_MAX) {
			/* The last star takes one more; earlier ones never need to. */
			p = star + 1;
			t = ++mark;
		} else {
			return false;
		}
	}
	while (p < pattern.n && pattern.p[p] == '*')
		p++;
	return p == pattern.n;
}

bool org_account_fits(const struct org_account *acct, struct str name)
{
	if (!str_is_null(acct->id) && org_pattern_fits(name, acct->id))
		return true;
	return !str_is_null(acct->name) && org_pattern_fits(name, acct->name);
}

static bool unit_is(const struct org_unit *u, struct str name)
{
	return (!str_is_null(u->id) && str_eq(u->id, name)) || str_eq(u->name, name) ||
	       (u->parent && str_eq(u->path, name));
}

bool org_unit_fits(const struct org_unit *u, struct str name)
{
	for (; u; u = u->parent) {
		if (unit_is(u, name))
			return true;
	}
	return false;
}

/* ---- does it choose this account? ---- */

enum fit { FIT_NO, FIT_YES, FIT_UNKNOWN };

static bool any_name(const struct str *names, size_t n, const struct org_account *acct)
{
	for (size_t i = 0; i < n; i++) {
		if (org_account_fits(acct, names[i]))
			return true;
	}
	return false;
}

static enum fit fit_units(const struct org_selector *s, const struct org_account *acct)
{
	if (!acct->unit)
		return FIT_UNKNOWN;
	for (size_t i = 0; i < s->nunits; i++) {
		if (org_unit_fits(acct->unit, s->units[i]))
			return FIT_YES;
	}
	return FIT_NO;
}

static const struct org_tag *tag_of(const struct org_account *acct, struct str key)
{
	for (size_t i = 0; i < acct->ntags; i++) {
		if (str_eq(acct->tags[i].key, key))
			return &acct->tags[i];
	}
	return NULL;
}

static bool has_tag(const struct org_account *acct, const struct org_tag *want)
{
	const struct org_tag *has = tag_of(acct, want->key);

	return has && (str_eqz(want->value, "*") || str_eq(has->value, want->value));
}

static enum fit fit_all_tags(const struct org_selector *s, const struct org_account *acct)
{
	if (!acct->have_tags)
		return FIT_UNKNOWN;
	for (size_t i = 0; i < s->ntags; i++) {
		if (!has_tag(acct, &s->tags[i]))
			return FIT_NO;
	}
	return FIT_YES;
}

static enum fit fit_any_tag(const struct org_choice *c, const struct org_account *acct)
{
	if (!acct->have_tags)
		return FIT_UNKNOWN;
	for (size_t i = 0; i < c->sel.ntags; i++) {
		if (has_tag(acct, &c->sel.tags[i]))
			return FIT_YES;
	}
	for (size_t i = 0; i < c->ntag_keys; i++) {
		if (tag_of(acct, c->tag_keys[i]))
			return FIT_YES;
	}
	return FIT_NO;
}

/* All kinds that are asked for must fit; `tags` is FIT_YES where none are asked for. */
static bool fits(const struct org_selector *s, bool by_tags, enum fit tags,
		 const struct org_account *acct, bool *unknown)
{
	enum fit units;

	if (any_name(s->except, s->nexcept, acct))
		return false;
	if (!s->nnames && !s->nunits && !by_tags)
		return s->all;
	if (s->nnames && !any_name(s->names, s->nnames, acct))
		return false;
	units = s->nunits ? fit_units(s, acct) : FIT_YES;
	if (units == FIT_NO || tags == FIT_NO)
		return false;
	if (units == FIT_YES && tags == FIT_YES)
		return true;
	*unknown = true;
	return false;
}

bool org_selects(const struct org *o, const struct org_selector *s, const struct org_account *acct,
		 bool *unknown)
{
	(void)o;
	return fits(s, s->ntags > 0, s->ntags ? fit_all_tags(s, acct) : FIT_YES, acct, unknown);
}

static bool by_tags(const struct org_choice *c)
{
	return c->sel.ntags || c->ntag_keys;
}

bool org_chosen(const struct org *o, const struct org_choice *c, const struct org_account *acct,
		bool *unknown)
{
	struct org_selector s = c->sel;

	(void)o;
	s.all |= c->all;
	return fits(&s, by_tags(c), by_tags(c) ? fit_any_tag(c, acct) : FIT_YES, acct, unknown);
}

unsigned org_choice_needs(const struct org_choice *c)
{
	return (c->sel.nunits ? ORG_UNITS : 0) | (by_tags(c) ? ORG_TAGS : 0);
}

/* ---- mistakes ---- */

static bool unknown_word(const struct org_pos *pos, struct err *err, const char *what,
			 struct str word, struct str nearest, struct arena *a)
{
	struct str shown = show_short(a, word), near = show_short(a, nearest);
	const char *path = pos ? pos->path : NULL;
	uint32_t line = pos ? pos->line : 0, col = pos ? pos->col : 0;

	if (str_is_null(nearest))
		return err_at(err, path, line, col, "%s '%.*s'", what, STR_ARG(shown));
	return err_at(err, path, line, col, "%s '%.*s', did you mean '%.*s'?", what, STR_ARG(shown),
		      STR_ARG(near));
}

static struct str nearest_account(const struct org *o, struct str word, struct arena *a)
{
	bool id = str_all_digits(word);
	struct str *words = arena_calloc(a, o->naccounts + 1, sizeof(*words));
	size_t n = 0;

	for (size_t i = 0; i < o->naccounts; i++) {
		struct str s = id ? o->accounts[i]->id : o->accounts[i]->name;

		if (!str_is_null(s))
			words[n++] = s;
	}
	return str_nearest(word, words, n);
}

/* By name where a name was given, by path where it looks like one. */
static struct str nearest_unit(const struct org *o, struct str word, struct arena *a)
{
	bool path = str_chr(word, '/') >= 0, id = str_startsz(word, "ou-");
	struct str *words = arena_calloc(a, o->nunits + 1, sizeof(*words));
	size_t n = 0;

	for (size_t i = 0; i < o->nunits; i++) {
		const struct org_unit *u = o->units[i];
		struct str s = id ? u->id : path ? u->path : u->name;

		if (s.n)
			words[n++] = s;
	}
	return str_nearest(word, words, n);
}

static bool pattern_fits_any(const struct org *o, struct str pattern)
{
	for (size_t i = 0; i < o->naccounts; i++) {
		if (org_account_fits(o->accounts[i], pattern))
			return true;
	}
	return false;
}

bool org_check_account_name(const struct org *o, struct str name, const struct org_pos *pos,
			    struct err *err)
{
	struct arena *a;

	if (org_is_pattern(name) ? pattern_fits_any(o, name) : org_account(o, name) != NULL)
		return true;
	a = arena_new();
	if (org_is_pattern(name))
		unknown_word(pos, err, "no account fits the pattern", name, STR_NULL, a);
	else if (str_all_digits(name) && name.n != 12 && name.n >= 9 && name.n <= 15)
		err_at(err, pos ? pos->path : NULL, pos ? pos->line : 0, pos ? pos->col : 0,
		       "account id '%.*s' has %zu digits, it must have 12", STR_ARG(name), name.n);
	else
		unknown_word(pos, err, "unknown account", name, nearest_account(o, name, a), a);
	arena_free(&a);
	return false;
}

bool org_check_unit_name(const struct org *o, struct str name, const struct org_pos *pos,
			 struct err *err)
{
	struct arena *a;

	if (name.n && org_unit(o, name))
		return true;
	a = arena_new();
	unknown_word(pos, err, "unknown unit", name, nearest_unit(o, name, a), a);
	arena_free(&a);
	return false;
}

static bool check_names(const struct org *o, const struct str *names, size_t n,
			const struct org_pos *pos, struct err *err)
{
	for (size_t i = 0; i < n; i++) {
		if (!org_check_account_name(o, names[i], pos, err))
			return false;
	}
	return true;
}

bool org_selector_check(const struct org *o, const struct org_selector *s, struct err *err)
{
	if (!check_names(o, s->names, s->nnames, &s->pos, err) ||
	    !check_names(o, s->except, s->nexcept, &s->pos, err))
		return false;
	for (size_t i = 0; i < s->nunits; i++) {
		if (!org_check_unit_name(o, s->units[i], &s->pos, err))
			return false;
	}
	return true;
}

/*
 * Tags that are on accounts: the keys, or the values of one key. *fits: `word` is among them.
 * false: the tags of some account were not read, nothing can be said.
 */
static bool tags_there(const struct org *o, struct str key, struct str word, struct arena *a,
		       struct str **words, size_t *n, bool *fits)
{
	size_t cap = 0;

	for (size_t i = 0; i < o->naccounts; i++) {
		const struct org_account *acct = o->accounts[i];

		if (!acct->have_tags)
			return false;
		for (size_t t = 0; t < acct->ntags; t++) {
			const struct org_tag *tag = &acct->tags[t];

			if (!str_is_null(key) && !str_eq(key, tag->key))
				continue;
			struct str w = str_is_null(key) ? tag->key : tag->value;

			*fits |= str_eq(w, word);
			org_add_str(a, words, n, &cap, w);
		}
	}
	return true;
}

/* key STR_NULL: is `word` a key that some account has? */
static bool check_tag(const struct org *o, struct str key, struct str word, struct arena *a,
		      struct err *err)
{
	struct str *words = NULL, nearest;
	size_t n = 0;
	bool fits = false;

	if (!tags_there(o, key, word, a, &words, &n, &fits) || fits)
		return true;
	nearest = str_nearest(word, words, n);
	if (str_is_null(key))
		return unknown_word(NULL, err, "no account has the tag", word, nearest, a);
	if (str_is_null(nearest))
		return true;
	return unknown_word(NULL, err, "no account has the tag",
			    arena_printf(a, "%.*s=%.*s", STR_ARG(key), STR_ARG(word)),
			    arena_printf(a, "%.*s=%.*s", STR_ARG(key), STR_ARG(nearest)), a);
}

static bool check_tags(const struct org *o, const struct org_choice *c, struct err *err)
{
	struct arena *a = arena_new();
	bool ok = true;

	for (size_t i = 0; ok && i < c->sel.ntags; i++) {
		const struct org_tag *t = &c->sel.tags[i];

		ok = check_tag(o, STR_NULL, t->key, a, err) &&
		     (str_eqz(t->value, "*") || check_tag(o, t->key, t->value, a, err));
	}
	for (size_t i = 0; ok && i < c->ntag_keys; i++)
		ok = check_tag(o, STR_NULL, c->tag_keys[i], a, err);
	arena_free(&a);
	return ok;
}

bool org_choice_check(const struct org *o, const struct org_choice *c, struct err *err)
{
	const struct org_selector *s = &c->sel;

	for (size_t i = 0; i < s->nnames; i++) {
		const struct org_pos *pos = i < c->nname_pos ? &c->name_pos[i] : NULL;

		if (!org_check_account_name(o, s->names[i], pos, err))
			return false;
	}
	if (!check_names(o, s->except, s->nexcept, NULL, err))
		return false;
	for (size_t i = 0; i < s->nunits; i++) {
		if (!org_check_unit_name(o, s->units[i], NULL, err))
			return false;
	}
	return check_tags(o, c, err);
}
