/*
 * The shared config and credentials files, and the command line of
 * credential_process. The first byte chooses the file. What is read must be views
 * into the text, and be found again by its name.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "aws/config-private.h"
#include "aws/creds-private.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_view(struct str s, const char *text, size_t n)
{
	if (s.p < text || s.p + s.n > text + n)
		BUG("a view that is not into the text");
}

static void check_section(const struct config_file *f, const struct config_section *s,
			  const char *text, size_t n)
{
	check_view(s->name, text, n);
	for (size_t i = 0; i < s->n; i++) {
		const struct config_entry *e = &s->entries[i];

		if (e->line == 0 || str_is_empty(e->key))
			BUG("an entry without a place or a name");
		check_view(e->key, text, n);
		check_view(e->value, text, n);
		if (str_is_null(e->nested) &&
		    str_is_null(config_lookup(f, s->kind, s->name, e->key, NULL)))
			BUG("an entry that cannot be found");
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct config_file f = {.path = "config"};
	struct err err = {0};
	char **argv;

	if (size > 0) {
		size_t n = size - 1;
		char *text = arena_alloc(a, n + 1);

		f.kind = data[0] & 1 ? CREDENTIALS_FILE : CONFIG_FILE;
		memcpy(text, data + 1, n);
		if (creds_split_command(str_ofn(text, n), a, &argv) && !argv[0])
			BUG("a command without a word");
		if (config_parse(&f, text, n, a, &err)) {
			for (size_t i = 0; i < f.n; i++)
				check_section(&f, &f.sections[i], text, n);
		} else if (err.kind != ERR_INPUT || !err.line || !err.message[0]) {
			BUG("an error without a place");
		}
	}
	arena_free(&a);
	return 0;
}
