#ifndef ROOTOUT_POLICY_LINT_H
#define ROOTOUT_POLICY_LINT_H

/*
 * The linter: what is wrong, dangerous or dead in a policy document.
 *
 *	struct lint_input in = {.text = text, .kind = POLICY_SCP, .catalogue = c};
 *	struct lint_findings f = {0};
 *	policy_lint(&in, arena, &f);
 *	for (size_t i = 0; i < f.n; i++)
 *		… f.v[i].rule->name, f.v[i].line, f.v[i].message …
 *
 * Any text is taken: one that is no JSON has a finding that says so. Findings
 * are sorted by place. Time and memory are bounded: at most LINT_MAX findings
 * are kept (`more` counts the rest), and what would compare everything with
 * everything in a huge document stops (`cut`: those rules have not seen all).
 *
 * Rules are data: lint-rules.c has every one, with why and how to mend it;
 * docs/policy-lint.md documents each (a test compares them).
 */

#include "policy/catalogue.h"
#include "policy/policy.h"

enum lint_severity {
	LINT_NOTE,     /* no fault: what a careful reviewer may want to know */
	LINT_WARNING,  /* it has no effect, or not the one that it reads like */
	LINT_SECURITY, /* it gives more than its reader expects, or locks somebody out */
	LINT_ERROR,    /* AWS would refuse it */
};

struct lint_rule {
	const char *name; /* "unknown-action" */
	enum lint_severity severity;
	const char *summary; /* one line, no full stop */
	const char *why;
	const char *mend;
};

struct lint_fix {     /* replace the bytes [from, to) of the document by `with` */
	bool certain; /* false: there is none */
	size_t from, to;
	struct str with;
};

struct lint_finding {
	const struct lint_rule *rule;
	uint32_t line, col; /* 1-based; 0: the document as a whole */
	struct str message; /* what, here */
	struct lint_fix fix;
};

#define LINT_MAX 1000

struct lint_findings {
	struct lint_finding *v;
	size_t n, cap;
	size_t more;
	bool cut;
};

/* What an organization holds dear: which Allow reaches it is a finding. */
struct lint_sensitive {
	struct str action; /* "s3:GetObject"; STR_NULL: any that is about such a resource */
	struct str resource;
};

struct lint_input {
	struct str text;
	enum policy_kind kind;
	struct str name; /* the file or policy; RCPFullAWSAccess may do what others may not */
	size_t max;      /* most characters that AWS takes; 0: the kind's own */
	enum lint_severity least; /* less grave rules are not asked */
	const struct lint_sensitive *sensitive;
	size_t nsensitive;
	struct catalogue *catalogue; /* NULL: the rules that need it are not asked */
};

/* All that is said lives in the arena or is the input's. */
void policy_lint(const struct lint_input *in, struct arena *a, struct lint_findings *out);

const struct lint_rule *const *lint_rules(size_t *n);
const struct lint_rule *lint_rule(struct str name);   /* NULL: no such rule */
const char *lint_severity_name(enum lint_severity s); /* "error", …, "note" */

/* For rules that are found above this floor (an organization's). */
void lint_add(struct lint_findings *f, struct arena *a, const char *rule, uint32_t line,
	      uint32_t col, struct str message);
void lint_sort(struct lint_findings *f);

/*
 * The kind that a lone document most likely is: it has a Principal: RESOURCE;
 * else IDENTITY.
 */
enum policy_kind lint_guess_kind(struct str text);

/* The text with every certain fix that does not overlap another; *n: how many. */
struct str lint_fixed(struct str text, const struct lint_findings *f, size_t *n, struct arena *a);

/*
 * Does that statement of a parsed policy deny whoever asks, whatever the resource: without a
 * Condition and for Resource "*"?
 */
bool lint_denies_always(const struct policy *p, size_t statement);
/* The catalogue's actions that "s3:Get*" names, whole ("s3:GetObject"); 0: none, or not known. */
size_t lint_actions_of(struct catalogue *c, struct str pattern, struct arena *a, struct str **out);

/* Does every request that `pattern` matches also match `wide`? Sound: never a wrong yes. */
bool lint_covers(struct str wide, struct str pattern, bool ignore_case);
/* Is there a text that both match? A wrong yes only for patterns past 1 KiB. */
bool lint_meet(struct str x, struct str y, bool ignore_case);
/*
 * Is there an ARN of that form that the pattern matches? The form's stars before
 * its fifth colon are a partition, a region, an account: they have no colon.
 */
bool lint_meet_form(struct str form, struct str resource);

#endif
