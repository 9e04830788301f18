#ifndef ROOTOUT_CMD_POLICY_LINT_H
#define ROOTOUT_CMD_POLICY_LINT_H

/*
 * Between the files of `rootout policy lint`: what is linted, document by
 * document, and what was found in each.
 */

#include "cmd/cmd.h"
#include "org/org.h"
#include "policy/lint.h"

struct lint_file {
	struct str path;
	struct str text; /* STR_NULL: not a policy document (accounts.yaml) */
	enum policy_kind kind;
	bool on_disk; /* --fix may write it */
	struct lint_findings found;
};

struct lint_run {
	struct cmd *c;
	struct arena *a;
	struct catalogue *catalogue;
	struct lint_file *files;
	size_t n, cap;
	size_t read; /* documents, one given twice counts twice */
	struct str *ignore;
	size_t nignore;
	enum lint_severity least;
	const struct lint_sensitive *sensitive;
	size_t nsensitive;
	size_t count[LINT_ERROR + 1]; /* by severity */
	size_t fixable, more;
	bool cut;
};

/* The file of that path, added if it is new. Valid until the next one is added. */
struct lint_file *lint_run_file(struct lint_run *r, struct str path);
/* Is the rule asked for? */
bool lint_run_wants(const struct lint_run *r, const struct lint_rule *rule);
/* A document's own rules, and whether an SCP locks root sessions out. */
void lint_run_document(struct lint_run *r, struct lint_file *f, struct str text);

/* What only the whole organization shows (policy-lint-org.c). */
bool lint_run_org(struct lint_run *r, const struct org *o, struct err *err) MUST_CHECK;

/* SARIF 2.1.0 of all findings (policy-lint-sarif.c). */
bool lint_run_sarif(struct lint_run *r, const char *path, struct err *err) MUST_CHECK;

#endif
