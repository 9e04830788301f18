/*
 * Certificates as IAM's uploads take them. What is accepted has an end between
 * the years 1 and 9999; what one certificate is, a chain of one is too.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "sandbox/iam-private.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct str text = str_ofn(size ? (const char *)data : "", size);
	int64_t first, last, ms = INT64_MIN;

	if (!time_parse_iso(STR("0001-01-01"), &first) ||
	    !time_parse_iso(STR("9999-12-31T23:59:59Z"), &last))
		abort();
	if (iam_pem_certificate(a, text, &ms)) {
		if (ms < first || ms > last)
			abort();
		if (!iam_pem_chain(a, text) || iam_pem_private_key(a, text))
			abort();
	}
	arena_free(&a);
	return 0;
}
