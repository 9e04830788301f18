/*
 * The linter on any text: the first byte chooses the kind, the rest is the
 * document (as in fuzz_policy, whose corpus it shares). Findings must lie in the
 * document, fixes must too, and what AWS takes must be taken after a fix.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "policy/lint.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct catalogue *catalogue(void)
{
	static struct catalogue *c;
	static struct arena *a;
	if (!c) {
		a = arena_new();
		c = catalogue_open(a);
	}
	return c;
}

static void check(const struct lint_findings *f, struct str text)
{
	uint32_t lines = 1;
	for (size_t i = 0; i < text.n; i++)
		lines += text.p[i] == '\n';
	for (size_t i = 0; i < f->n; i++) {
		const struct lint_finding *x = &f->v[i];
		if (x->line > lines || str_is_empty(x->message))
			abort();
		if (x->fix.certain && (x->fix.from > x->fix.to || x->fix.to > text.n))
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 1)
		return 0;
	struct arena *a = arena_new();
	struct err err = {0};
	struct str rest = {(const char *)data + 1, size - 1}, text = STR_NULL;
	enum policy_kind kind = (enum policy_kind)(data[0] % (POLICY_RCP + 1));
	size_t n;
	if (!str_cut(rest, '\0', &text, &rest))
		text = str_ofn((const char *)data + 1, size - 1);
	const struct lint_sensitive sensitive = {STR_NULL, STR("arn:aws:s3:::b/*")};
	struct lint_input in = {.text = text,
				.kind = kind,
				.sensitive = &sensitive,
				.nsensitive = 1,
				.catalogue = catalogue()};
	struct lint_findings f = {0};
	policy_lint(&in, a, &f);
	check(&f, text);
	if (policy_parse(text, kind, STR("before"), a, &err)) {
		struct str fixed = lint_fixed(text, &f, &n, a);
		if (!policy_parse(fixed, kind, STR("after"), a, &err))
			abort();
	}
	lint_guess_kind(text);
	arena_free(&a);
	return 0;
}
