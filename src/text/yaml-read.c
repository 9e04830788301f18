#include "text/yaml.h"

#include <stdarg.h>
#include <string.h>
#include <yaml.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/map.h"
#include "text/scan-private.h"
#include "text/show.h"
#include "text/yaml-private.h"

/* Mappings up to this size are checked for duplicate keys pair by pair. */
#define SMALL_MAPPING 16

/* A mapping or sequence whose end has not come yet. */
struct frame {
	struct val *v;
	struct anchor *anchor; /* its own, if any */
	struct str key;        /* a key was read, its value comes next; else STR_NULL */
	uint32_t key_line, key_col;
	bool key_merges; /* the key is a plain << */
};

struct anchor {
	const struct val *v;
	bool open; /* its end has not come: an alias would be a cycle */
};

struct reader {
	yaml_parser_t parser;
	struct str text;
	const char *path;
	struct arena *a;
	struct err *err;
	size_t depth;
	struct frame open[LIMIT_DEPTH];
	struct val *root;
	struct map anchors; /* name to struct anchor */
	struct map seen;    /* scratch: the keys of one large mapping */
	size_t nodes, alias_nodes;
	bool had_document;
};

PRINTF_LIKE(3, 4)
static bool fail(struct reader *r, const yaml_mark_t *at, const char *fmt, ...)
{
	struct str why;
	va_list ap;

	va_start(ap, fmt);
	why = arena_vprintf(r->a, fmt, ap);
	va_end(ap);
	return err_at(r->err, r->path, (uint32_t)at->line + 1, (uint32_t)at->column + 1, "%.*s",
		      STR_ARG(why));
}

static bool fail_limit(struct reader *r, const yaml_mark_t *at, const char *why)
{
	(void)fail(r, at, "%s", why);
	r->err->kind = ERR_LIMIT;
	return false;
}

static struct str str_of_event(const yaml_char_t *p, size_t n)
{
	return (struct str){(const char *)p, n};
}

/* ---- libyaml's own errors ---- */

static bool fail_parser(struct reader *r)
{
	const yaml_parser_t *p = &r->parser;
	const char *problem = p->problem ? p->problem : "not YAML";
	yaml_mark_t at = p->problem_mark;
	ptrdiff_t tab;

	if (p->error == YAML_MEMORY_ERROR)
		BUG("libyaml ran out of memory");
	if (p->error == YAML_READER_ERROR) {
		uint32_t line, col;

		scan_position(r->text, p->problem_offset, &line, &col);
		return err_at(r->err, r->path, line, col, "%s", problem);
	}
	tab = yaml_tab_indents(r->text, at.line);
	if (tab >= 0) {
		at.column = (size_t)tab;
		return fail(r, &at, "a tab indents this line; YAML wants blanks");
	}
	return fail(r, &at, "%s", yaml_hint(problem));
}

/* ---- mappings at their end ---- */

static bool fail_duplicate(struct reader *r, const struct val *first, const struct val *again)
{
	struct str name = show_short(r->a, again->name);

	return err_at(r->err, r->path, again->name_line, again->name_col,
		      "duplicate key '%.*s' (first on line %u)", STR_ARG(name), first->name_line);
}

/* Fills r->seen with the keys when the mapping is large. */
static bool check_unique(struct reader *r, const struct val *mapping)
{
	const struct val *first;

	map_clear(&r->seen);
	VAL_EACH(v, mapping)
	{
		first = mapping->count <= SMALL_MAPPING ? val_gets(mapping, v->name)
							: map_put(&r->seen, v->name, v);
		if (first && first != v)
			return fail_duplicate(r, first, v);
	}
	return true;
}

static bool fail_merge(struct reader *r, const struct val *v)
{
	return err_at(r->err, r->path, v->line, v->col,
		      "'<<' takes a mapping or a list of mappings, not %s",
		      val_kind_name((enum val_kind)v->kind));
}

/* Members of `from` whose keys are not in the mapping yet move to its end. */
static void merge_from(struct reader *r, struct val *mapping, struct val *from)
{
	struct val *next;

	for (struct val *v = val_first(from); v; v = next) {
		next = v->next;
		if (map_get(&r->seen, v->name))
			continue;
		(void)map_put(&r->seen, v->name, v);
		v->flags &= (uint8_t)~VAL_OWNED;
		(void)val_set(mapping, v->name, v);
	}
}

/* `<<: *base`: the mapping's own keys win, then the first of the list. */
static bool merge(struct reader *r, struct val *mapping, struct val *merged)
{
	(void)val_remove(mapping, merged->name);
	map_clear(&r->seen);
	VAL_EACH(v, mapping)
	(void)map_put(&r->seen, v->name, v);
	if (merged->kind == VAL_OBJECT) {
		merge_from(r, mapping, merged);
		return true;
	}
	if (merged->kind != VAL_LIST)
		return fail_merge(r, merged);
	VAL_EACH(v, merged)
	{
		if (v->kind != VAL_OBJECT)
			return fail_merge(r, v);
		merge_from(r, mapping, v);
	}
	return true;
}

