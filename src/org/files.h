#ifndef ROOTOUT_ORG_FILES_H
#define ROOTOUT_ORG_FILES_H

/*
 * The organization as a folder of YAML files (DESIGN.md "The files, as a person sees them";
 * schema/ has a JSON Schema for each; docs/files.md is the manual):
 *
 *	rootout.yaml		organization, region, scope, limits
 *	accounts.yaml		units and accounts (also accounts/NAME.yaml)
 *	policies/NAME.json	service control policies (policies/rcp/NAME.json: resource control)
 *	groups.yaml  permission-sets.yaml  access/NAME.yaml  root.yaml
 *	sandbox.yaml		how things really are, for the sandbox alone (sandbox/seed.h)
 *
 * Everything wrong is reported, not just the first: `problems` gets each as a
 * struct err with path, line and column. true means: read, and no problem.
 */

#include "base/err.h"
#include "org/org.h"

struct org_problems {
	struct err *v;
	size_t n, cap; /* at most 100 are kept; `more` counts the rest */
	size_t more;
};
void org_problems_release(struct org_problems *p);

/* err: the first problem, or why the folder could not be read at all. */
bool org_read_files(const char *dir, struct arena *a, struct org **out,
		    struct org_problems *problems, struct err *err) MUST_CHECK;

#endif
