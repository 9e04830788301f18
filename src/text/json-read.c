#include "text/json.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/map.h"
#include "text/json-private.h"
#include "text/scan-private.h"
#include "text/show.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/* Objects up to this size are checked for duplicate names pair by pair. */
#define SMALL_OBJECT 16

/*
 * One pass over the text with the open lists and objects on `open`. Offsets are
 * kept in the position fields while reading (put_offset) and turned into lines
 * and columns in one walk at the end, so that who doesn't ask doesn't pay.
 */
struct reader {
	struct str text;
	const char *p, *end;
	struct arena *a;
	struct err *err;
	unsigned flags;
	bool offsets; /* keep them: positions or duplicates were asked for */
	size_t depth;
	struct val *open[LIMIT_DEPTH];
	struct str name; /* of the value that comes next, in an object */
	size_t name_off;
	struct val *block; /* values are cut from blocks of zeroed ones */
	size_t block_left, block_size;
	size_t nodes;
	struct val *root;
	struct map seen; /* scratch: names of one large object */
};

static bool fail_kind(struct reader *r, enum err_kind kind, const char *at, const char *why)
{
	uint32_t line, col;

	scan_position(r->text, (size_t)(at - r->text.p), &line, &col);
	(void)err_at(r->err, "", line, col, "%s", why);
	r->err->kind = kind;
	return false;
}

static bool fail(struct reader *r, const char *at, const char *why)
{
	return fail_kind(r, ERR_INPUT, at, at < r->end ? why : "the text ends too early");
}

static void put_offset(uint32_t *line, uint32_t *col, size_t off)
{
	*line = (uint32_t)off;
	*col = (uint32_t)((uint64_t)off >> 32);
}

static size_t get_offset(uint32_t line, uint32_t col)
{
	return (size_t)((uint64_t)col << 32 | line);
}

static bool is_space(char c)
{
	return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static inline void skip_space(struct reader *r)
{
	if (r->p < r->end && (unsigned char)*r->p > ' ')
		return;
#if defined(__SSE2__)
	/* Indented documents: whole blocks of blanks. */
	while (r->end - r->p >= 16) {
		__m128i x = _mm_loadu_si128((const __m128i *)(const void *)r->p);
		__m128i space = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(x, _mm_set1_epi8(' ')),
							  _mm_cmpeq_epi8(x, _mm_set1_epi8('\n'))),
					     _mm_or_si128(_mm_cmpeq_epi8(x, _mm_set1_epi8('\r')),
							  _mm_cmpeq_epi8(x, _mm_set1_epi8('\t'))));
		unsigned other = ~(unsigned)_mm_movemask_epi8(space) & 0xffff;

		if (other) {
			r->p += __builtin_ctz(other);
			return;
		}
		r->p += 16;
	}
#endif
	while (r->p < r->end && is_space(*r->p))
		r->p++;
}

/* The next value, hung under the innermost open one. NULL: too many. */
static inline struct val *new_val(struct reader *r, enum val_kind kind, const char *at)
{
	struct val *v, *parent;

	if (!r->block_left) {
		if (r->nodes >= LIMIT_NODES) {
			(void)fail_kind(r, ERR_LIMIT, at, "too many values in one document");
			return NULL;
		}
		r->block = arena_calloc(r->a, r->block_size, sizeof(*r->block));
		r->block_left = r->block_size;
		r->nodes += r->block_size;
	}
	v = r->block++;
	r->block_left--;
	v->kind = (uint8_t)kind;
	if (r->offsets)
		put_offset(&v->line, &v->col, (size_t)(at - r->text.p));
	if (!r->depth) {
		r->root = v;
		return v;
	}
	parent = r->open[r->depth - 1];
	v->flags = VAL_OWNED;
	if (parent->kind == VAL_OBJECT) {
		v->name = r->name;
		if (r->offsets)
			put_offset(&v->name_line, &v->name_col, r->name_off);
	}
	if (parent->u.kids.last)
		parent->u.kids.last->next = v;
	else
		parent->u.kids.first = v;
	parent->u.kids.last = v;
	parent->count++;
	return v;
}

/* ---- strings ---- */

/* Index of what ends a run of plain characters; most strings end in the first block. */
static inline const char *string_end(const struct reader *r, const char *p)
{
#if defined(__SSE2__)
	if (r->end - p >= 16) {
		const __m128i control = _mm_set1_epi8(0x1f);
		__m128i x = _mm_loadu_si128((const __m128i *)(const void *)p);
		__m128i hit = _mm_or_si128(_mm_cmpeq_epi8(x, _mm_set1_epi8('"')),
					   _mm_cmpeq_epi8(x, _mm_set1_epi8('\\')));
		unsigned mask;

		hit = _mm_or_si128(hit, _mm_cmpeq_epi8(_mm_max_epu8(x, control), control));
		mask = (unsigned)_mm_movemask_epi8(hit);
		if (mask)
			return p + __builtin_ctz(mask);
		p += 16;
	}
#endif
	return p + scan_string(p, (size_t)(r->end - p));
}

