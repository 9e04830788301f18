#include "text/xml.h"

#include <expat.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/secret.h"
#include "base/utf8.h"
#include "text/scan-private.h"

struct reader {
	XML_Parser parser;
	struct str text;
	struct arena *a;
	struct err *err;
	bool failed; /* err is filled: expat's own error is only "aborted" */
	size_t depth;
	struct xml *open[LIMIT_DEPTH];
	struct xml *root;
	struct buf leaf; /* the text of the innermost element so far */
	size_t nodes;
};

static bool fail(struct reader *r, enum err_kind kind, size_t off, const char *why)
{
	uint32_t line, col;

	scan_position(r->text, off, &line, &col);
	(void)err_at(r->err, "", line, col, "%s", why);
	r->err->kind = kind;
	return false;
}

static size_t offset(const struct reader *r)
{
	XML_Index at = XML_GetCurrentByteIndex(r->parser);

	return at > 0 ? (size_t)at : 0;
}

/* From inside a handler: expat returns from XML_Parse as soon as it can. */
static void stop(struct reader *r, enum err_kind kind, const char *why)
{
	if (r->failed)
		return;
	r->failed = true;
	(void)fail(r, kind, offset(r), why);
	(void)XML_StopParser(r->parser, XML_FALSE);
}

static struct str local_name(const char *qualified)
{
	const char *colon = strrchr(qualified, ':');

	return str_of(colon && colon[1] ? colon + 1 : qualified);
}

static void add_attrs(struct reader *r, struct xml *x, const char **attrs)
{
	struct xml_attr **tail = &x->attrs;

	for (; attrs[0]; attrs += 2) {
		struct xml_attr *attr;

		if (strcmp(attrs[0], "xmlns") == 0 || strncmp(attrs[0], "xmlns:", 6) == 0)
			continue;
		attr = arena_new_of(r->a, struct xml_attr);
		attr->name = arena_str(r->a, local_name(attrs[0]));
		attr->value = arena_strz(r->a, attrs[1]);
		*tail = attr;
		tail = &attr->next;
		r->nodes++;
	}
}

static void XMLCALL on_start(void *user, const char *name, const char **attrs)
{
	struct reader *r = user;
	struct xml *x, *parent;

	if (r->failed)
		return;
	if (r->depth == LIMIT_DEPTH) {
		stop(r, ERR_LIMIT, "elements are nested too deeply");
		return;
	}
	x = arena_new_of(r->a, struct xml);
	x->name = arena_str(r->a, local_name(name));
	x->text = STR("");
	add_attrs(r, x, attrs);
	if (++r->nodes > LIMIT_NODES) {
		stop(r, ERR_LIMIT, "too many elements in one document");
		return;
	}
	if (r->depth) {
		parent = r->open[r->depth - 1];
		if (parent->last)
			parent->last->next = x;
		else
			parent->first = x;
		parent->last = x;
	} else {
		r->root = x;
	}
	r->open[r->depth++] = x;
	buf_reset(&r->leaf);
}

static void XMLCALL on_end(void *user, const char *name)
{
	struct reader *r = user;
	struct xml *x;

	(void)name;
	if (r->failed)
		return;
	x = r->open[--r->depth];
	if (!x->first && r->leaf.n)
		x->text = arena_str(r->a, buf_str(&r->leaf));
	buf_reset(&r->leaf);
}

static void XMLCALL on_text(void *user, const char *p, int n)
{
	struct reader *r = user;

	/* Between the children of an element stand only line ends and blanks. */
	if (!r->failed && r->depth && !r->open[r->depth - 1]->first)
		(void)buf_add(&r->leaf, p, (size_t)n);
}

static void XMLCALL on_doctype(void *user, const char *name, const char *sysid, const char *pubid,
			       int has_internal_subset)
{
	(void)name;
	(void)sysid;
	(void)pubid;
	(void)has_internal_subset;
	stop(user, ERR_INPUT, "a document type declaration (DTD, entities) is refused");
}