static bool end_mapping(struct reader *r, struct val *mapping)
{
	if (!check_unique(r, mapping))
		return false;
	VAL_EACH(v, mapping)
	{
		if (v->flags & YAML_MERGES)
			return merge(r, mapping, v);
	}
	return true;
}

/* ---- nodes ---- */

static bool check_tag(struct reader *r, const yaml_event_t *e, const yaml_char_t *tag,
		      const char *const *known, size_t n)
{
	struct str name = str_of((const char *)tag);

	if (!tag)
		return true;
	for (size_t i = 0; i < n; i++) {
		if (str_startsz(name, YAML_CORE_TAG) &&
		    str_eqz(str_from(name, strlen(YAML_CORE_TAG)), known[i]))
			return true;
	}
	name = show_short(r->a, name);
	return fail(r, &e->start_mark, "the tag '%.*s' is not read here", STR_ARG(name));
}

/* Hang a value under the innermost open one. */
static bool add(struct reader *r, const yaml_event_t *e, struct val *v)
{
	struct frame *f;

	v->line = (uint32_t)e->start_mark.line + 1;
	v->col = (uint32_t)e->start_mark.column + 1;
	if (++r->nodes > LIMIT_NODES)
		return fail_limit(r, &e->start_mark, "too many values in one file");
	if (!r->depth) {
		r->root = v;
		return true;
	}
	f = &r->open[r->depth - 1];
	if (f->v->kind == VAL_LIST) {
		(void)val_append(f->v, v);
		return true;
	}
	if (str_is_null(f->key))
		return fail(r, &e->start_mark, "a key must be a word, not a list or a mapping");
	(void)val_set(f->v, f->key, v);
	v->name_line = f->key_line;
	v->name_col = f->key_col;
	if (f->key_merges)
		v->flags |= YAML_MERGES;
	f->key = STR_NULL;
	return true;
}

static struct anchor *put_anchor(struct reader *r, const yaml_char_t *name, const struct val *v,
				 bool open)
{
	struct anchor *anchor;

	if (!name)
		return NULL;
	anchor = arena_new_of(r->a, struct anchor);
	*anchor = (struct anchor){.v = v, .open = open};
	/* A later anchor of the same name counts from there on, says YAML. */
	(void)map_put(&r->anchors, arena_strz(r->a, (const char *)name), anchor);
	return anchor;
}

static bool on_start(struct reader *r, const yaml_event_t *e, enum val_kind kind)
{
	static const char *const map_tag[] = {"map"}, *const seq_tag[] = {"seq"};
	bool object = kind == VAL_OBJECT;
	const yaml_char_t *tag = object ? e->data.mapping_start.tag : e->data.sequence_start.tag;
	const yaml_char_t *anchor =
		object ? e->data.mapping_start.anchor : e->data.sequence_start.anchor;
	struct val *v = object ? val_object(r->a) : val_list(r->a);

	if (r->depth == LIMIT_DEPTH)
		return fail_limit(r, &e->start_mark, "lists and mappings are nested too deeply");
	if (!check_tag(r, e, tag, object ? map_tag : seq_tag, 1) || !add(r, e, v))
		return false;
	r->open[r->depth++] = (struct frame){
		.v = v,
		.anchor = put_anchor(r, anchor, v, true),
	};
	return true;
}

static bool on_end(struct reader *r)
{
	struct frame *f = &r->open[--r->depth];

	if (f->anchor)
		f->anchor->open = false;
	return f->v->kind != VAL_OBJECT || end_mapping(r, f->v);
}

static bool on_key(struct reader *r, const yaml_event_t *e, struct frame *f)
{
	struct str text = str_of_event(e->data.scalar.value, e->data.scalar.length);
	bool plain = e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;

	if (plain && !text.n)
		return fail(r, &e->start_mark, "a key is missing before ':'");
	f->key = text.n ? arena_str(r->a, text) : STR("");
	f->key_line = (uint32_t)e->start_mark.line + 1;
	f->key_col = (uint32_t)e->start_mark.column + 1;
	f->key_merges = plain && str_eqz(text, "<<");
	return true;
}

static bool on_scalar(struct reader *r, const yaml_event_t *e)
{
	static const char *const tags[] = {"str", "int", "bool", "null"};
	struct frame *f = r->depth ? &r->open[r->depth - 1] : NULL;
	struct str text = str_of_event(e->data.scalar.value, e->data.scalar.length);
	struct str tag = str_of((const char *)e->data.scalar.tag);
	bool plain = e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	struct val *v;

	if (!check_tag(r, e, e->data.scalar.tag, tags, ARRAY_SIZE(tags)))
		return false;
	if (f && f->v->kind == VAL_OBJECT && str_is_null(f->key)) {
		if (e->data.scalar.anchor)
			return fail(r, &e->start_mark, "an anchor on a key is not read");
		return on_key(r, e, f);
	}
	tag = str_from(tag, str_is_null(tag) ? 0 : strlen(YAML_CORE_TAG));
	v = yaml_scalar(r->a, text, plain, tag);
	if (!v) {
		text = show_short(r->a, text);
		return fail(r, &e->start_mark, "'%.*s' is not a value of !!%.*s", STR_ARG(text),
			    STR_ARG(tag));
	}
	(void)put_anchor(r, e->data.scalar.anchor, v, false);
	return add(r, e, v);
}

