/* Every rule of the linter. docs/policy-lint.md documents each. */

#include "policy/lint.h"

#define R(id, sev, sum, because, how)      \
	{                                  \
		id, sev, sum, because, how \
	}

static const struct lint_rule rules[] = {
	/* ---- AWS would refuse it ---- */
	R("invalid-json", LINT_ERROR, "the document is no JSON",
	  "AWS takes policies as strict JSON: no comments, no trailing commas, no name twice.",
	  "mend the text at the place that is named"),
	R("malformed", LINT_ERROR, "AWS would refuse the document",
	  "AWS answers MalformedPolicyDocument; the message has its sentence.",
	  "mend the element that is named"),
	R("unknown-element", LINT_ERROR, "an element that no policy has",
	  "AWS refuses elements that it does not know, rather than passing over them.",
	  "write the element's name as the policy grammar has it"),
	R("unknown-operator", LINT_ERROR, "a condition operator that does not exist",
	  "AWS refuses operators that it does not know.",
	  "write the operator as the policy grammar has it"),
	R("principal-not-allowed", LINT_ERROR, "a Principal where the policy's kind has none",
	  "Who an identity policy, a boundary, a session policy or an SCP is attached to is the "
	  "principal.",
	  "take Principal out, or lint the file as --kind resource"),
	R("too-large", LINT_ERROR, "longer than AWS takes for this kind of policy",
	  "AWS refuses longer documents. Organizations counts white space, IAM does not.",
	  "take out white space and redundant statements, or split the policy"),
	R("too-many-policies", LINT_ERROR, "more policies attached to one target than AWS takes",
	  "At most ten SCPs and five RCPs are attached to a root, unit or account; FullAWSAccess "
	  "counts.",
	  "merge policies, or attach some of them one level higher"),
	R("rcp-unbound-service", LINT_ERROR, "a service that RCPs do not bind",
	  "Resource control policies bind the resources of some services only, and AWS refuses one "
	  "that names another.",
	  "take the action out, or use an SCP"),
	/* ---- security ---- */
	R("trust-open-to-world", LINT_SECURITY, "a role that anybody in AWS may assume",
	  "Principal \"*\" is every AWS account there is, not every account of yours.",
	  "name the accounts or roles, or demand aws:PrincipalOrgID"),
	R("resource-open-to-world", LINT_SECURITY, "a resource that anybody may use",
	  "Principal \"*\" without a condition that limits it is everybody, also without "
	  "credentials.",
	  "name the principals, or demand aws:PrincipalOrgID or aws:SourceArn"),
	R("confused-deputy", LINT_SECURITY, "a service may use this for anybody's sake",
	  "A service acts for all its customers: without aws:SourceArn or aws:SourceAccount "
	  "another customer can have it act on your resource (the confused deputy).",
	  "demand aws:SourceArn, aws:SourceAccount or aws:SourceOrgID in the Condition"),
	R("federation-open", LINT_SECURITY, "every identity of a provider may assume the role",
	  "A provider such as GitHub or GitLab signs tokens for all its customers; without a "
	  "condition on the subject each of them gets in.",
	  "demand the provider's :sub (or SAML:aud, cognito's :aud) in the Condition"),
	R("allow-not-principal", LINT_SECURITY, "Allow with NotPrincipal",
	  "It allows everybody but those who are named, anonymous users among them.",
	  "name the principals that are allowed"),
	R("allow-not-action", LINT_SECURITY, "Allow with NotAction",
	  "It allows every action but those named, and each that AWS will add.",
	  "name the actions that are allowed"),
	R("allow-not-resource", LINT_SECURITY, "Allow with NotResource",
	  "It allows the actions on every resource but those named, and each that will be made.",
	  "name the resources that are allowed"),
	R("administrator", LINT_SECURITY, "Allow of every action on every resource",
	  "Whoever has this is administrator of the account.",
	  "name the services and resources that are needed"),
	R("wildcard-service", LINT_SECURITY, "Allow of all of a service on every resource",
	  "All actions of the service, those that delete and those that give permissions "
	  "among them.",
	  "name the actions, or the resources"),
	R("permissions-on-any", LINT_SECURITY, "Allow to change permissions of every resource",
	  "The action changes who may do what, and the statement does not say of which resource.",
	  "name the resources, or put a Condition"),
	R("pass-role-any", LINT_SECURITY, "iam:PassRole of every role",
	  "Who may pass any role to a service can have that service act as administrator.",
	  "name the roles, and the service with iam:PassedToService"),
	R("privilege-escalation", LINT_SECURITY, "a way to become administrator",
	  "These permissions together let their holder get any other.",
	  "take one of the permissions away, or limit it to named resources"),
	R("for-all-values-allow", LINT_SECURITY, "ForAllValues in an Allow without a Null check",
	  "ForAllValues is true when the request has no such key at all.",
	  "add \"Null\": {KEY: \"false\"} beside it"),
	R("credentials-on-any", LINT_SECURITY, "credentials of every resource",
	  "The action answers with a key, token, password or secret, or with a session of a role, "
	  "and the statement does not say of which resource.",
	  "name the resources, or put a Condition"),
	R("bucket-policy-escalation", LINT_SECURITY,
	  "whoever may not use a bucket's objects can allow it",
	  "Within an account an Allow in the bucket's policy is enough, and lifecycle rules delete "
	  "objects for whoever writes them.",
	  "take the action away, or allow the objects where that is meant"),
	R("sensitive-access", LINT_SECURITY, "an Allow that reaches what --sensitive names",
	  "You have said that this resource is sensitive.",
	  "name other resources, or deny the action on this one"),
	R("mfa-absent-passes", LINT_SECURITY, "an MFA condition that long-term keys pass by",
	  "Requests with long-term access keys have no aws:MultiFactorAuthPresent at all: a Deny "
	  "where it is \"false\" does not see them, and an Allow \"IfExists\" lets them in.",
	  "write BoolIfExists in a Deny, Bool in an Allow"),
	R("mfa-reversed", LINT_SECURITY, "an Allow that only requests without MFA get",
	  "\"false\" is the value of a session that was begun without MFA.",
	  "write \"true\", or make the statement a Deny"),
	R("locks-root-sessions", LINT_SECURITY, "an SCP that denies root sessions their work",
	  "SCPs bind the sessions of sts:AssumeRoot too, with which root credentials are removed "
	  "and restored.",
	  "add \"Null\": {\"aws:AssumedRoot\": \"true\"} to the statement's Condition"),
	R("locks-administrators", LINT_SECURITY, "an SCP that locks administrators out",
	  "It denies the roles of an administrators' permission set (AWSReservedSSO_…) "
	  "everything in the account; only the management account can undo it.",
	  "except the roles with ArnNotLike on aws:PrincipalArn"),
	/* ---- rot ---- */
	R("unknown-service", LINT_WARNING, "an action of a service that AWS does not have",
	  "AWS accepts any prefix; it matches no request.", "write the service's prefix right"),
	R("unknown-action", LINT_WARNING, "an action that AWS does not have",
	  "AWS accepts any name; it matches no request.", "write the action's name right"),
	R("unknown-key", LINT_WARNING, "a condition key that AWS does not have",
	  "AWS accepts any name; the key is absent from every request.",
	  "write the key's name right"),
	R("key-not-supported", LINT_WARNING, "a condition key that the action's calls do not have",
	  "The key is absent from those requests: an Allow is never given, and a Deny holds "
	  "always or never.",
	  "move the action into a statement without the key, or use another key"),
	R("resource-mismatch", LINT_WARNING, "an action that is never about these resources",
	  "None of the statement's ARNs can be one of the action's resources.",
	  "write the ARN in the form that the action has, or move the action"),
	R("resource-unused", LINT_WARNING, "an ARN that none of the actions is about",
	  "No action of the statement has a resource of that form.",
	  "take the ARN out, or write it in the form that the actions have"),
	R("invalid-arn", LINT_WARNING, "an ARN that no resource can have",
	  "The account is not of 12 digits, the partition or region is none of AWS's, or it is no "
	  "ARN at all.",
	  "write the ARN right"),
	R("unknown-principal", LINT_WARNING, "a principal that nobody can be",
	  "AWS takes \"*\", an account, the ARN of a user, role or session, a service, or an "
	  "identity provider. The id of a user or role that was deleted matches nobody, not even "
	  "a new one of the same name.",
	  "write the principal right, or take it out"),
	R("wildcard-not-read", LINT_WARNING, "a wildcard where none is read",
	  "StringEquals compares whole texts: a star is a star.",
	  "write StringLike (StringNotLike)"),
	R("condition-type", LINT_WARNING, "an operator that does not fit the key's type",
	  "The value of the key can never be read as that type.",
	  "use the operator of the key's type"),
	R("condition-value", LINT_WARNING, "a value that the key never has",
	  "A text is compared whole: an address is never a range, an ARN never a name.",
	  "write a value that the key can have, or use the operator of its type"),
	R("set-operator-missing", LINT_WARNING, "a multi-valued key without a set operator",
	  "A key of many values never matches an operator without ForAllValues or ForAnyValue.",
	  "put ForAnyValue: or ForAllValues: before the operator"),
	R("set-operator-single", LINT_WARNING, "a set operator on a key of one value",
	  "The operator is for keys of many values; ForAllValues is also true when the key is "
	  "absent.",
	  "take ForAllValues: or ForAnyValue: away"),
	R("null-value", LINT_WARNING, "a Null that is neither true nor false",
	  "Null reads everything but \"true\" as \"false\".", "write \"true\" or \"false\""),
	R("empty-values", LINT_WARNING, "a condition without values",
	  "No value can match: an Allow is never given, a Deny never holds.",
	  "give values, or take the key out"),
	R("empty-condition", LINT_WARNING, "a Condition without operator or key",
	  "It limits nothing: the statement always applies.",
	  "write the condition, or take it out"),
	R("old-version", LINT_WARNING, "no Version, or that of 2008",
	  "Without \"Version\": \"2012-10-17\" policy variables are plain text.",
	  "write \"Version\": \"2012-10-17\""),
	R("variable-in-old-version", LINT_WARNING, "a policy variable in a document of 2008",
	  "${…} is plain text there, and matches nothing.", "write \"Version\": \"2012-10-17\""),
	R("wrong-case", LINT_WARNING, "an action that is not written as AWS writes it",
	  "AWS does not mind; people who search for it do.", "write it as AWS does"),
	R("duplicate", LINT_WARNING, "the same action, resource or value twice",
	  "The second has no effect.", "take one out"),
	R("redundant", LINT_WARNING, "an action or resource that another one takes in",
	  "A wider pattern of the same list matches all that this one matches.",
	  "take it out, or the wider one if that was not meant"),
	R("redundant-statement", LINT_WARNING, "a statement that another one takes in",
	  "The other statement has the same effect on all that this one is about.", "take it out"),
	R("never-applies", LINT_WARNING, "an Allow that the same policy denies",
	  "A Deny without conditions takes in all that this statement allows.",
	  "take one of the two out"),
	R("contradiction", LINT_WARNING, "conditions that exclude each other",
	  "Two conditions of the statement can never hold in one request.",
	  "take one of the two out"),
	R("permission-set-beyond-scp", LINT_WARNING,
	  "a permission set gives what the SCPs never allow",
	  "In every account where the permission set is assigned the SCPs deny the action.",
	  "take the action out, or change the SCP"),
	/* ---- no faults ---- */
	R("resource-any", LINT_NOTE, "an Allow on every resource that could be limited",
	  "The action takes the ARN of a resource, and the statement names every one there is.",
	  "name the resources"),
	R("resource-missing", LINT_NOTE, "an action that may need one more resource",
	  "AWS asks for each resource of a call: without an Allow for one of them the call is "
	  "denied. Some that AWS's reference counts as needed stand for one another, though.",
	  "name that resource too, where no other policy does"),
	R("wildcard-beyond", LINT_NOTE, "a pattern whose actions are not all about these resources",
	  "What the statement's ARNs cannot be the resource of is not given by it, or not denied.",
	  "name the actions that are meant, those without resources in a statement of their own"),
	R("escalation-limited", LINT_NOTE, "a way to more permissions, within limits",
	  "Named resources or a condition limit what these permissions together let their holder "
	  "get.",
	  "look what the named roles, users or functions may do"),
	R("permissions-management", LINT_NOTE, "an Allow to change permissions",
	  "The action changes who may do what; the statement limits it, or no resource can be "
	  "named.",
	  "look whether whoever has it may be trusted with that"),
	R("credentials", LINT_NOTE, "an Allow of an action that answers with credentials",
	  "Whoever has a key, token or session can act with it elsewhere, until it expires.",
	  "look whether whoever has it may be trusted with that"),
	R("arn-as-text", LINT_NOTE, "an operator of texts on an ARN",
	  "It works, but a star then also crosses the ARN's colons.",
	  "write ArnEquals or ArnLike (ArnNotEquals, ArnNotLike)"),
	R("not-action", LINT_NOTE, "NotAction in what limits",
	  "It is about every action but those named, and each that AWS will add.",
	  "look whether all of them are meant"),
	R("not-resource", LINT_NOTE, "NotResource in what limits",
	  "It is about every resource but those named, and each that will be made.",
	  "look whether all of them are meant"),
	R("deny-all", LINT_NOTE, "a Deny of everything without a condition",
	  "Nothing can be done where it applies; of an SCP's, only service-linked roles are "
	  "exempt.",
	  "look whether the account or principal shall be locked"),
	R("deny-service", LINT_NOTE, "a Deny of all of a service without a condition",
	  "It denies reading too, and what AWS's other services do there for the caller.",
	  "look whether reading is meant, and who needs the service unseen"),
	R("limits-nothing", LINT_NOTE, "an SCP that allows everything and denies nothing",
	  "SCPs give nothing: it does what FullAWSAccess does, which AWS has already.",
	  "attach FullAWSAccess, or write what is denied"),
	R("nearly-full", LINT_NOTE, "three quarters of what AWS takes are used",
	  "Longer documents are refused, often in the middle of an incident.",
	  "take out what is redundant, or split the policy in time"),
	R("many-statements", LINT_NOTE, "more than 20 statements",
	  "Nobody holds them in mind when one is added.", "split the policy by purpose"),
	R("no-sid", LINT_NOTE, "a statement without Sid",
	  "People and programs name statements by their Sid, in reviews and explanations.",
	  "write a Sid that says what the statement is for"),
};

#define N ARRAY_SIZE(rules)

const struct lint_rule *const *lint_rules(size_t *n)
{
	static const struct lint_rule *list[N];
	for (size_t i = 0; i < N; i++)
		list[i] = &rules[i];
	*n = N;
	return list;
}

const struct lint_rule *lint_rule(struct str name)
{
	for (size_t i = 0; i < N; i++) {
		if (str_eqz(name, rules[i].name))
			return &rules[i];
	}
	return NULL;
}

const char *lint_severity_name(enum lint_severity s)
{
	static const char *const names[] = {"note", "warning", "security", "error"};
	return names[s];
}