/* r->p stands on the opening quote, and behind the closing one afterwards. */
static inline bool read_string(struct reader *r, struct str *out)
{
	const char *start = r->p + 1;
	const char *p = start;
	bool escaped = false;

	for (;;) {
		p = string_end(r, p);
		if (p == r->end)
			return fail(r, p, "");
		if (*p == '"')
			break;
		if (*p != '\\')
			return fail(r, p, "a control character in a string must be escaped");
		escaped = true;
		if (r->end - p < 2)
			return fail(r, r->end, "");
		p += 2;
	}
	r->p = p + 1;
	*out = (struct str){start, (size_t)(p - start)};
	if (escaped) {
		const char *why;

		why = json_unescape(r->a, r->flags, out, &p);
		return !why || fail(r, p, why);
	}
	return true;
}

/* ---- scalars ---- */

static bool is_digit(const struct reader *r, const char *p)
{
	return p < r->end && *p >= '0' && *p <= '9';
}

static bool read_number(struct reader *r)
{
	const char *start = r->p, *p = start;
	bool minus = *p == '-';
	uint64_t i = 0;
	bool whole = true, fits = true;
	struct val *v;

	p += minus;
	if (!is_digit(r, p))
		return fail(r, p, "a digit must follow '-'");
	if (*p == '0' && is_digit(r, p + 1))
		return fail(r, p, "a number cannot start with 0");
	for (; is_digit(r, p); p++) {
		fits = fits && !__builtin_mul_overflow(i, 10u, &i) &&
		       !__builtin_add_overflow(i, (unsigned)(*p - '0'), &i);
	}
	if (p < r->end && *p == '.') {
		whole = false;
		if (!is_digit(r, ++p))
			return fail(r, p, "a digit must follow '.'");
		while (is_digit(r, p))
			p++;
	}
	if (p < r->end && (*p == 'e' || *p == 'E')) {
		whole = false;
		p++;
		p += p < r->end && (*p == '+' || *p == '-');
		if (!is_digit(r, p))
			return fail(r, p, "a digit must follow the exponent's 'e'");
		while (is_digit(r, p))
			p++;
	}
	whole = whole && fits && i <= (uint64_t)INT64_MAX + minus;
	v = new_val(r, whole ? VAL_INT : VAL_NUMBER, start);
	if (!v)
		return false;
	if (whole)
		v->u.i = minus ? (int64_t)(0 - i) : (int64_t)i;
	else
		v->u.s = (struct str){start, (size_t)(p - start)};
	r->p = p;
	return true;
}

static bool read_word(struct reader *r, struct str word, enum val_kind kind, bool b)
{
	struct val *v;

	for (size_t i = 0; i < word.n; i++) {
		if (r->p + i == r->end || r->p[i] != word.p[i])
			return fail(r, r->p + i,
				    "expected a value: true, false, null, a number, "
				    "a string, a list or an object");
	}
	v = new_val(r, kind, r->p);
	if (!v)
		return false;
	v->u.b = b;
	r->p += word.n;
	return true;
}

static bool read_string_value(struct reader *r)
{
	struct val *v = new_val(r, VAL_STRING, r->p);

	return v && read_string(r, &v->u.s);
}

static bool open_value(struct reader *r, enum val_kind kind)
{
	struct val *v;

	if (r->depth == LIMIT_DEPTH)
		return fail_kind(r, ERR_LIMIT, r->p, "lists and objects are nested too deeply");
	v = new_val(r, kind, r->p);
	if (!v)
		return false;
	r->p++;
	r->open[r->depth++] = v;
	return true;
}

/* ---- lists and objects ---- */

static bool fail_duplicate(struct reader *r, const struct val *first, const struct val *again)
{
	struct str name = show_short(r->a, again->name);
	uint32_t line, col, first_line, first_col;

	scan_position(r->text, get_offset(again->name_line, again->name_col), &line, &col);
	scan_position(r->text, get_offset(first->name_line, first->name_col), &first_line,
		      &first_col);
	return err_at(r->err, "", line, col, "duplicate name '%.*s' (first on line %u)",
		      STR_ARG(name), first_line);
}

static bool check_unique(struct reader *r, const struct val *object)
{
	const struct val *first;

	if (object->count <= SMALL_OBJECT) {
		VAL_EACH(v, object)
		{
			first = val_gets(object, v->name);
			if (first != v)
				return fail_duplicate(r, first, v);
		}
		return true;
	}
	map_clear(&r->seen);
	VAL_EACH(v, object)
	{
		first = map_put(&r->seen, v->name, v);
		if (first)
			return fail_duplicate(r, first, v);
	}
	return true;
}

static bool close_value(struct reader *r)
{
	const struct val *v = r->open[--r->depth];

	r->p++;
	return !(r->flags & JSON_UNIQUE) || v->kind != VAL_OBJECT || check_unique(r, v);
}

