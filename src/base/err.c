#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define ELLIPSIS "…"

/* What did not fit into out[size] is cut at a character boundary and ends in "…". */
static void cut(char *out, size_t size)
{
	size_t at;

	if (size < sizeof(ELLIPSIS))
		return;
	at = size - sizeof(ELLIPSIS);
	while (at > 0 && ((unsigned char)out[at] & 0xc0) == 0x80)
		at--;
	memcpy(out + at, ELLIPSIS, sizeof(ELLIPSIS));
}

static void PRINTF_LIKE(3, 0) vput(char *out, size_t size, const char *fmt, va_list ap)
{
	int n = vsnprintf(out, size, fmt, ap);

	if (n < 0)
		BUG("bad format '%s'", fmt);
	if ((size_t)n >= size)
		cut(out, size);
}

static void PRINTF_LIKE(3, 4) put(char *out, size_t size, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vput(out, size, fmt, ap);
	va_end(ap);
}

/* Each function builds the new error aside: its arguments may point into the old one. */

bool err_set(struct err *e, enum err_kind kind, const char *fmt, ...)
{
	struct err new = {.kind = kind};
	va_list ap;

	va_start(ap, fmt);
	vput(new.message, sizeof(new.message), fmt, ap);
	va_end(ap);
	*e = new;
	return false;
}

bool err_errno(struct err *e, int errnum, const char *fmt, ...)
{
	struct err new = {.kind = ERR_IO};
	char text[sizeof(new.message)];
	char reason[128];
	va_list ap;

	va_start(ap, fmt);
	vput(text, sizeof(text), fmt, ap);
	va_end(ap);
	/* The GNU form: may return a constant instead of filling the array. */
	put(new.message, sizeof(new.message), "%s: %s", text,
	    strerror_r(errnum, reason, sizeof(reason)));
	*e = new;
	return false;
}

bool err_at(struct err *e, const char *path, uint32_t line, uint32_t col, const char *fmt, ...)
{
	struct err new = {.kind = ERR_INPUT, .line = line, .col = col};
	va_list ap;

	va_start(ap, fmt);
	vput(new.message, sizeof(new.message), fmt, ap);
	va_end(ap);
	put(new.path, sizeof(new.path), "%s", path ? path : "");
	*e = new;
	return false;
}

bool err_wrap(struct err *e, const char *fmt, ...)
{
	char context[sizeof(e->message)];
	char whole[sizeof(e->message)];
	va_list ap;

	va_start(ap, fmt);
	vput(context, sizeof(context), fmt, ap);
	va_end(ap);
	put(whole, sizeof(whole), "%s: %s", context, e->message);
	memcpy(e->message, whole, sizeof(whole));
	return false;
}

void err_clear(struct err *e)
{
	*e = (struct err){0};
}

bool err_is_aws(const struct err *e, const char *code)
{
	return e->kind == ERR_AWS && strcmp(e->aws_code, code) == 0;
}

const char *err_text(const struct err *e, char *out, size_t n)
{
	char where[sizeof(e->path) + 32] = "";
	const char *path = e->path;

	if (n == 0)
		BUG("err_text into 0 bytes");
	if (path[0] && e->line && e->col)
		put(where, sizeof(where), "%s:%u:%u: ", path, e->line, e->col);
	else if (path[0] && e->line)
		put(where, sizeof(where), "%s:%u: ", path, e->line);
	else if (path[0])
		put(where, sizeof(where), "%s: ", path);
	if (e->kind == ERR_AWS && e->request_id[0])
		put(out, n, "%s%s (%s)", where, e->message, e->request_id);
	else
		put(out, n, "%s%s", where, e->message);
	return out;
}

const char *err_kind_name(enum err_kind kind)
{
	switch (kind) {
	case ERR_NONE:
		return "none";
	case ERR_INPUT:
		return "input";
	case ERR_IO:
		return "io";
	case ERR_NET:
		return "net";
	case ERR_PROTOCOL:
		return "protocol";
	case ERR_AWS:
		return "aws";
	case ERR_CREDENTIALS:
		return "credentials";
	case ERR_LIMIT:
		return "limit";
	case ERR_REFUSED:
		return "refused";
	case ERR_STORE:
		return "store";
	case ERR_CANCELLED:
		return "cancelled";
	}
	return "unknown";
}
