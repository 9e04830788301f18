/*
 * JSON: what is read must be written as something that reads back as the same
 * tree; what is refused must say where. The first byte chooses the flags.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/limits.h"
#include "text/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_again(struct arena *a, const struct val *v, enum json_style style)
{
	struct buf b = BUF_INIT(MIB(64));
	struct err err = {0};
	struct val *again = NULL;

	if (!json_write(v, style, &b))
		BUG("a tree cannot be written");
	if (!json_read(buf_str(&b), 0, a, &again, &err))
		BUG("what was written cannot be read: %s", err.message);
	if (!val_eq(v, again))
		BUG("what was written reads as something else");
	buf_release(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct err err = {0};
	struct val *v = NULL;
	struct str text;

	if (size) {
		text = (struct str){(const char *)data + 1, size - 1};
		if (json_read(text, data[0] & 7, a, &v, &err)) {
			check_again(a, v, JSON_COMPACT);
			check_again(a, v, JSON_PRETTY);
			if (!val_eq(v, val_copy(a, v)))
				BUG("a copy is something else");
		} else if (!err.line || !err.col || !err.message[0]) {
			BUG("an error without a place");
		}
	}
	arena_free(&a);
	return 0;
}
