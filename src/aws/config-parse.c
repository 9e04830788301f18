/*
 * The shared files' format, as the AWS CLI reads it (Python's configparser, and
 * one level of nesting on top):
 * https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
 *
 * - a line that begins with # or ; is a comment, with white space before it too;
 *   " #" and " ;" end a value (the SDKs do so, the CLI does not; no value that
 *   works in both has one, save credential_process, which is left whole)
 * - a line that is indented deeper than the key before it continues its value;
 *   where that value is empty, the lines are nested keys
 * - a section that comes twice is one section, and the later of two equal keys
 *   counts (the CLI refuses, the SDKs merge)
 */

#include <string.h>

#include "aws/config-private.h"
#include "base/limits.h"
#include "base/utf8.h"

struct reader {
	struct config_file *f;
	struct arena *a;
	struct err *err;
	struct config_section *section; /* NULL: before the first */
	char *value_end;                /* where the value that may go on ends; NULL: none */
	size_t indent;                  /* of the last key */
	uint32_t line;
};

static bool bad(struct reader *r, const char *what)
{
	return err_at(r->err, r->f->path, r->line, 1, "%s", what);
}

static size_t indent_of(struct str line)
{
	size_t n = 0;

	while (n < line.n && (line.p[n] == ' ' || line.p[n] == '\t'))
		n++;
	return n;
}

static bool is_comment(struct str trimmed)
{
	return trimmed.n > 0 && (trimmed.p[0] == '#' || trimmed.p[0] == ';');
}

static struct str without_comment(struct str value)
{
	for (size_t i = 1; i < value.n; i++)
		if ((value.p[i] == '#' || value.p[i] == ';') &&
		    (value.p[i - 1] == ' ' || value.p[i - 1] == '\t'))
			return str_trim(str_sub(value, 0, i));
	return value;
}

/* The word behind "profile" and its like, without its quotes. */
static struct str section_name(struct str s)
{
	s = str_trim(s);
	if (s.n >= 2 && (s.p[0] == '"' || s.p[0] == '\'') && s.p[s.n - 1] == s.p[0])
		return str_sub(s, 1, s.n - 2);
	return s;
}

static bool keyword(struct str text, const char *word, struct str *rest)
{
	size_t n = strlen(word);

	if (!str_startsz(text, word) || text.n == n ||
	    (text.p[n] != ' ' && text.p[n] != '\t' && text.p[n] != '"'))
		return false;
	*rest = section_name(str_from(text, n));
	return true;
}

static void classify(struct reader *r, struct str text, struct config_section *s)
{
	s->line = r->line;
	s->kind = SECTION_OTHER;
	s->name = text;
	if (r->f->kind == CREDENTIALS_FILE) {
		s->kind = SECTION_PROFILE;
		s->name = section_name(text);
	} else if (str_eqz(text, "default")) {
		s->kind = SECTION_DEFAULT;
	} else if (keyword(text, "profile", &s->name)) {
		s->kind = SECTION_PROFILE;
	} else if (keyword(text, "services", &s->name)) {
		s->kind = SECTION_SERVICES;
	} else if (keyword(text, "sso-session", &s->name)) {
		s->kind = SECTION_SSO_SESSION;
	}
}

static bool read_section(struct reader *r, struct str line)
{
	ptrdiff_t end = str_chr(line, ']');
	struct config_section s = {0};

	if (end < 0)
		return bad(r, "a section's name must end in ']'");

	struct str after = str_trim(str_from(line, (size_t)end + 1));

	if (after.n > 0 && !is_comment(after))
		return bad(r, "text behind a section's name");

	struct str text = str_trim(str_sub(line, 1, (size_t)end - 1));

	if (str_is_empty(text))
		return bad(r, "a section without a name");
	classify(r, text, &s);
	r->f->sections = arena_grow(r->a, r->f->sections, r->f->n, &r->f->cap, sizeof(s));
	r->f->sections[r->f->n] = s;
	r->section = &r->f->sections[r->f->n++];
	r->value_end = NULL;
	return true;
}

