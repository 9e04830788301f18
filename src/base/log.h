#ifndef ROOTOUT_BASE_LOG_H
#define ROOTOUT_BASE_LOG_H

/*
 * The log: what the program does, for the person who runs it. Always on
 * standard error (results go to standard output), either as text for people or
 * as JSON lines for machines. Thread-safe; one line is one write.
 *
 *	log_info("serving", LOG_S("address", addr), LOG_I("accounts", n));
 *
 * Text: "rootout: serving address=127.0.0.1:4566 accounts=12"; the other levels
 * name themselves ("rootout: warning: …", coloured on a terminal unless NO_COLOR
 * is set), and a value with spaces stands in quotes. JSON:
 * {"time":"…","level":"info","message":"serving","address":"…","accounts":12}.
 *
 * In both, control characters and those that reorder text are escaped and
 * invalid UTF-8 is replaced, so that no value can forge a second line. A value
 * past 4 KiB is cut and ends in "…"; fields that make the line longer than
 * LIMIT_MESSAGE are left out and the line says so ("cut":true in JSON).
 * An absent string (STR_NULL) is - or null.
 *
 * Fields carry a name; nothing secret can be put in by type: struct secret has
 * no field macro. log_debug is compiled in always and costs one comparison
 * when it is off.
 */

#include <stdio.h>

#include "base/str.h"

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };
enum log_format { LOG_TEXT, LOG_JSON };

struct log_field {
	const char *name;
	enum { LOG_FIELD_STR, LOG_FIELD_INT } type;
	struct str s;
	int64_t i;
};

#define LOG_S(n, v) ((struct log_field){(n), LOG_FIELD_STR, str_of(v), 0})
#define LOG_V(n, v) ((struct log_field){(n), LOG_FIELD_STR, (v), 0})
#define LOG_I(n, v) ((struct log_field){(n), LOG_FIELD_INT, STR_NULL, (int64_t)(v)})

/* Before it: LOG_INFO, LOG_TEXT, no colour. */
void log_init(enum log_level level, enum log_format format);
/* Where lines go; NULL: standard error. For tests. */
void log_to(FILE *out);
bool log_enabled(enum log_level level);

void log_write(enum log_level level, const char *message, const struct log_field *fields, size_t n);

#define LOG_FIELDS_(...) ((const struct log_field[]){__VA_ARGS__})
#define LOG_AT_(level, msg, ...)                                                   \
	do {                                                                       \
		if (log_enabled(level)) {                                          \
			const struct log_field log_f_[] = {{0}, ##__VA_ARGS__};    \
			log_write(level, msg, log_f_ + 1, ARRAY_SIZE(log_f_) - 1); \
		}                                                                  \
	} while (0)
#define log_error(msg, ...) LOG_AT_(LOG_ERROR, msg, ##__VA_ARGS__)
#define log_warn(msg, ...) LOG_AT_(LOG_WARN, msg, ##__VA_ARGS__)
#define log_info(msg, ...) LOG_AT_(LOG_INFO, msg, ##__VA_ARGS__)
#define log_debug(msg, ...) LOG_AT_(LOG_DEBUG, msg, ##__VA_ARGS__)

#endif
