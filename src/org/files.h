#ifndef ROOTOUT_ORG_FILES_H
#define ROOTOUT_ORG_FILES_H

/*
 * The organization as a folder of YAML files (docs/files.md is the manual, schema/ has a JSON
 * Schema for each):
 *
 *	rootout.yaml		organization, region, scope, limits
 *	accounts.yaml		units and accounts (also accounts/NAME.yaml)
 *	policies/NAME.json	service control policies (policies/rcp/NAME.json: resource control)
 *	groups.yaml  permission-sets.yaml  access/NAME.yaml  root.yaml
 *	sandbox.yaml		how things really are, for the sandbox alone (sandbox/seed.h)
 *
 * Everything wrong is reported, not just the first: `problems` gets each as a
 * struct err with path, line and column, sorted by place. true means: read, and
 * no problem; *out is set only then. Paths begin with the folder as it was given.
 *
 * Every name that one file has of another's things was found: accounts, units,
 * policies, permission sets, waves, and groups where there is a groups.yaml.
 */

#include "base/err.h"
#include "org/org.h"

struct org_problems {
	struct err *v;
	size_t n, cap; /* at most 100 are kept; `more` counts the rest */
	size_t more;
};
void org_problems_release(struct org_problems *p);

/*
 * err: the first problem, or why the folder could not be read at all (no problem is added
 * then). What p holds already stays: several readings may fill one list.
 */
bool org_read_files(const char *dir, struct arena *a, struct org **out,
		    struct org_problems *problems, struct err *err) MUST_CHECK;

#endif