static void add(struct reader *r, struct str key, struct str nested, struct str value)
{
	struct config_section *s = r->section;
	struct config_entry e = {key, nested, value, r->line};

	s->entries = arena_grow(r->a, s->entries, s->n, &s->cap, sizeof(e));
	s->entries[s->n++] = e;
}

/* "key = value", also "key: value", as configparser has it. The text is ours: lower it in place. */
static bool split_key(struct str line, bool colon, struct str *key, struct str *value)
{
	size_t at = 0;

	while (at < line.n && line.p[at] != '=' && !(colon && line.p[at] == ':'))
		at++;
	*key = str_trim(str_sub(line, 0, at));
	if (at == line.n || str_is_empty(*key))
		return false;
	*value = str_trim(str_from(line, at + 1));
	for (size_t i = 0; i < key->n; i++) {
		char *c = (char *)(uintptr_t)&key->p[i];

		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c - 'A' + 'a');
	}
	return true;
}

static bool read_key(struct reader *r, struct str line)
{
	struct str key, value;

	if (!r->section)
		return bad(r, "a line before the first section");
	if (!split_key(line, true, &key, &value))
		return bad(r, "expected 'key = value', a [section] or a comment");
	if (is_comment(value) && r->section->kind != SECTION_OTHER)
		value = str_sub(value, 0, 0);
	else if (!str_eqz(key, "credential_process"))
		value = without_comment(value);
	add(r, key, STR_NULL, value);
	r->value_end = (char *)(uintptr_t)value.p + value.n;
	return true;
}

/* A deeper line: a nested key below an empty value, or more of the value. */
static bool read_continued(struct reader *r, struct str line)
{
	struct config_section *s = r->section;
	struct config_entry *last = &s->entries[s->n - 1];
	struct str key, value;

	if (!str_is_null(last->nested) || str_is_empty(last->value)) {
		if (!split_key(line, false, &key, &value))
			return bad(r, "expected 'key = value' in a nested setting");
		add(r, last->key, key, without_comment(value));
		return true;
	}
	*r->value_end++ = '\n';
	memmove(r->value_end, line.p, line.n);
	r->value_end += line.n;
	last->value.n += line.n + 1;
	return true;
}

static bool read_line(struct reader *r, struct str line)
{
	struct str trimmed = str_trim(line);
	size_t indent = indent_of(line);

	if (str_is_empty(trimmed) || is_comment(trimmed))
		return true;
	if (r->value_end && indent > r->indent)
		return read_continued(r, trimmed);
	r->indent = indent;
	if (trimmed.p[0] == '[')
		return read_section(r, trimmed);
	return read_key(r, trimmed);
}

bool config_parse(struct config_file *f, char *text, size_t n, struct arena *a, struct err *err)
{
	struct reader r = {.f = f, .a = a, .err = err};
	struct str rest = str_ofn(text, n), line;

	if (str_startsz(rest, "\xef\xbb\xbf"))
		rest = str_from(rest, 3);
	while (str_next(&rest, '\n', &line)) {
		r.line++;
		if (str_chr(line, '\0') >= 0 || !utf8_valid(line))
			return bad(&r, "not UTF-8 text");
		if (!read_line(&r, line))
			return false;
	}
	return true;
}

struct str config_lookup(const struct config_file *f, enum config_section_kind kind,
			 struct str section, struct str key, const char *nested)
{
	for (size_t i = f->n; i-- > 0;) {
		const struct config_section *s = &f->sections[i];

		if (s->kind != kind || !str_eq(s->name, section))
			continue;
		for (size_t k = s->n; k-- > 0;) {
			const struct config_entry *e = &s->entries[k];

			if (!str_eq(e->key, key) || str_is_null(e->nested) != (nested == NULL))
				continue;
			if (!nested || str_eqz(e->nested, nested))
				return e->value;
		}
	}
	return STR_NULL;
}
