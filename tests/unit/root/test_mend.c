/* Excepting root sessions in a policy: the new text, byte by byte, and what is refused. */

#include "root-test.h"

#include "root/mend.h"
#include "text/json.h"

#define ID STR("100000000001")
#define NOT_NULL "\"Null\": {\"aws:AssumedRoot\": \"true\"}"

static const char *const STATEMENT =
	"{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Deny\",\"Action\":\"*\","
	"\"Resource\":\"*\",\"Condition\":";

static const struct {
	const char *what, *before, *after;
} mends[] = {
	{"nothing to mend",
	 "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\",\"Action\":"
	 "\"organizations:LeaveOrganization\",\"Resource\":\"*\"}]}",
	 NULL},
	{"minified, one statement that is no list",
	 "{\"Statement\":{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":"
	 "{\"ArnLike\":{\"aws:PrincipalArn\":\"arn:aws:iam::*:root\"}}}}",
	 "{\"Statement\":{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":"
	 "{" NOT_NULL ",\"ArnLike\":{\"aws:PrincipalArn\":\"arn:aws:iam::*:root\"}}}}"},
	{"pretty, with wide characters and tabs before it",
	 "{\n\t\"Statement\": [\n\t\t{\"Sid\": \"予約の\", \"Effect\": \"Deny\", \"Action\": "
	 "\"iam:*\", \"Resource\": \"*\", \"Condition\": {\n\t\t\t\"StringLike\": "
	 "{\"aws:PrincipalArn\": [\"arn:aws:iam::*:root\"]}\n\t\t}}\n\t]\n}\n",
	 "{\n\t\"Statement\": [\n\t\t{\"Sid\": \"予約の\", \"Effect\": \"Deny\", \"Action\": "
	 "\"iam:*\", \"Resource\": \"*\", \"Condition\": {\n\t\t\t" NOT_NULL
	 ",\n\t\t\t\"StringLike\": {\"aws:PrincipalArn\": [\"arn:aws:iam::*:root\"]}\n\t\t}}\n"
	 "\t]\n}\n"},
	{"wide characters on the very line",
	 "{\"Statement\":[{\"Sid\":\"予約𠮷\",\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*"
	 "\","
	 "\"Condition\":{\"ArnLike\":{\"aws:PrincipalArn\":\"arn:*:iam::*:root\"}}}]}",
	 "{\"Statement\":[{\"Sid\":\"予約𠮷\",\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*"
	 "\","
	 "\"Condition\":{" NOT_NULL
	 ",\"ArnLike\":{\"aws:PrincipalArn\":\"arn:*:iam::*:root\"}}}]}"},
	{"carriage returns stay",
	 "{\"Statement\": [{\"Effect\": \"Deny\", \"Action\": \"*\", \"Resource\": \"*\",\r\n"
	 "\"Condition\": {\r\n  \"ArnEquals\": {\"aws:PrincipalArn\": "
	 "\"arn:aws:iam::100000000001:root\"}}}]}\r\n",
	 "{\"Statement\": [{\"Effect\": \"Deny\", \"Action\": \"*\", \"Resource\": \"*\",\r\n"
	 "\"Condition\": {\r\n  " NOT_NULL ",\r\n  \"ArnEquals\": {\"aws:PrincipalArn\": "
	 "\"arn:aws:iam::100000000001:root\"}}}]}\r\n"},
	{"a Null on another key",
	 "{\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":"
	 "{\"Null\":{\"aws:SourceVpce\":\"true\"},\"ArnLike\":{\"aws:PrincipalArn\":"
	 "\"arn:aws:iam::*:root\"}}}]}",
	 "{\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":"
	 "{\"Null\":{\"aws:AssumedRoot\": \"true\",\"aws:SourceVpce\":\"true\"},\"ArnLike\":"
	 "{\"aws:PrincipalArn\":\"arn:aws:iam::*:root\"}}}]}"},
	{"an exception already",
	 "{\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":"
	 "{\"Null\":{\"aws:AssumedRoot\":\"true\"},\"ArnLike\":{\"aws:PrincipalArn\":"
	 "\"arn:aws:iam::*:root\"}}}]}",
	 NULL},
	{"the same, its key in other letters",
	 "{\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":"
	 "{\"Null\":{\"AWS:assumedroot\":\"true\"},\"ArnLike\":{\"aws:principalarn\":"
	 "\"arn:aws:iam::*:root\"}}}]}",
	 NULL},
	{"the key in other letters",
	 "{\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":"
	 "{\"ArnLike\":{\"AWS:principalARN\":\"arn:aws:iam::*:root\"}}}]}",
	 "{\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":"
	 "{" NOT_NULL ",\"ArnLike\":{\"AWS:principalARN\":\"arn:aws:iam::*:root\"}}}]}"},
	{"NotAction",
	 "{\"Statement\":[{\"Effect\":\"Deny\",\"NotAction\":[\"s3:*\"],\"Resource\":\"*\","
	 "\"Condition\":{\"StringEquals\":{\"aws:PrincipalArn\":"
	 "\"arn:aws:iam::100000000001:root\"}}}]}",
	 "{\"Statement\":[{\"Effect\":\"Deny\",\"NotAction\":[\"s3:*\"],\"Resource\":\"*\","
	 "\"Condition\":{" NOT_NULL ",\"StringEquals\":{\"aws:PrincipalArn\":"
	 "\"arn:aws:iam::100000000001:root\"}}}]}"},
	{"two of three statements",
	 "{\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"iam:Get*\",\"Resource\":\"*\","
	 "\"Condition\":{\"ArnLike\":{\"aws:PrincipalArn\":\"arn:*:iam::*:root\"}}},{\"Effect\":"
	 "\"Deny\","
	 "\"Action\":\"ec2:*\",\"Resource\":\"*\"},{\"Effect\":\"Deny\",\"Action\":\"iam:Delete*\","
	 "\"Resource\":\"*\",\"Condition\":{\"StringLike\":{\"aws:PrincipalArn\":\"arn:*:iam::*:"
	 "root\"}}}]}",
	 "{\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"iam:Get*\",\"Resource\":\"*\","
	 "\"Condition\":{" NOT_NULL
	 ",\"ArnLike\":{\"aws:PrincipalArn\":\"arn:*:iam::*:root\"}}},{\"Effect\":"
	 "\"Deny\",\"Action\":\"ec2:*\",\"Resource\":\"*\"},{\"Effect\":\"Deny\",\"Action\":"
	 "\"iam:Delete*\",\"Resource\":\"*\",\"Condition\":{" NOT_NULL
	 ",\"StringLike\":{\"aws:PrincipalArn\":\"arn:*:iam::*:root\"}}}]}"},
	{"only the call that gives a password back",
	 "{\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"iam:CreateLoginProfile\",\"Resource\":"
	 "\"*\",\"Condition\":{\"ArnLike\":{\"aws:PrincipalArn\":\"arn:*:iam::*:root\"}}}]}",
	 "{\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"iam:CreateLoginProfile\",\"Resource\":"
	 "\"*\",\"Condition\":{" NOT_NULL
	 ",\"ArnLike\":{\"aws:PrincipalArn\":\"arn:*:iam::*:root\"}}}]}"},
	{"with a condition more",
	 "{\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":"
	 "{\"ArnLikeIfExists\":{\"aws:PrincipalArn\":\"arn:*:iam::*:root\"},\"StringNotEquals\":"
	 "{\"aws:RequestedRegion\":\"eu-west-1\"}}}]}",
	 "{\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":"
	 "{" NOT_NULL
	 ",\"ArnLikeIfExists\":{\"aws:PrincipalArn\":\"arn:*:iam::*:root\"},\"StringNotEquals\":"
	 "{\"aws:RequestedRegion\":\"eu-west-1\"}}}]}"},
	{"root of another account alone",
	 "{\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":"
	 "{\"ArnLike\":{\"aws:PrincipalArn\":\"arn:aws:iam::999999999999:root\"}}}]}",
	 NULL},
	{"the other features of SCPs",
	 "{\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"*\",\"NotResource\":\"arn:aws:s3:::a\","
	 "\"Condition\":{\"ArnLike\":{\"aws:PrincipalArn\":\"arn:*:iam::*:root\"}}}]}",
	 "{\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"*\",\"NotResource\":\"arn:aws:s3:::a\","
	 "\"Condition\":{" NOT_NULL
	 ",\"ArnLike\":{\"aws:PrincipalArn\":\"arn:*:iam::*:root\"}}}]}"},
};