/* `"name":` up to the value. */
static inline bool read_name(struct reader *r)
{
	skip_space(r);
	if (r->p == r->end || *r->p != '"')
		return fail(r, r->p, "expected a name in double quotes");
	r->name_off = (size_t)(r->p - r->text.p);
	if (!read_string(r, &r->name))
		return false;
	skip_space(r);
	if (r->p == r->end || *r->p != ':')
		return fail(r, r->p, "expected ':' after the name");
	r->p++;
	return true;
}

/* One value; for a list or an object only its beginning. */
static inline bool read_value(struct reader *r)
{
	skip_space(r);
	if (r->p == r->end)
		return fail(r, r->p, "");
	switch (*r->p) {
	case '"':
		return read_string_value(r);
	case '{':
		return open_value(r, VAL_OBJECT);
	case '[':
		return open_value(r, VAL_LIST);
	case 't':
		return read_word(r, STR("true"), VAL_BOOL, true);
	case 'f':
		return read_word(r, STR("false"), VAL_BOOL, false);
	case '-':
	case '0':
	case '1':
	case '2':
	case '3':
	case '4':
	case '5':
	case '6':
	case '7':
	case '8':
	case '9':
		return read_number(r);
	default:
		return read_word(r, STR("null"), VAL_NULL, false);
	}
}

static bool read_tree(struct reader *r)
{
	for (;;) {
		size_t depth = r->depth;
		bool opened;

		if (!read_value(r))
			return false;
		opened = r->depth > depth;
		/* Behind a value, or behind the bracket that opened one: to the next value. */
		for (;; opened = false) {
			bool object;

			if (!r->depth)
				return true;
			object = r->open[r->depth - 1]->kind == VAL_OBJECT;
			skip_space(r);
			if (r->p < r->end && *r->p == (object ? '}' : ']')) {
				if (!close_value(r))
					return false;
				continue;
			}
			if (!opened) {
				if (r->p == r->end || *r->p != ',')
					return fail(r, r->p,
						    object ? "expected ',' or '}'"
							   : "expected ',' or ']'");
				r->p++;
			}
			if (object && !read_name(r))
				return false;
			break;
		}
	}
}

/* ---- positions ---- */

static void place(struct scan_cursor *c, uint32_t *line, uint32_t *col)
{
	scan_cursor_to(c, get_offset(*line, *col));
	*line = c->line;
	*col = c->col;
}

/* Offsets become lines and columns, or nothing when positions were not asked for. */
static void place_tree(struct reader *r)
{
	bool wanted = r->flags & JSON_POSITIONS;
	struct scan_cursor c;
	struct val *at[LIMIT_DEPTH + 1];
	size_t depth = 0;

	scan_cursor_init(&c, r->text);
	at[0] = r->root;
	for (;;) {
		struct val *v = at[depth];
		struct val *kid;

		if (!v) {
			if (!depth--)
				return;
			at[depth] = at[depth]->next;
			continue;
		}
		if (!wanted) {
			v->line = v->col = v->name_line = v->name_col = 0;
		} else {
			if (v != r->root && !str_is_null(v->name))
				place(&c, &v->name_line, &v->name_col);
			place(&c, &v->line, &v->col);
		}
		kid = val_first(v);
		if (kid)
			at[++depth] = kid;
		else
			at[depth] = v->next;
	}
}

static bool read_document(struct reader *r)
{
	ptrdiff_t bad = scan_utf8(r->text);

	if (bad >= 0)
		return fail(r, r->text.p + bad, "invalid UTF-8");
	if (str_startsz(r->text, "\xef\xbb\xbf"))
		return fail(r, r->text.p, "a byte order mark is not allowed in JSON");
	if (!read_tree(r))
		return false;
	skip_space(r);
	if (r->p < r->end)
		return fail(r, r->p, "unexpected text after the value");
	if (r->offsets)
		place_tree(r);
	return true;
}

bool json_read(struct str text, unsigned flags, struct arena *a, struct val **out, struct err *err)
{
	struct reader r = {
		.text = str_is_null(text) ? STR("") : text,
		.a = a,
		.err = err,
		.flags = flags,
		.offsets = flags & (JSON_UNIQUE | JSON_POSITIONS),
	};
	bool ok;

	r.p = r.text.p;
	r.end = r.p + r.text.n;
	/* A value takes 8 bytes of text or more on average; small answers get small blocks. */
	r.block_size = r.text.n < 512 ? 1 + r.text.n / 8 : 64;
	map_init(&r.seen);
	ok = read_document(&r);
	map_release(&r.seen);
	if (ok)
		*out = r.root;
	return ok;
}

bool json_read_file(const char *path, size_t max, unsigned flags, struct arena *a, struct val **out,
		    struct err *err)
{
	struct str text;

	if (!file_read(path, max, a, &text, err))
		return false;
	if (!json_read(text, flags, a, out, err)) {
		(void)snprintf(err->path, sizeof(err->path), "%s", path);
		return false;
	}
	return true;
}
