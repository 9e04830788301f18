#ifndef ROOTOUT_POLICY_INSPECT_H
#define ROOTOUT_POLICY_INSPECT_H

/*
 * What stands in a policy, and what of it meets a request: for who has the
 * decision (policy.h, eval.h) and wants to show where it came from.
 */

#include "policy/policy.h"

size_t policy_statements(const struct policy *p);

/*
 * The statements with this effect that apply to the request as the decision
 * sees them (principal, action, resource, conditions), in their order: out has
 * room for policy_statements(p). They are those that policy_decide would take,
 * also where it stopped before them. Returns how many.
 */
size_t policy_matching(const struct policy *p, bool deny, const struct policy_request *req,
		       size_t *out);

/*
 * Does the request have this condition key: given, or following from principal
 * and resource? Its action does not matter.
 */
bool policy_request_has(const struct policy_request *req, struct str key);

/* The types that a condition key's value can be said to have. */
enum policy_value_type {
	POLICY_VALUE_STRING,
	POLICY_VALUE_NUMERIC,
	POLICY_VALUE_BOOLEAN,
	POLICY_VALUE_IP, /* an address, no network */
	POLICY_VALUE_DATE,
	POLICY_VALUE_BINARY, /* base64 */
};
/* Can a condition of that type read the text? It may stand in a request all the same. */
bool policy_value_fits(struct str text, enum policy_value_type type);

/*
 * Where the statements stand in a document's text, as AWS counts it for
 * MatchedStatements: lines and columns from 1, columns in UTF-16 units. A
 * statement begins behind what stands before it: behind the '[' or the '}' of
 * the one before, and, when Statement is one object, behind its '{'. It ends
 * behind its '}'. Seen in
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html#API_SimulatePrincipalPolicy_Examples
 * https://docs.aws.amazon.com/cli/latest/reference/iam/simulate-custom-policy.html#examples
 *
 * The text must be one that policy_parse accepts; one that is not has no spans
 * (*n is 0). They stand in the order of the statements.
 */
struct policy_position {
	uint32_t line, column;
};
struct policy_span {
	struct policy_position start, end;
};
struct policy_span *policy_spans(struct str text, struct arena *a, size_t *n);

#endif
