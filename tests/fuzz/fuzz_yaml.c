/*
 * YAML: what is read must be written as something that reads back as the same
 * tree, unless it is too deep or too large then; what is refused must say where.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/limits.h"
#include "text/yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_again(struct arena *a, const struct val *v)
{
	struct buf b = BUF_INIT(LIMIT_YAML_BYTES);
	struct err err = {0};
	struct val *again = NULL;

	if (yaml_write(v, &b)) {
		if (!yaml_read(buf_str(&b), "written", a, &again, &err))
			BUG("what was written cannot be read: %u:%u: %s", err.line, err.col,
			    err.message);
		if (!val_eq(v, again))
			BUG("what was written reads as something else");
	}
	buf_release(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct err err = {0};
	struct val *v = NULL;

	if (yaml_read((struct str){(const char *)data, size}, "fuzz", a, &v, &err)) {
		check_again(a, v);
		/* any value has a text or none; asking must not fail */
		VAL_EACH(kid, v)
		(void)yaml_text(a, kid);
	} else if (size <= LIMIT_YAML_BYTES && (!err.line || !err.col || !err.message[0])) {
		BUG("an error without a place: %s", err.message);
	}
	arena_free(&a);
	return 0;
}
