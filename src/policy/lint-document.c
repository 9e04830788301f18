/* The document as a whole: elements, sizes, the version. */

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "policy/lint-private.h"

/*
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
 * The largest that a document of this kind may be anywhere: 10,240 is a role's
 * inline policies, 20,480 a bucket's policy.
 */
static const size_t sizes[] = {
	[POLICY_IDENTITY] = 10240, [POLICY_BOUNDARY] = 6144, [POLICY_SESSION] = 2048,
	[POLICY_RESOURCE] = 20480, [POLICY_SCP] = 10240,     [POLICY_RCP] = 5120,
};

/* "IAM doesn't count white space"; Organizations does. */
static size_t size_of(const struct lint *l, bool *white)
{
	struct str t = l->in->text;
	bool string = false;
	size_t n = 0;
	*white = l->in->kind == POLICY_SCP || l->in->kind == POLICY_RCP;
	if (*white)
		return utf8_length(t);
	for (size_t i = 0; i < t.n; i++) {
		bool space = t.p[i] == ' ' || t.p[i] == '\t' || t.p[i] == '\n' || t.p[i] == '\r';
		if (t.p[i] == '\\' && string) {
			n += 2;
			i++;
			continue;
		}
		if (t.p[i] == '"')
			string = !string;
		n += (string || !space) && ((unsigned char)t.p[i] & 0xC0) != 0x80;
	}
	return n;
}

static void size_rule(struct lint *l, const struct val *doc)
{
	bool white;
	size_t n = size_of(l, &white), max = l->in->max ? l->in->max : sizes[l->in->kind];
	if (l->trust && !l->in->max)
		max = 4096; /* 2,048, which a quota raises */
	if (n > max)
		lint_at(l, "too-large", doc,
			"%zu characters%s; AWS takes %zu of a policy of this kind (%s)", n,
			white ? " with white space" : " without white space", max,
			l->trust ? "trust policy" : policy_kind_text(l->in->kind));
	else if (n > max - max / 4)
		lint_at(l, "nearly-full", doc, "%zu of %zu characters", n, max);
}

static void unknown_element(struct lint *l, const struct val *m, const struct str *known, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (str_eq(m->name, known[i]))
			return;
	}
	struct str near = str_nearest(m->name, known, n);
	lint_at_name(l, "unknown-element", m, "unknown element '%.*s'%s%.*s%s", STR_ARG(m->name),
		     near.n ? ", did you mean '" : "", STR_ARG(near), near.n ? "'?" : "");
}

#define S(z)                     \
	{                        \
		z, sizeof(z) - 1 \
	}

static void element_rules(struct lint *l, const struct val *doc)
{
	static const struct str of_document[] = {S("Version"), S("Id"), S("Statement")};
	static const struct str of_statement[] = {
		S("Sid"),         S("Effect"),    S("Action"),       S("NotAction"), S("Resource"),
		S("NotResource"), S("Principal"), S("NotPrincipal"), S("Condition"),
	};
	VAL_EACH(m, val_is(doc, VAL_OBJECT) ? doc : NULL)
	{
		unknown_element(l, m, of_document, ARRAY_SIZE(of_document));
	}
	for (size_t i = 0; i < l->n; i++) {
		const struct lint_statement *s = &l->st[i];
		VAL_EACH(m, s->v)
		{
			unknown_element(l, m, of_statement, ARRAY_SIZE(of_statement));
		}
		if (s->who && l->in->kind != POLICY_RESOURCE && l->in->kind != POLICY_RCP)
			lint_at_name(l, "principal-not-allowed", s->who, "a %s has no %.*s",
				     policy_kind_text(l->in->kind), STR_ARG(s->who->name));
	}
}

/* The first "${" of a Resource or a condition's values. */
static const struct val *variable_in(const struct val *element)
{
	LINT_EACH(item, element)
	{
		if (str_find(val_str(item), STR("${")) >= 0)
			return item;
	}
	return NULL;
}

static void variable_rule(struct lint *l, const struct lint_statement *s)
{
	const struct val *found = variable_in(s->resources);
	VAL_EACH(block, s->conditions)
	{
		VAL_EACH(key, val_is(block, VAL_OBJECT) ? block : NULL)
		{
			if (!found)
				found = variable_in(key);
		}
	}
	if (found)
		lint_at(l, "variable-in-old-version", found,
			"'%.*s' is plain text without \"Version\": \"2012-10-17\"",
			STR_ARG(val_str(found)));
}

static void version_rules(struct lint *l, const struct val *doc)
{
	const struct val *version = val_get(doc, "Version");
	bool variables = false;
	if (!val_is(doc, VAL_OBJECT) || str_eqz(val_str(version), "2012-10-17"))
		return;
	size_t before = l->out->n;
	for (size_t i = 0; i < l->n; i++)
		variable_rule(l, &l->st[i]);
	variables = l->out->n > before;
	struct lint_finding *f =
		version ? lint_at(l, "old-version", version, "Version is %.*s",
				  STR_ARG(val_str(version)))
			: lint_at(l, "old-version", doc, "the document has no Version: 2008-10-17");
	/* With variables the new version would change what the document means. */
	if (f && !variables && str_eqz(val_str(version), "2008-10-17"))
		lint_fix_string(l, f, version, STR("2012-10-17"));
}

void lint_document(struct lint *l, const struct val *doc)
{
	element_rules(l, doc);
	size_rule(l, doc);
	version_rules(l, doc);
}
