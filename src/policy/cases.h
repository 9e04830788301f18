#ifndef ROOTOUT_POLICY_CASES_H
#define ROOTOUT_POLICY_CASES_H

/*
 * Policy cases: policies, a request, and what must come out. One JSON object a
 * line; empty lines are skipped. Two kinds:
 *
 * a decision
 *	{"id": "…", "principal": "arn:aws:iam::111122223333:user/ann",
 *	 "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k",
 *	 "context": {"aws:RequestedRegion": "ap-northeast-1", "aws:TagKeys": ["a"]},
 *	 "policies": {"identity": [DOC…], "session": [DOC…], "resource": [DOC…],
 *		      "boundary": DOC, "scp": [[DOC…]…], "rcp": [[DOC…]…]},
 *	 "expect": "allow" | "deny"}
 *	optional: "resource_account", "management": true (the principal's account is
 *	the management account), "resource_management": true (the resource's is),
 *	"service_linked": true, "expect_reason": "explicit" | "implicit",
 *	"expect_kind": "scp" … (which kind of policy decided), "doc", "note".
 *	A string in the context is a single-valued key; an array is a multi-valued
 *	one, also with one element. scp and rcp are levels: root, each OU, account.
 *	A kind that is absent does not take part; where all are absent the principal
 *	has no identity-based policy, lest a case pass that asks nothing.
 * a document
 *	{"id": "…", "validate": "identity" | "boundary" | "session" | "resource" |
 *	 "scp" | "rcp", "document": DOC, "expect": "valid" | "malformed"}
 *	DOC may be a string: the document's text as it stands, for bad JSON.
 *
 * An unknown member is an error, so that a misspelt one is not silently ignored.
 */

#include "policy/policy.h"

struct policy_case {
	struct str id;
	struct str expect; /* "allow", "deny", "valid", "malformed" */

	bool is_document;
	enum policy_kind kind; /* of the document */
	struct str document;

	struct policy_set set;
	struct policy_request request;
	struct str expect_reason; /* STR_NULL: any */
	bool has_expect_kind;
	enum policy_kind expect_kind;
};

struct policy_case_result {
	bool passed;
	struct str expected; /* "deny (explicit)" */
	struct str got;
	/* The decision in words, of a case that failed all of eval.h's; or why a document was refused. */
	struct str why;
};

/* False: the line is no case; err has ERR_INPUT. All lives in `a` and in the line. */
bool policy_case_read(struct str line, struct arena *a, struct policy_case *out,
		      struct err *err) MUST_CHECK;
void policy_case_run(const struct policy_case *c, struct arena *a, struct policy_case_result *out);

/*
 * The next line of a file's text that holds a case; false at the end.
 * *number counts lines from 1; start with *rest = text and *number = 0.
 */
bool policy_case_next(struct str *rest, struct str *line, uint32_t *number);

#endif
