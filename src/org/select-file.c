/* --from FILE: account ids or names, one a line, or a column of a CSV file. */

#include "org/select.h"

#include "base/file.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "org/org-private.h"
#include "text/show.h"

/* What the column may be called that has the accounts, in the order of preference. */
static const char *const columns[] = {"id",           "account_id",   "account id",
				      "account-id",   "accountid",    "account",
				      "account name", "account_name", "name"};

struct lines {
	const char *path;
	struct arena *a;
	struct err *err;
	uint32_t line;
	size_t column;
	const char *column_name;
	bool begun; /* the first line that says something is behind us */
	struct str *names;
	struct org_pos *pos;
	size_t n, names_cap, pos_cap;
};

static bool wrong(const struct lines *l, uint32_t col, const char *what)
{
	return err_at(l->err, l->path, l->line, col, "%s", what);
}

/*
 * One field of RFC 4180 off `*rest`, quoted or not. Quoted fields end on their
 * line: an account's name has no line feed.
 */
static bool next_field(const struct lines *l, struct str *rest, struct str *field)
{
	struct str s = str_trim(*rest);
	struct buf b = BUF_INIT(LIMIT_CONFIG_BYTES);
	size_t i = 1;

	if (!str_startsz(s, "\"")) {
		str_cut(*rest, ',', field, rest);
		*field = str_trim(*field);
		return true;
	}
	for (;; i++) {
		ptrdiff_t quote = str_chr(str_from(s, i), '"');

		if (quote < 0) {
			buf_release(&b);
			return wrong(l, 0, "a quote is opened and not closed on this line");
		}
		buf_adds(&b, str_sub(s, i, (size_t)quote));
		i += (size_t)quote + 1;
		if (i >= s.n || s.p[i] != '"')
			break;
		buf_addc(&b, '"');
	}
	*field = arena_str(l->a, buf_str(&b));
	buf_release(&b);
	s = str_trim(str_from(s, i));
	if (!s.n)
		*rest = STR_NULL;
	else if (s.p[0] == ',')
		*rest = str_from(s, 1);
	else
		return wrong(l, 0, "text behind a closing quote: a comma is expected");
	return true;
}

/* *field: the one in column `column`; STR_NULL: the line has not so many. */
static bool field_of(const struct lines *l, struct str line, size_t column, struct str *field)
{
	struct str rest = line;

	for (size_t i = 0; i <= column; i++) {
		if (str_is_null(rest)) {
			*field = STR_NULL;
			return true;
		}
		if (!next_field(l, &rest, field))
			return false;
	}
	return true;
}

/* Is the first line the titles of columns? Then l->column is where the accounts are. */
static bool read_titles(struct lines *l, struct str line, bool *titles)
{
	*titles = false;
	for (size_t k = 0; !*titles && k < ARRAY_SIZE(columns); k++) {
		struct str rest = line, field;

		for (size_t i = 0; !str_is_null(rest); i++) {
			if (!next_field(l, &rest, &field))
				return false;
			if (!str_eq_nocase(field, str_of(columns[k])))
				continue;
			*titles = true;
			l->column = i;
			l->column_name = columns[k];
			break;
		}
	}
	return true;
}

/* What can be told without the organization: ids that a spreadsheet has shortened. */
static bool check_name(const struct lines *l, struct str name)
{
	struct str shown = show_short(l->a, name);

	if (str_all_digits(name) && name.n >= 9 && name.n <= 15 && name.n != 12)
		return err_at(l->err, l->path, l->line, 0,
			      "account id '%.*s' has %zu digits, it must have 12%s", STR_ARG(name),
			      name.n,
			      name.n < 12 ? " (a spreadsheet may have dropped leading zeros)" : "");
	for (size_t i = 0; i < name.n; i++) {
		if ((unsigned char)name.p[i] < ' ' || name.p[i] == 0x7f)
			return err_at(l->err, l->path, l->line, 0,
				      "'%.*s' has a control character: no account is called that",
				      STR_ARG(shown));
	}
	return true;
}

static bool add(struct lines *l, struct str line)
{
	struct str field;

	if (!field_of(l, line, l->column, &field))
		return false;
	if (!field.n && l->column_name)
		return err_at(l->err, l->path, l->line, 0, "this line has no '%s'", l->column_name);
	if (!field.n)
		return wrong(l, 0,
			     "this line begins with an empty field: an account's id or name "
			     "is expected");
	if (!check_name(l, field))
		return false;
	l->pos = arena_grow(l->a, l->pos, l->n, &l->pos_cap, sizeof(*l->pos));
	l->pos[l->n] = (struct org_pos){l->path, l->line, 0};
	org_add_str(l->a, &l->names, &l->n, &l->names_cap, arena_str(l->a, field));
	return true;
}

static bool read_lines(struct lines *l, struct str text)
{
	struct str rest = text, line;
	bool titles;

	if (str_startsz(rest, "\xef\xbb\xbf"))
		rest = str_from(rest, 3);
	while (str_next(&rest, '\n', &line)) {
		l->line++;
		if (!utf8_valid(line))
			return wrong(l, 0, "this is not UTF-8");
		line = str_trim(line);
		if (!line.n || line.p[0] == '#')
			continue;
		if (!l->begun) {
			l->begun = true;
			if (!read_titles(l, line, &titles))
				return false;
			if (titles)
				continue;
		}
		if (!add(l, line))
			return false;
	}
	return true;
}

/* Behind the names that the command line gave, whose positions are nowhere. */
static void append(struct org_choice *c, const struct lines *l, struct arena *a)
{
	struct org_selector *s = &c->sel;
	size_t n = s->nnames + l->n;
	struct str *names = arena_calloc(a, n + 1, sizeof(*names));
	struct org_pos *pos = arena_calloc(a, n + 1, sizeof(*pos));

	for (size_t i = 0; i < s->nnames; i++) {
		names[i] = s->names[i];
		if (i < c->nname_pos)
			pos[i] = c->name_pos[i];
	}
	for (size_t i = 0; i < l->n; i++) {
		names[s->nnames + i] = l->names[i];
		pos[s->nnames + i] = l->pos[i];
	}
	s->names = names;
	s->nnames = n;
	c->name_pos = pos;
	c->nname_pos = n;
}

bool org_choice_from_file(struct org_choice *c, const char *path, struct arena *a, struct err *err)
{
	const char *name = str_eqz(str_of(path), "-") ? "standard input" : path;
	struct lines l = {.path = arena_dupz(a, str_of(name)), .a = a, .err = err};
	struct str text;

	if (!file_read(path, LIMIT_YAML_BYTES, a, &text, err) || !read_lines(&l, text))
		return false;
	if (!l.n)
		return err_at(err, l.path, 0, 0,
			      "no account stands here: ids or names are expected, one a line");
	append(c, &l, a);
	return true;
}