/* ---- aliases ---- */

/* The tree again, strings shared. NULL: deeper or larger than allowed. */
static struct val *expand(struct reader *r, const struct val *v, size_t depth)
{
	bool block = v->kind == VAL_LIST || v->kind == VAL_OBJECT;
	struct val *c;

	if ((block && depth > LIMIT_DEPTH) || ++r->alias_nodes > LIMIT_YAML_ALIAS_NODES)
		return NULL;
	c = arena_new_of(r->a, struct val);
	*c = *v;
	c->next = NULL;
	c->flags &= (uint8_t) ~(VAL_OWNED | YAML_MERGES);
	if (!block)
		return c;
	c->u.kids.first = c->u.kids.last = NULL;
	c->count = 0;
	VAL_EACH(kid, v)
	{
		struct val *k = expand(r, kid, depth + 1);

		if (!k)
			return NULL;
		if (c->kind == VAL_OBJECT)
			(void)val_set(c, kid->name, k);
		else
			(void)val_append(c, k);
	}
	return c;
}

static bool on_alias(struct reader *r, const yaml_event_t *e)
{
	struct str name = str_of((const char *)e->data.alias.anchor);
	const struct anchor *anchor = map_get(&r->anchors, name);
	struct str shown = show_short(r->a, name);
	struct frame *f = r->depth ? &r->open[r->depth - 1] : NULL;
	struct val *v;

	if (!anchor)
		return fail(r, &e->start_mark, "no anchor '&%.*s' stands before this",
			    STR_ARG(shown));
	if (anchor->open)
		return fail(r, &e->start_mark, "'*%.*s' stands inside its own anchor",
			    STR_ARG(shown));
	if (f && f->v->kind == VAL_OBJECT && str_is_null(f->key))
		return fail(r, &e->start_mark, "an alias cannot be a key");
	v = expand(r, anchor->v, r->depth + 1);
	if (!v)
		return fail_limit(r, &e->start_mark, "aliases in this file expand to too much");
	v->name = STR_NULL;
	return add(r, e, v);
}

/* ---- events ---- */

static bool on_event(struct reader *r, const yaml_event_t *e)
{
	switch (e->type) {
	case YAML_DOCUMENT_START_EVENT:
		if (r->had_document)
			return fail(r, &e->start_mark,
				    "a second document starts here; one file holds one");
		r->had_document = true;
		return true;
	case YAML_ALIAS_EVENT:
		return on_alias(r, e);
	case YAML_SCALAR_EVENT:
		return on_scalar(r, e);
	case YAML_SEQUENCE_START_EVENT:
		return on_start(r, e, VAL_LIST);
	case YAML_MAPPING_START_EVENT:
		return on_start(r, e, VAL_OBJECT);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		return on_end(r);
	case YAML_NO_EVENT:
	case YAML_STREAM_START_EVENT:
	case YAML_STREAM_END_EVENT:
	case YAML_DOCUMENT_END_EVENT:
		break;
	}
	return true;
}

static bool read_events(struct reader *r)
{
	bool ok, ended;

	do {
		yaml_event_t e;

		if (!yaml_parser_parse(&r->parser, &e))
			return fail_parser(r);
		ok = on_event(r, &e);
		ended = e.type == YAML_STREAM_END_EVENT;
		yaml_event_delete(&e);
	} while (ok && !ended);
	return ok;
}

bool yaml_read(struct str text, const char *path, struct arena *a, struct val **out,
	       struct err *err)
{
	struct reader *r = arena_new_of(a, struct reader);
	bool ok = false;

	r->text = str_is_null(text) ? STR("") : text;
	r->path = path ? path : "";
	r->a = a;
	r->err = err;
	map_init(&r->anchors);
	map_init(&r->seen);
	if (!yaml_guard(&r->text, r->path, err))
		goto done;
	if (!yaml_parser_initialize(&r->parser))
		BUG("libyaml ran out of memory");
	yaml_parser_set_encoding(&r->parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&r->parser, (const unsigned char *)r->text.p, r->text.n);
	ok = read_events(r);
	yaml_parser_delete(&r->parser);
	if (ok && !r->root) {
		r->root = val_null(a);
		r->root->line = r->root->col = 1;
	}
	if (ok)
		*out = r->root;
done:
	map_release(&r->seen);
	map_release(&r->anchors);
	return ok;
}

bool yaml_read_file(const char *path, struct arena *a, struct val **out, struct err *err)
{
	struct str text;

	return file_read(path, LIMIT_YAML_BYTES, a, &text, err) &&
	       yaml_read(text, path, a, out, err);
}
