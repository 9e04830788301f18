#include "text/scan-private.h"

#include <string.h>

#include "base/utf8.h"

#if defined(__x86_64__)
#include <immintrin.h>
#define HAVE_X86 1
#endif

static size_t string_scalar(const char *p, size_t n)
{
	size_t i = 0;

	while (i < n && p[i] != '"' && p[i] != '\\' && (unsigned char)p[i] >= 0x20)
		i++;
	return i;
}

static size_t ascii_scalar(const char *p, size_t n)
{
	size_t i = 0;

	for (uint64_t word; n - i >= sizeof(word); i += sizeof(word)) {
		memcpy(&word, p + i, sizeof(word));
		if (word & 0x8080808080808080u)
			break;
	}
	while (i < n && !((unsigned char)p[i] & 0x80))
		i++;
	return i;
}

#ifdef HAVE_X86

static size_t string_sse2(const char *p, size_t n)
{
	const __m128i quote = _mm_set1_epi8('"'), slash = _mm_set1_epi8('\\');
	const __m128i control = _mm_set1_epi8(0x1f);
	size_t i = 0;

	for (; n - i >= 16; i += 16) {
		__m128i x = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
		__m128i hit = _mm_or_si128(_mm_cmpeq_epi8(x, quote), _mm_cmpeq_epi8(x, slash));
		unsigned mask;

		/* max(x, 0x1f) == 0x1f is x <= 0x1f on unsigned bytes */
		hit = _mm_or_si128(hit, _mm_cmpeq_epi8(_mm_max_epu8(x, control), control));
		mask = (unsigned)_mm_movemask_epi8(hit);
		if (mask)
			return i + (size_t)__builtin_ctz(mask);
	}
	return i + string_scalar(p + i, n - i);
}

static size_t ascii_sse2(const char *p, size_t n)
{
	size_t i = 0;

	for (; n - i >= 16; i += 16) {
		__m128i x = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
		unsigned mask = (unsigned)_mm_movemask_epi8(x);

		if (mask)
			return i + (size_t)__builtin_ctz(mask);
	}
	return i + ascii_scalar(p + i, n - i);
}

__attribute__((target("avx2"))) static size_t string_avx2(const char *p, size_t n)
{
	const __m256i quote = _mm256_set1_epi8('"'), slash = _mm256_set1_epi8('\\');
	const __m256i control = _mm256_set1_epi8(0x1f);
	size_t i = 0;

	for (; n - i >= 32; i += 32) {
		__m256i x = _mm256_loadu_si256((const __m256i *)(const void *)(p + i));
		__m256i hit =
			_mm256_or_si256(_mm256_cmpeq_epi8(x, quote), _mm256_cmpeq_epi8(x, slash));
		unsigned mask;

		hit = _mm256_or_si256(hit, _mm256_cmpeq_epi8(_mm256_max_epu8(x, control), control));
		mask = (unsigned)_mm256_movemask_epi8(hit);
		if (mask)
			return i + (size_t)__builtin_ctz(mask);
	}
	return i + string_sse2(p + i, n - i);
}

__attribute__((target("avx2"))) static size_t ascii_avx2(const char *p, size_t n)
{
	size_t i = 0;

	for (; n - i >= 64; i += 64) {
		__m256i x = _mm256_loadu_si256((const __m256i *)(const void *)(p + i));
		__m256i y = _mm256_loadu_si256((const __m256i *)(const void *)(p + i + 32));

		if (_mm256_movemask_epi8(_mm256_or_si256(x, y)))
			break;
	}
	return i + ascii_sse2(p + i, n - i);
}

#endif

static const struct scan_form all_forms[] = {
	{"scalar", string_scalar, ascii_scalar},
#ifdef HAVE_X86
	{"sse2", string_sse2, ascii_sse2},
	{"avx2", string_avx2, ascii_avx2},
#endif
};

size_t scan_forms(const struct scan_form **forms)
{
	size_t n = ARRAY_SIZE(all_forms);

	*forms = all_forms;
#ifdef HAVE_X86
	if (!__builtin_cpu_supports("avx2"))
		n--;
#endif
	return n;
}

/* Two threads that meet here at first both store the same pointer. */
static const struct scan_form *best(void)
{
	static const struct scan_form *chosen;
	const struct scan_form *form = __atomic_load_n(&chosen, __ATOMIC_RELAXED);

	if (!form) {
		const struct scan_form *forms;
		size_t n = scan_forms(&forms);

		form = &forms[n - 1];
		__atomic_store_n(&chosen, form, __ATOMIC_RELAXED);
	}
	return form;
}

size_t scan_string(const char *p, size_t n)
{
	return best()->string(p, n);
}

size_t scan_ascii(const char *p, size_t n)
{
	return best()->ascii(p, n);
}

ptrdiff_t scan_utf8(struct str s)
{
	size_t at = 0;

	for (;;) {
		at += scan_ascii(s.p + at, s.n - at);
		if (at == s.n)
			return -1;
		while (at < s.n && (unsigned char)s.p[at] & 0x80) {
			size_t from = at;

			/* U+FFFD that is really in the text takes three bytes */
			if (utf8_next(s, &at) == 0xfffd && at - from == 1)
				return (ptrdiff_t)from;
		}
	}
}

void scan_cursor_init(struct scan_cursor *c, struct str text)
{
	*c = (struct scan_cursor){.text = text, .line = 1, .col = 1};
}

/* Whole blocks before `off` that hold no line end: only their characters count. */
static void skip_blocks(struct scan_cursor *c, size_t off)
{
#ifdef HAVE_X86
	const __m128i newline = _mm_set1_epi8('\n');
	/* continuation bytes are 0x80 … 0xbf: as signed bytes, below 0xc0 */
	const __m128i lead = _mm_set1_epi8((char)0xc0);

	for (; off - c->off >= 16; c->off += 16) {
		const char *p = c->text.p + c->off;
		__m128i x = _mm_loadu_si128((const __m128i *)(const void *)p);
		unsigned more = (unsigned)_mm_movemask_epi8(_mm_cmplt_epi8(x, lead));

		if (_mm_movemask_epi8(_mm_cmpeq_epi8(x, newline)))
			return;
		c->col += 16 - (uint32_t)__builtin_popcount(more);
	}
#else
	(void)c;
	(void)off;
#endif
}

void scan_cursor_to(struct scan_cursor *c, size_t off)
{
	if (off > c->text.n)
		off = c->text.n;
	while (c->off < off) {
		unsigned char byte;

		skip_blocks(c, off);
		/* to the next line end, or to `off` */
		do {
			if (c->off == off)
				return;
			byte = (unsigned char)c->text.p[c->off++];
			if ((byte & 0xc0) != 0x80)
				c->col++;
		} while (byte != '\n');
		c->line++;
		c->col = 1;
	}
}

void scan_position(struct str text, size_t off, uint32_t *line, uint32_t *col)
{
	struct scan_cursor c;

	scan_cursor_init(&c, text);
	scan_cursor_to(&c, off);
	*line = c.line;
	*col = c.col;
}
