#ifndef ROOTOUT_AWS_API_PRIVATE_H
#define ROOTOUT_AWS_API_PRIVATE_H

/*
 * What the generated tables are made of, beside the structs of aws/api.h.
 * For tools/api-tables.py's output, api.c, pattern.c and tests.
 */

#include "aws/api.h"

/* Every service, sorted by id. */
extern const struct api_service *const api_tables[];
extern const size_t api_tables_count;

/*
 * A pattern is a program for a machine that follows all alternatives at once
 * (tools/api_patterns.py compiles, pattern.c runs it).
 */
enum pattern_op {
	PATTERN_CHAR,     /* the next character is of class a */
	PATTERN_SPLIT,    /* go on at a and at b */
	PATTERN_JUMP,     /* go on at a */
	PATTERN_NOT_NEXT, /* the next character is not of class a; nothing is consumed */
	PATTERN_BEGIN,
	PATTERN_END,
	PATTERN_MATCH,
};

#define PATTERN_MAX_CODE 2048 /* the same number stands in tools/api_patterns.py */

struct pattern_range {
	uint32_t low, high;
};

struct pattern_class {
	uint32_t ascii[4];                  /* bit set of 0 to 127 */
	const struct pattern_range *ranges; /* past 127, sorted */
	uint32_t nranges;
};

struct pattern_inst {
	uint8_t op; /* enum pattern_op */
	uint16_t a, b;
};

struct api_pattern {
	const struct pattern_inst *code;
	uint16_t n;
	const struct pattern_class *classes;
};

/* Does all of `s` match? Time: characters of s times instructions, at the worst. */
bool api_pattern_match(const struct api_pattern *p, struct str s);

#endif