static void mended(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(mends); i++) {
		struct str before = str_of(mends[i].before), out = STR_NULL;
		const char *want = mends[i].after ? mends[i].after : mends[i].before;
		struct policy_decision d;
		struct err why = {0};
		bool denies;

		if (!mend_text(before, ID, A, &out, &why))
			fail_msg("%s: %s", mends[i].what, why.message);
		if (!str_eqz(out, want))
			fail_msg("%s:\n%.*s\n%s", mends[i].what, STR_ARG(out), want);
		for (int t = ROOT_TASK_AUDIT; t <= ROOT_TASK_DELETE; t++)
			assert_false(cause_text_blocks(out, ID, t, &d, A, &why));
		assert_false(err_is_set(&why));
		/* The root user itself is denied what it was denied before. */
		for (const char *const *call =
			     (const char *const[]){"iam:GetUser", "iam:DeleteUser",
						   "ec2:RunInstances", NULL};
		     *call; call++) {
			bool was;

			OK(cause_text_denies(before, ID, *call, false, &was, A, err));
			OK(cause_text_denies(out, ID, *call, false, &denies, A, err));
			assert_int_equal(was, denies);
		}
	}
}

static const struct {
	const char *what, *condition, *message; /* condition NULL: none */
} refusals[] = {
	{"everybody", NULL, "statement 1 denies more than root users"},
	{"root and others",
	 "{\"ArnLike\":{\"aws:PrincipalArn\":[\"arn:*:iam::*:root\",\"arn:aws:iam::*:role/x\"]}}",
	 "denies more than root users"},
	{"all but one role",
	 "{\"ArnNotLike\":{\"aws:PrincipalArn\":\"arn:aws:iam::*:role/admin\"}}",
	 "denies more than root users"},
	{"another key", "{\"StringEquals\":{\"aws:PrincipalType\":\"Account\"}}",
	 "denies more than root users"},
	{"sessions alone",
	 "{\"Null\":{\"aws:AssumedRoot\":\"false\"},\"ArnLike\":{\"aws:PrincipalArn\":\"arn:*:iam::"
	 "*:root\"}}",
	 "has a Null condition on aws:AssumedRoot that does not let root sessions pass"},
	{"sessions alone, in other letters",
	 "{\"Null\":{\"aws:assumedroot\":\"false\"},\"ArnLike\":{\"aws:PrincipalArn\":\"arn:*:iam::"
	 "*:root\"}}",
	 "has a Null condition on aws:AssumedRoot"},
	{"sessions alone, by their value",
	 "{\"Bool\":{\"aws:AssumedRoot\":\"true\"},\"ArnLike\":{\"aws:PrincipalArn\":\"arn:*:iam::*"
	 ":root\"}}",
	 NULL},
};

