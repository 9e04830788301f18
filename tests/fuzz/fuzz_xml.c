/*
 * XML: what is read must be written as something that reads back with the same
 * tree and texts; what is refused must say where.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/limits.h"
#include "text/xml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write(const struct xml *x, struct buf *out)
{
	/* without its prefix a name may begin with a digit, which no name may */
	(void)xml_open(STR("e"), out);
	for (const struct xml *child = x->first; child; child = child->next)
		write(child, out);
	(void)xml_write_text(x->text, out);
	(void)xml_close(STR("e"), out);
}

static void compare(const struct xml *x, const struct xml *y)
{
	const struct xml *i = x->first, *j = y->first;

	if (!str_eq(x->text, y->text) || str_is_null(x->text) || str_is_empty(x->name))
		BUG("an element reads back as something else");
	for (; i && j; i = i->next, j = j->next)
		compare(i, j);
	if (i || j)
		BUG("an element was lost or won");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct err err = {0};
	struct xml *x = NULL, *again = NULL;

	if (xml_read((struct str){(const char *)data, size}, a, &x, &err)) {
		struct buf b = BUF_INIT(MIB(64));

		write(x, &b);
		if (!xml_read(buf_str(&b), a, &again, &err))
			BUG("what was written cannot be read: %s", err.message);
		compare(x, again);
		buf_release(&b);
	} else if (!err.line || !err.col || !err.message[0]) {
		BUG("an error without a place: %s", err.message);
	}
	arena_free(&a);
	return 0;
}
