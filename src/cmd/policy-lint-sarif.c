/*
 * SARIF, as code hosts read it.
 * https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */

#include "base/file.h"
#include "base/limits.h"
#include "cmd/policy-lint.h"
#include "text/json.h"

static const char *const levels[] = {
	[LINT_NOTE] = "note",
	[LINT_WARNING] = "warning",
	[LINT_SECURITY] = "warning",
	[LINT_ERROR] = "error",
};
/* What GitHub sorts security findings by: 0 to 10; from 7 on they are "high". */
#define WEIGHT "7.0"

static struct val *text_of(struct arena *a, const char *z)
{
	struct val *v = val_object(a);
	val_set_z(a, v, "text", z);
	return v;
}

/* A relative reference of RFC 3986: bytes that it has no room for as %XX. */
static struct str uri_of(struct arena *a, struct str path)
{
	struct buf b = BUF_INIT(MIB(1));
	for (size_t i = 0; i < path.n; i++) {
		unsigned char c = (unsigned char)path.p[i];
		bool plain = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
			     str_chr(STR("-._~/"), (char)c) >= 0;
		if (plain)
			buf_addc(&b, (char)c);
		else
			buf_addf(&b, "%%%02X", c);
	}
	struct str out = arena_str(a, buf_str(&b));
	buf_release(&b);
	return out;
}

static struct val *rule_list(struct arena *a)
{
	size_t n;
	const struct lint_rule *const *rules = lint_rules(&n);
	struct val *list = val_list(a);
	for (size_t i = 0; i < n; i++) {
		struct val *v = val_append(list, val_object(a)), *p;
		val_set_z(a, v, "id", rules[i]->name);
		val_setz(v, "shortDescription", text_of(a, rules[i]->summary));
		val_setz(v, "fullDescription", text_of(a, rules[i]->why));
		val_setz(v, "help", text_of(a, rules[i]->mend));
		p = val_setz(v, "defaultConfiguration", val_object(a));
		val_set_z(a, p, "level", levels[rules[i]->severity]);
		p = val_setz(v, "properties", val_object(a));
		if (rules[i]->severity == LINT_SECURITY)
			val_set_z(a, p, "security-severity", WEIGHT);
		val_append(val_setz(p, "tags", val_list(a)),
			   val_string(a, str_of(lint_severity_name(rules[i]->severity))));
	}
	return list;
}

static int64_t index_of(const struct lint_rule *rule)
{
	size_t n;
	const struct lint_rule *const *rules = lint_rules(&n);
	for (size_t i = 0; i < n; i++) {
		if (rules[i] == rule)
			return (int64_t)i;
	}
	BUG("a finding has a rule that is none");
}

static void result(struct arena *a, struct val *list, const struct lint_file *f,
		   const struct lint_finding *x)
{
	struct val *v = val_append(list, val_object(a)), *place, *p;
	val_set_z(a, v, "ruleId", x->rule->name);
	val_set_int(a, v, "ruleIndex", index_of(x->rule));
	val_set_z(a, v, "level", levels[x->rule->severity]);
	p = val_setz(v, "message", val_object(a));
	val_set_str(a, p, "text", x->message);
	place = val_append(val_setz(v, "locations", val_list(a)), val_object(a));
	place = val_setz(place, "physicalLocation", val_object(a));
	p = val_setz(place, "artifactLocation", val_object(a));
	val_set_str(a, p, "uri", uri_of(a, f->path));
	if (!x->line)
		return;
	p = val_setz(place, "region", val_object(a));
	val_set_int(a, p, "startLine", x->line);
	if (x->col)
		val_set_int(a, p, "startColumn", x->col);
}

bool lint_run_sarif(struct lint_run *r, const char *path, struct err *err)
{
	struct arena *a = r->a;
	struct val *doc = val_object(a), *run, *driver, *results;
	struct buf b = BUF_INIT(LIMIT_OUTPUT);
	val_set_z(a, doc, "$schema", "https://json.schemastore.org/sarif-2.1.0.json");
	val_set_z(a, doc, "version", "2.1.0");
	run = val_append(val_setz(doc, "runs", val_list(a)), val_object(a));
	driver = val_setz(val_setz(run, "tool", val_object(a)), "driver", val_object(a));
	val_set_z(a, driver, "name", "rootout policy lint");
	val_set_z(a, driver, "version", ROOTOUT_VERSION);
	val_setz(driver, "rules", rule_list(a));
	val_set_z(a, run, "columnKind", "unicodeCodePoints");
	results = val_setz(run, "results", val_list(a));
	for (size_t i = 0; i < r->n; i++) {
		for (size_t k = 0; k < r->files[i].found.n; k++)
			result(a, results, &r->files[i], &r->files[i].found.v[k]);
	}
	bool ok = json_write(doc, JSON_PRETTY, &b);
	buf_addc(&b, '\n');
	if (!ok || buf_overflowed(&b))
		ok = err_set(err, ERR_LIMIT, "the SARIF report is too long");
	else
		ok = file_replace(path, buf_str(&b), 0666, err);
	buf_release(&b);
	return ok;
}