static void refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++) {
		const char *condition = refusals[i].condition;
		struct str text = condition ? arena_printf(A, "%s%s}}", STATEMENT, condition)
					    : STR("{\"Statement\":{\"Effect\":\"Deny\",\"Action\":"
						  "\"*\",\"Resource\":\"*\"}}");
		struct str out = STR_NULL;
		struct err why = {0};

		if (!refusals[i].message) {
			/* a contradiction that denies nobody any more: the root user was never
			 * denied, so nothing is lost */
			OK(mend_text(text, ID, A, &out, err));
			continue;
		}
		if (mend_text(text, ID, A, &out, &why))
			fail_msg("%s: mended to %.*s", refusals[i].what, STR_ARG(out));
		if (why.kind != ERR_REFUSED || !strstr(why.message, refusals[i].message))
			fail_msg("%s: %s", refusals[i].what, why.message);
	}
}

static void what_is_no_policy_is_an_error(void **state)
{
	static const char *const bad[] = {"",     "{",
					  "[]",   "{\"Statement\":7}",
					  "null", "{\"Statement\":[{\"Effect\":\"Deny\"}]}"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct str out = STR_NULL;
		struct err why = {0};

		assert_false(mend_text(str_of(bad[i]), ID, A, &out, &why));
		assert_true(err_is_set(&why));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(mended),
		TEST(refused),
		TEST(what_is_no_policy_is_an_error),
	};

	return cmocka_run_group_tests_name("mend", tests, NULL, NULL);
}
