#include "base/log.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/utf8.h"

/* One value takes at most this much of a line: a long one does not push out the others. */
#define VALUE_MAX KIB(4)
/* Kept free of fields, for what ends the line. */
#define TAIL_ROOM 32

static _Atomic int max_level = LOG_INFO;
static _Atomic int line_format = LOG_TEXT;
static _Atomic bool colour;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static FILE *target; /* NULL: standard error */

static bool wants_colour(FILE *out)
{
	const char *no = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	/* no-color.org: "when present and not an empty string" */
	return !(no && *no) && !(term && strcmp(term, "dumb") == 0) && isatty(fileno(out));
}

void log_init(enum log_level level, enum log_format format)
{
	atomic_store(&max_level, (int)level);
	atomic_store(&line_format, (int)format);
	atomic_store(&colour, wants_colour(stderr));
}

void log_to(FILE *out)
{
	pthread_mutex_lock(&lock);
	target = out;
	pthread_mutex_unlock(&lock);
}

bool log_enabled(enum log_level level)
{
	return (int)level <= atomic_load_explicit(&max_level, memory_order_relaxed);
}

static const char *level_name(enum log_level level)
{
	static const char *const names[] = {"error", "warning", "info", "debug"};

	return names[level];
}

/* Right-to-left marks and the like reorder what a terminal shows; a log must not be forged so. */
static bool is_control(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || cp == 0x2028 || cp == 0x2029 ||
	       cp == 0x200e || cp == 0x200f || (cp >= 0x202a && cp <= 0x202e) ||
	       (cp >= 0x2066 && cp <= 0x2069);
}

static void add_code_point(struct buf *b, uint32_t cp, bool quoted)
{
	char bytes[4];

	if (quoted && (cp == '"' || cp == '\\'))
		buf_addf(b, "\\%c", (char)cp);
	else if (cp == '\n')
		buf_addz(b, "\\n");
	else if (cp == '\t')
		buf_addz(b, "\\t");
	else if (cp == '\r')
		buf_addz(b, "\\r");
	else if (is_control(cp))
		buf_addf(b, "\\u%04x", (unsigned)cp);
	else
		buf_add(b, bytes, utf8_put(bytes, cp));
}

/*
 * The same escapes in both forms. Invalid UTF-8 becomes U+FFFD; what is too
 * long ends in "…".
 */
static void add_value(struct buf *b, struct str s, bool quoted)
{
	size_t end = b->n + VALUE_MAX;

	for (size_t at = 0; at < s.n;) {
		uint32_t cp = utf8_next(s, &at);

		add_code_point(b, cp, quoted);
		if (buf_overflowed(b))
			return;
		if (b->n >= end && at < s.n) {
			buf_addz(b, "…");
			return;
		}
	}
}

/* A word that can stand in a text line without quotes. */
static bool is_plain(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c <= ' ' || c == '"' || c == '=' || c == '\\' || c == 0x7f)
			return false;
	}
	return s.n > 0;
}

static void add_field(struct buf *b, const struct log_field *f, bool json)
{
	if (json) {
		buf_addz(b, ",\"");
		add_value(b, str_of(f->name), true);
		buf_addz(b, "\":");
	} else {
		buf_addf(b, " %s=", f->name);
	}
	if (f->type == LOG_FIELD_INT) {
		buf_addf(b, "%lld", (long long)f->i);
	} else if (str_is_null(f->s)) {
		buf_addz(b, json ? "null" : "-");
	} else if (!json && is_plain(f->s)) {
		add_value(b, f->s, false);
	} else {
		buf_addc(b, '"');
		add_value(b, f->s, true);
		buf_addc(b, '"');
	}
}

/* A field that does not fit is left out as a whole, and the line says so. */
static void add_fields(struct buf *b, const struct log_field *fields, size_t n, bool json)
{
	bool left_out = false;

	b->max -= TAIL_ROOM;
	for (size_t i = 0; i < n; i++) {
		size_t before = b->n;

		add_field(b, &fields[i], json);
		if (buf_overflowed(b)) {
			buf_truncate(b, before);
			b->overflowed = false;
			left_out = true;
		}
	}
	b->max += TAIL_ROOM;
	if (left_out)
		buf_addz(b, json ? ",\"cut\":true" : " …");
}

static void add_head(struct buf *b, enum log_level level, const char *message, bool json)
{
	static const char *const colours[] = {"\033[31m", "\033[33m", "", "\033[2m"};
	char now[TIME_ISO_SIZE];
	bool coloured;

	if (json) {
		buf_addf(b, "{\"time\":\"%s\",\"level\":\"%s\",\"message\":\"",
			 time_iso(clock_now_ms(NULL), true, now), level_name(level));
		add_value(b, str_of(message), true);
		buf_addc(b, '"');
		return;
	}
	buf_addz(b, "rootout: ");
	if (level != LOG_INFO) {
		coloured = !target && atomic_load(&colour);
		buf_addf(b, "%s%s:%s ", coloured ? colours[level] : "", level_name(level),
			 coloured ? "\033[0m" : "");
	}
	add_value(b, str_of(message), false);
}

void log_write(enum log_level level, const char *message, const struct log_field *fields, size_t n)
{
	bool json = atomic_load(&line_format) == LOG_JSON;
	struct buf b = BUF_INIT(LIMIT_MESSAGE);
	FILE *out;

	if (!log_enabled(level))
		return;
	pthread_mutex_lock(&lock);
	out = target ? target : stderr;
	add_head(&b, level, message, json);
	add_fields(&b, fields, n, json);
	buf_addz(&b, json ? "}\n" : "\n");
	/* Whole lines, also when several processes share the terminal or the file. */
	fwrite(b.p, 1, b.n, out);
	fflush(out);
	pthread_mutex_unlock(&lock);
	buf_release(&b);
}
