#ifndef ROOTOUT_POLICY_LINT_PRIVATE_H
#define ROOTOUT_POLICY_LINT_PRIVATE_H

/*
 * Between the files of the linter. It looks at the document's tree and not at
 * the parsed form, because a document that AWS would refuse has findings too;
 * so every element may have any shape.
 */

#include "policy/lint.h"
#include "policy/policy-private.h"
#include "text/val.h"

struct lint_statement {
	const struct val *v;
	const struct val *actions, *resources, *who; /* NULL: none */
	const struct val *condition;                 /* as it stands; may have no keys */
	const struct val *conditions;                /* NULL: it limits nothing */
	bool allow, deny;
	bool not_action, not_resource, not_principal;
};

struct lint {
	const struct lint_input *in;
	struct arena *a;
	struct lint_findings *out;
	struct lint_statement *st;
	size_t n;
	bool trust;   /* a role's trust policy */
	size_t steps; /* of comparisons that are left */
};

/* An action of the catalogue that a statement's pattern names. */
struct lint_action {
	struct catalogue_service *service;
	const struct catalogue_action *action;
};

struct lint_actions {
	struct lint_action *v;
	size_t n, cap;
	bool all; /* the pattern's service has wildcards, or is not in the catalogue */
};

struct lint_where { /* one key of one operator */
	const struct lint_statement *s;
	const struct val *block, *key;
	struct cond_op op;
};

/* The strings of an element that is one string or a list of them. */
const struct val *lint_first(const struct val *element);
const struct val *lint_next(const struct val *element, const struct val *item);
#define LINT_EACH(item, element) \
	for (const struct val *item = lint_first(element); item; item = lint_next(element, item))
size_t lint_count(const struct val *element);

/* At a value, at its name. The finding, to give it a fix; NULL: not kept. */
struct lint_finding *lint_at(struct lint *l, const char *rule, const struct val *v, const char *fmt,
			     ...) PRINTF_LIKE(4, 5);
struct lint_finding *lint_at_name(struct lint *l, const char *rule, const struct val *v,
				  const char *fmt, ...) PRINTF_LIKE(4, 5);

/* Are rules of that severity asked for? */
static inline bool lint_asks(const struct lint *l, enum lint_severity s)
{
	return s >= l->in->least;
}

/* False: the budget for comparing is used up, and the findings are marked as cut. */
bool lint_may(struct lint *l, size_t steps);

/* It is used up: no loop need go on. */
static inline bool lint_tired(const struct lint *l)
{
	return l->steps == 0;
}

/* Of one lint_covers. */
size_t lint_cost(struct str x, struct str y);

/* The catalogue's actions that "s3:Get*" names. */
void lint_expand(struct lint *l, struct str pattern, struct lint_actions *out);

bool lint_is_all(struct str action);          /* "*" */
bool lint_is_service_star(struct str action); /* "s3:*" */
bool lint_is_wild(struct str s);              /* has a star or a question mark */

/* Does the statement's Action or NotAction name all that `action` names? */
bool lint_names_action(const struct lint_statement *s, struct str action);
/* Does its Resource or NotResource take in all of `resource`? */
bool lint_names_resource(const struct lint_statement *s, struct str resource);
/* Is some resource of it "*", or a whole kind ("arn:aws:iam::*:role/" and a star)? */
bool lint_wide_resource(const struct lint_statement *s);
bool lint_any_resource(const struct lint_statement *s); /* "*" */

/* Is one of the action's resources of a form that the pattern can match? */
bool lint_about(struct lint *l, const struct lint_action *x, struct str resource);
/* Can it be the resource of that number of the action's? */
bool lint_about_one(struct lint *l, const struct lint_action *x, size_t i, struct str resource);
/* Can the statement's actions be held against its Resource, or a Deny's NotResource? */
bool lint_comparable(const struct lint_statement *s);
/* Does a Deny without conditions, of every resource, name all of the action? */
bool lint_denied(struct lint *l, struct str action);

/* A fix's place: that text of the document. */
size_t lint_offset(struct str text, uint32_t line, uint32_t col);
size_t lint_string_end(struct str text, size_t from); /* behind the JSON string at `from` */
/* Fixes: take the item out of its list; write a string anew. */
void lint_fix_remove(struct lint *l, struct lint_finding *f, const struct val *list,
		     const struct val *item);
void lint_fix_string(struct lint *l, struct lint_finding *f, const struct val *item,
		     struct str with);

/* ---- the rules, by file ---- */

void lint_document(struct lint *l, const struct val *doc); /* lint-document.c */
/* Of an RCP, before AWS's refusal is told: it says it better. */
void lint_rcp_services(struct lint *l);
void lint_rules_of_actions(struct lint *l, const struct lint_statement *s);
void lint_rules_of_resources(struct lint *l, const struct lint_statement *s);
void lint_rules_of_conditions(struct lint *l, const struct lint_statement *s);
void lint_rules_of_principals(struct lint *l, const struct lint_statement *s);
void lint_rules_of_grants(struct lint *l, const struct lint_statement *s);
void lint_rules_of_values(struct lint *l, const struct lint_where *w,
			  const struct catalogue_key *k); /* lint-value.c; k NULL: unknown */
void lint_rules_of_mfa(struct lint *l, const struct lint_where *w);
void lint_rules_of_names(struct lint *l, const struct lint_statement *s); /* lint-names.c */
void lint_rules_of_credentials(struct lint *l, const struct lint_statement *s);
void lint_rules_of_sensitive(struct lint *l, const struct lint_statement *s);
void lint_rules_of_needs(struct lint *l);   /* lint-needs.c */
void lint_rules_of_buckets(struct lint *l); /* lint-bucket.c */
void lint_notes(struct lint *l, const struct val *doc);
void lint_rules_of_escalation(struct lint *l); /* lint-escalation.c */
void lint_rules_of_redundancy(struct lint *l); /* lint-redundant.c */

#endif