static bool parse(struct reader *r)
{
	enum XML_Error code;

	XML_SetUserData(r->parser, r);
	XML_SetElementHandler(r->parser, on_start, on_end);
	XML_SetCharacterDataHandler(r->parser, on_text);
	XML_SetStartDoctypeDeclHandler(r->parser, on_doctype);
	if (XML_Parse(r->parser, r->text.p, (int)r->text.n, XML_TRUE) == XML_STATUS_OK)
		return true;
	if (r->failed)
		return false;
	code = XML_GetErrorCode(r->parser);
	if (code == XML_ERROR_NO_MEMORY)
		BUG("expat ran out of memory");
	return fail(r, ERR_INPUT, offset(r), XML_ErrorString(code));
}

/*
 * Expat copies the document, and an answer of AssumeRoot is a document: what it
 * gives back is wiped.
 */
static const XML_Memory_Handling_Suite wiping = {wiping_malloc, wiping_realloc, wiping_free};

bool xml_read(struct str text, struct arena *a, struct xml **out, struct err *err)
{
	struct reader r = {.text = str_is_null(text) ? STR("") : text, .a = a, .err = err};
	ptrdiff_t bad;
	bool ok;

	if (text.n > INT_MAX)
		return fail(&r, ERR_LIMIT, 0, "a document of more than 2 GiB");
	bad = scan_utf8(r.text);
	if (bad >= 0)
		return fail(&r, ERR_INPUT, (size_t)bad, "invalid UTF-8");
	/* Whatever encoding the document claims, it was just found to be UTF-8. */
	r.parser = XML_ParserCreate_MM("UTF-8", &wiping, NULL);
	if (!r.parser)
		BUG("expat ran out of memory");
	/* Without entities of one's own, text never grows. */
	buf_init_secret(&r.leaf, r.text.n + 1);
	ok = parse(&r);
	buf_release(&r.leaf);
	XML_ParserFree(r.parser);
	if (ok)
		*out = r.root;
	return ok;
}

struct xml *xml_childs(const struct xml *x, struct str name)
{
	for (struct xml *child = x ? x->first : NULL; child; child = child->next) {
		if (str_eq(child->name, name))
			return child;
	}
	return NULL;
}

struct xml *xml_child(const struct xml *x, const char *name)
{
	return xml_childs(x, str_of(name));
}

struct str xml_child_text(const struct xml *x, const char *name)
{
	const struct xml *child = xml_child(x, name);

	return child ? child->text : STR_NULL;
}

/* ---- writing ---- */

static const char *entity(uint32_t cp)
{
	switch (cp) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&apos;";
	case '\r': /* as itself, the other end would read a line feed */
		return "&#xD;";
	default:
		return NULL;
	}
}

/* XML 1.0, "Char": what a document can carry. */
static bool is_char(uint32_t cp)
{
	return cp == '\t' || cp == '\n' || cp == '\r' ||
	       (cp >= 0x20 && cp != 0xfffe && cp != 0xffff);
}

/* ASCII that stands for itself. */
static bool is_plain(char c)
{
	return c >= ' ' && c < 0x7f && c != '&' && c != '<' && c != '>' && c != '"' && c != '\'';
}

bool xml_write_text(struct str s, struct buf *out)
{
	size_t run = 0; /* where what was not written yet begins */

	for (size_t at = 0; at < s.n;) {
		if (is_plain(s.p[at])) { /* nearly all of every answer */
			at++;
			continue;
		}
		size_t from = at;
		uint32_t cp = utf8_next(s, &at);
		const char *instead = entity(cp);

		if (!is_char(cp) || (cp == 0xfffd && at - from == 1))
			instead = "\xef\xbf\xbd";
		if (!instead)
			continue;
		(void)buf_add(out, s.p + run, from - run);
		(void)buf_addz(out, instead);
		run = at;
	}
	return s.n > run ? buf_add(out, s.p + run, s.n - run) : !buf_overflowed(out);
}

bool xml_open(struct str name, struct buf *out)
{
	(void)buf_addc(out, '<');
	(void)buf_adds(out, name);
	return buf_addc(out, '>');
}

bool xml_close(struct str name, struct buf *out)
{
	(void)buf_add(out, "</", 2);
	(void)buf_adds(out, name);
	return buf_addc(out, '>');
}
