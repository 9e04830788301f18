/* The wire's bytes, and what it makes of bytes that are wrong: query and json. */

#include "wire-test.h"

#define FORM "Version=2011-06-15&"

static const struct api_op *O;
static struct val *IN;
static struct api_fault F;

static bool ask(const char *service, const char *query, struct str body)
{
	return wire_get_request(api_service(str_of(service)), STR("POST"), STR("/"), str_of(query),
				NULL, 0, body, A, &O, &IN, &F);
}

static void asked(const char *body, const char *want)
{
	if (!ask("sts", "", str_of(body)))
		fail_msg("%s: %.*s: %.*s", body, STR_ARG(F.code), STR_ARG(F.message));
	assert_str(json_text(A, IN), want);
}

static void refused(const char *service, const char *body, int status, const char *code)
{
	if (ask(service, "", str_of(body)))
		fail_msg("%s: is read as %.*s", body, STR_ARG(json_text(A, IN)));
	assert_str(F.code, code);
	assert_int_equal(F.status, status);
}

/* ---- requests of the query protocol ---- */

static struct str body_of(const char *service, const char *op, const char *input)
{
	struct wire_request r;
	struct err err = {0};

	if (!wire_put_request(api_op_of(service, op), json(input), A, &r, &err))
		fail_msg("%s", err.message);
	return r.body;
}

static void test_query_bytes(void **state)
{
	(void)state;
	assert_str(body_of("sts", "GetCallerIdentity", "{}"),
		   "Action=GetCallerIdentity&Version=2011-06-15");
	assert_str(body_of("sts", "AssumeRoot",
			   "{\"TargetPrincipal\":\"123456789012\",\"TaskPolicyArn\":{\"arn\":"
			   "\"arn:aws:iam::aws:policy/root-task/X\"},\"DurationSeconds\":900}"),
		   "Action=AssumeRoot&Version=2011-06-15&TargetPrincipal=123456789012"
		   "&TaskPolicyArn.arn=arn%3Aaws%3Aiam%3A%3Aaws%3Apolicy%2Froot-task%2FX"
		   "&DurationSeconds=900");
	assert_str(body_of("iam", "TagUser",
			   "{\"UserName\":\"u\",\"Tags\":[{\"Key\":\"a b\",\"Value\":\"\"},"
			   "{\"Key\":\"名\",\"Value\":\"~\"}]}"),
		   "Action=TagUser&Version=2010-05-08&UserName=u&Tags.member.1.Key=a%20b"
		   "&Tags.member.1.Value=&Tags.member.2.Key=%E5%90%8D&Tags.member.2.Value=~");
	assert_str(body_of("iam", "UntagUser", "{\"UserName\":\"u\",\"TagKeys\":[]}"),
		   "Action=UntagUser&Version=2010-05-08&UserName=u&TagKeys=");
	assert_str(body_of("iam", "GetUser", "{\"UserName\":null}"),
		   "Action=GetUser&Version=2010-05-08");
}

static void test_put_refuses(void **state)
{
	static const struct {
		const char *op, *input, *message;
	} cases[] = {
		{"AssumeRoot", "{\"TargetPrincipal\":1}",
		 "member 'TargetPrincipal' must be a string, not a number"},
		{"AssumeRoot", "{\"DurationSeconds\":\"900\"}",
		 "member 'DurationSeconds' must be an integer, not a string"},
		{"AssumeRoot", "{\"DurationSeconds\":2147483648}",
		 "member 'DurationSeconds' does not fit into 32 bits"},
		{"AssumeRoot", "{\"TaskPolicyArn\":\"arn\"}",
		 "member 'TaskPolicyArn' must be a structure, not a string"},
		{"AssumeRoot", "{\"TaskPolicyArn\":{\"Arn\":\"x\"}}",
		 "member 'TaskPolicyArn.Arn' is not a member of PolicyDescriptorType"},
		{"AssumeRole", "{\"Tags\":[{\"Key\":\"a\"},{\"Key\":[]}]}",
		 "member 'Tags.2.Key' must be a string, not a list"},
		{"GetCallerIdentity", "{\"Nothing\":1}",
		 "member 'Nothing' is not a member of GetCallerIdentityRequest"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct wire_request r;
		struct err err = {0};
		if (wire_put_request(api_op_of("sts", cases[i].op), json(cases[i].input), A, &r,
				     &err))
			fail_msg("%s is sent", cases[i].input);
		assert_int_equal(err.kind, ERR_INPUT);
		assert_string_equal(err.message, cases[i].message);
	}
}

static void test_numbers_as_aws_reads_them(void **state)
{
	static const char *const good[] = {"900", "0900", "%2B900"};
	/* All of these were given to real AWS: MalformedInput. A blank is '+' or %20. */
	static const char *const bad[] = {"%20900%20", "+900",        "%09900%0A",
					  "900.0",     "9e2",         "2147483648",
					  "",          "-",           "%2B",
					  "0x384",     "-2147483649", "99999999999999999999999"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++)
		asked(arena_printf(A, FORM "Action=GetSessionToken&DurationSeconds=%s", good[i]).p,
		      "{\"DurationSeconds\":900}");
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		refused("sts",
			arena_printf(A, FORM "Action=GetSessionToken&DurationSeconds=%s", bad[i]).p,
			400, "MalformedInput");
	/* Which message, was seen too. */
	refused("sts", FORM "Action=GetSessionToken&DurationSeconds=", 400, "MalformedInput");
	assert_str(F.message, "missing value for decimal type");
	refused("sts", FORM "Action=GetSessionToken&DurationSeconds=x", 400, "MalformedInput");
	assert_true(str_is_null(F.message));
	asked(FORM "Action=GetSessionToken&DurationSeconds=-2147483648",
	      "{\"DurationSeconds\":-2147483648}");
}

static void test_booleans(void **state)
{
	static const struct {
		const char *text, *want, *message;
	} cases[] = {
		{"true", "true", NULL},
		{"1", "true", NULL},
		{"false", "false", NULL},
		{"0", "false", NULL},
		{"TRUE", NULL, "boolean must follow xsd1.1 definition"},
		{"yes", NULL, "boolean must follow xsd1.1 definition"},
		{"%20true", NULL, "boolean must follow xsd1.1 definition"},
		{"", NULL, "missing value for boolean type"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct str body = arena_printf(A,
					       "Action=CreateLoginProfile&Version=2010-05-08"
					       "&PasswordResetRequired=%s",
					       cases[i].text);
		assert_int_equal(ask("iam", "", body), cases[i].want != NULL);
		if (cases[i].want) {
			assert_str(json_text(A, val_get(IN, "PasswordResetRequired")),
				   cases[i].want);
			continue;
		}
		assert_str(F.code, "MalformedInput");
		assert_str(F.message, cases[i].message);
	}
}

static void test_what_operation(void **state)
{
	(void)state;
	refused("sts", "Action=Nothing&Version=2011-06-15", 400, "InvalidAction");
	assert_str(F.message, "Could not find operation Nothing for version 2011-06-15");
	refused("sts", "Action=GetCallerIdentity&Version=2010-05-08", 400, "InvalidAction");
	assert_str(F.message, "Could not find operation GetCallerIdentity for version 2010-05-08");
	refused("sts", "Action=GetCallerIdentity", 400, "InvalidAction");
	assert_str(F.message,
		   "Could not find operation GetCallerIdentity for version NO_VERSION_SPECIFIED");
	refused("sts", "Action=GetCallerIdentity&Version=", 400, "InvalidAction");
	assert_str(F.message, "Could not find operation GetCallerIdentity for version ");
	assert_null(O);
	refused("sts", "Version=2011-06-15", 400, "MissingAction");
	refused("sts", "", 400, "MissingAction");
	refused("sts", "action=GetCallerIdentity&version=2011-06-15", 400, "MissingAction");
	refused("sts", "Action=GetCallerIdentity%&Version=2011-06-15", 404, "MalformedQueryString");
	refused("sts", "Action=GetCallerIdentity&Version=2011-06-15&x=%4", 404,
		"MalformedQueryString");
	refused("sts", "Action=GetCallerIdentity&Version=2011-06-15&x=%zz", 404,
		"MalformedQueryString");
}

static void test_query_string(void **state)
{
	(void)state;
	/* A presigned GetCallerIdentity travels in the URL. */
	assert_true(wire_get_request(api_service(STR("sts")), STR("GET"), STR("/"),
				     STR("Action=GetCallerIdentity&Version=2011-06-15"
					 "&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=00"),
				     NULL, 0, STR(""), A, &O, &IN, &F));
	assert_str(O->name, "GetCallerIdentity");
	assert_str(json_text(A, IN), "{}");
	assert_true(ask("sts", "Action=AssumeRoot", STR("Version=2011-06-15&TargetPrincipal=1")));
	assert_str(json_text(A, IN), "{\"TargetPrincipal\":\"1\"}");
}

static void test_unknown_is_dropped(void **state)
{
	(void)state;
	asked(FORM "Action=AssumeRoot&Nothing=1&TargetPrincipal=1&TaskPolicyArn.nothing=2"
		   "&TargetPrincipal.x=3&DurationSeconds.member.1=x",
	      "{\"TargetPrincipal\":\"1\"}");
	asked(FORM "Action=AssumeRoot&=1&&&TaskPolicyArn=x&.=y", "{}");
	asked(FORM "Action=GetCallerIdentity&Tags.member.1.Key=x", "{}");
}

static void test_the_first_of_two_counts(void **state)
{
	(void)state;
	asked(FORM "Action=AssumeRoot&TargetPrincipal=1&TargetPrincipal=2",
	      "{\"TargetPrincipal\":\"1\"}");
}

static void test_lists(void **state)
{
	(void)state;
	asked(FORM "Action=AssumeRole&TransitiveTagKeys=", "{\"TransitiveTagKeys\":[]}");
	/* Indexes come in any order, and may begin with zeros. */
	asked(FORM "Action=AssumeRole&TransitiveTagKeys.member.3=c&TransitiveTagKeys.member.02=b"
		   "&TransitiveTagKeys.member.1=a",
	      "{\"TransitiveTagKeys\":[\"a\",\"b\",\"c\"]}");
	asked(FORM "Action=AssumeRole&Tags.member.2.Value=v&Tags.member.1.Key=k"
		   "&Tags.member.2.Key=l",
	      "{\"Tags\":[{\"Key\":\"k\"},{\"Key\":\"l\",\"Value\":\"v\"}]}");
	/* A gap is an empty element, as AWS was seen to make of it. */
	asked(FORM "Action=AssumeRole&Tags.member.3.Key=k", "{\"Tags\":[{},{},{\"Key\":\"k\"}]}");
	asked(FORM "Action=AssumeRole&TransitiveTagKeys.member.2=b",
	      "{\"TransitiveTagKeys\":[null,\"b\"]}");
	/* What is no index belongs to nothing. */
	asked(FORM
	      "Action=AssumeRole&TransitiveTagKeys.member.x=b&TransitiveTagKeys.member.-1=c"
	      "&TransitiveTagKeys.1=d&TransitiveTagKeys.member=e&TransitiveTagKeys.member.1.2=g"
	      "&TransitiveTagKeys.member.=f&TransitiveTagKeys.member.%EF%BC%91=h",
	      "{}");
	refused("sts", FORM "Action=AssumeRole&TransitiveTagKeys.member.0=a", 400,
		"MalformedInput");
	assert_str(F.message, "0 is not a valid index");
}

static void test_far_indexes(void **state)
{
	struct buf b = BUF_INIT(MIB(1));

	(void)state;
	asked(FORM "Action=AssumeRole&TransitiveTagKeys.member.1=a",
	      "{\"TransitiveTagKeys\":[\"a\"]}");
	refused("sts", FORM "Action=AssumeRole&TransitiveTagKeys.member.999999999=a", 400,
		"MalformedInput");
	refused("sts", FORM "Action=AssumeRole&Tags.member.99999999999999999999.Key=a", 400,
		"MalformedInput");
	/* Nor can many lists together make many elements of nothing. */
	(void)buf_addz(&b, "Action=SimulateCustomPolicy&Version=2010-05-08");
	for (int i = 1; i < 100; i++)
		(void)buf_addf(&b, "&ContextEntries.member.%d.ContextKeyValues.member.9000=x", i);
	assert_false(ask("iam", "", buf_str(&b)));
	assert_str(F.code, "MalformedInput");
	buf_release(&b);
}

static void test_text(void **state)
{
	(void)state;
	asked(FORM "Action=AssumeRoot&TargetPrincipal=a+b%2Bc%00", /* a NUL is a character */
	      "{\"TargetPrincipal\":\"a b+c\\u0000\"}");
	asked(FORM "Action=AssumeRoot&TargetPrincipal=%E5%90%8D", "{\"TargetPrincipal\":\"名\"}");
	/* As Java decodes what is not UTF-8. */
	asked(FORM "Action=AssumeRoot&TargetPrincipal=a%FFb", "{\"TargetPrincipal\":\"a\xef\xbf\xbd"
							      "b\"}");
}

static void test_many_parameters(void **state)
{
	struct buf b = BUF_INIT(MIB(4));

	(void)state;
	(void)buf_addz(&b, FORM "Action=AssumeRole");
	for (int i = 9990; i > 0; i--)
		(void)buf_addf(&b, "&Tags.member.%d.Key=%d", i, i);
	assert_true(ask("sts", "", buf_str(&b)));
	assert_int_equal(val_count(val_get(IN, "Tags")), 9990);
	assert_str(val_get_str(val_at(val_get(IN, "Tags"), 9989), "Key"), "9990");
	for (int i = 0; i < 20; i++)
		(void)buf_addz(&b, "&x=y");
	assert_false(ask("sts", "", buf_str(&b)));
	assert_str(F.code, "MalformedQueryString");
	buf_release(&b);
}

/* ---- requests of the json protocol ---- */

static bool ask_json(const char *target, struct str body)
{
	struct http_header h[] = {{STR("x-amz-target"), str_of(target)}};

	return wire_get_request(api_service(STR("organizations")), STR("POST"), STR("/"), STR(""),
				h, 1, body, A, &O, &IN, &F);
}

static void test_json_bytes(void **state)
{
	struct wire_request r;
	struct err err = {0};
	const struct api_op *op = api_op_of("organizations", "ListAccounts");

	(void)state;
	assert_true(wire_put_request(op, json("{\"MaxResults\":20}"), A, &r, &err));
	assert_str(r.body, "{\"MaxResults\":20}");
	assert_str(header_of(r.headers, r.nheaders, "X-Amz-Target"),
		   "AWSOrganizationsV20161128.ListAccounts");
	assert_str(header_of(r.headers, r.nheaders, "Content-Type"), "application/x-amz-json-1.1");
	assert_true(wire_put_request(op, NULL, A, &r, &err));
	assert_str(r.body, "{}");
	op = api_op_of("organizations", "DescribeOrganization");
	assert_true(wire_put_request(op, NULL, A, &r, &err));
	assert_str(r.body, "{}");
	assert_false(wire_put_request(op, json("{\"x\":1}"), A, &r, &err));
}

static void test_json_operation(void **state)
{
	(void)state;
	assert_true(ask_json("AWSOrganizationsV20161128.ListAccounts", STR("")));
	assert_str(O->name, "ListAccounts");
	assert_int_equal(val_count(IN), 0);
	static const char *const bad[] = {"AWSOrganizationsV20161128.Nothing", "ListAccounts",
					  "Other.ListAccounts", "", ".ListAccounts"};
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_false(ask_json(bad[i], STR("{}")));
		assert_str(F.code, "UnknownOperationException");
		assert_int_equal(F.status, 400);
		assert_null(O);
	}
}

static void test_json_values(void **state)
{
	static const struct {
		const char *body, *message;
	} bad[] = {
		{"{\"MaxResults\":\"20\"}", "STRING_VALUE can not be converted to an Integer"},
		{"{\"MaxResults\":2147483648}", "NUMBER_VALUE can not be converted to an Integer"},
		{"{\"MaxResults\":1.5}", "DECIMAL_VALUE can not be converted to an Integer"},
		{"{\"NextToken\":5}", "NUMBER_VALUE can not be converted to a String"},
		{"{\"NextToken\":true}", "TRUE_VALUE can not be converted to a String"},
		{"{\"NextToken\":[]}", "Start of list found where not expected"},
		{"{\"NextToken\":{}}", "Start of structure or map found where not expected."},
		{"[]", "Start of structure or map expected"},
		{"null", "Start of structure or map expected"},
		{"{", NULL},
		{"{\"NextToken\":\"x\"}x", NULL},
		{"<xml/>", NULL},
		{"{\"NextToken\":\"\xff\"}", NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		if (ask_json("AWSOrganizationsV20161128.ListAccounts", str_of(bad[i].body)))
			fail_msg("%s is read", bad[i].body);
		assert_str(F.code, "SerializationException");
		if (bad[i].message)
			assert_str(F.message, bad[i].message);
		assert_str(O->name, "ListAccounts");
	}
	/* Null is absent, unknown is dropped, of two the last counts. */
	assert_true(ask_json("AWSOrganizationsV20161128.ListAccounts",
			     STR("{\"MaxResults\":null,\"Nothing\":{\"x\":[1]},\"NextToken\":\"a\","
				 "\"NextToken\":\"b\"}")));
	assert_str(json_text(A, IN), "{\"NextToken\":\"b\"}");
}

static void test_json_compounds(void **state)
{
	(void)state;
	assert_false(ask_json("AWSOrganizationsV20161128.TagResource", STR("{\"Tags\":\"x\"}")));
	assert_str(F.message, "Expected list or null");
	assert_false(ask_json("AWSOrganizationsV20161128.TagResource", STR("{\"Tags\":[1]}")));
	assert_str(F.code, "SerializationException");
	assert_true(ask_json("AWSOrganizationsV20161128.TagResource", STR("{\"Tags\":[null]}")));
	assert_str(json_text(A, IN), "{\"Tags\":[null]}");
}

static void test_deep_json(void **state)
{
	size_t n = 100000;
	char *deep = arena_alloc(A, n + 1);

	(void)state;
	memset(deep, '[', n);
	assert_false(ask_json("AWSOrganizationsV20161128.ListAccounts", str_ofn(deep, n)));
	assert_str(F.code, "SerializationException");
}

/* ---- answers ---- */

static void test_answer_bytes(void **state)
{
	struct wire_response r;
	const struct api_op *op = api_op_of("iam", "GetAccountSummary");
	struct val *out = json("{\"SummaryMap\":{\"AccountMFAEnabled\":0,\"Users\":31}}");

	(void)state;
	wire_put_response(op, out, STR("id-1"), A, &r);
	assert_int_equal(r.status, 200);
	assert_str(header_of(r.headers, r.nheaders, "content-type"), "text/xml");
	assert_str(header_of(r.headers, r.nheaders, "x-amzn-requestid"), "id-1");
	assert_str(r.body,
		   "<GetAccountSummaryResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">"
		   "<GetAccountSummaryResult><SummaryMap>"
		   "<entry><key>AccountMFAEnabled</key><value>0</value></entry>"
		   "<entry><key>Users</key><value>31</value></entry>"
		   "</SummaryMap></GetAccountSummaryResult>"
		   "<ResponseMetadata><RequestId>id-1</RequestId></ResponseMetadata>"
		   "</GetAccountSummaryResponse>");
	/* No output: no result element. */
	wire_put_response(api_op_of("iam", "DeleteLoginProfile"), NULL, STR("id-1"), A, &r);
	assert_str(
		r.body,
		"<DeleteLoginProfileResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">"
		"<ResponseMetadata><RequestId>id-1</RequestId></ResponseMetadata>"
		"</DeleteLoginProfileResponse>");
	/* An empty list is an empty element, an absent one is none. */
	wire_put_response(api_op_of("iam", "ListMFADevices"),
			  json("{\"MFADevices\":[],\"IsTruncated\":false}"), STR("id-1"), A, &r);
	assert_true(str_find(r.body, STR("<MFADevices></MFADevices><IsTruncated>false"
					 "</IsTruncated>")) > 0);
	wire_put_response(api_op_of("organizations", "DetachPolicy"), NULL, STR("id-1"), A, &r);
	assert_str(r.body, "");
	wire_put_response(api_op_of("organizations", "ListAccounts"), NULL, STR("id-1"), A, &r);
	assert_str(r.body, "{}");
}

static void test_fault_bytes(void **state)
{
	struct wire_response r;
	const struct api_op *op = api_op_of("iam", "GetLoginProfile");
	struct api_fault fault = {.code = STR("NoSuchEntity"),
				  .message = STR("Login Profile for User null cannot be found.")};

	(void)state;
	wire_put_fault(op->service, op, &fault, STR("id-1"), A, &r);
	assert_int_equal(r.status, 404);
	assert_str(r.body, "<ErrorResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">"
			   "<Error><Type>Sender</Type><Code>NoSuchEntity</Code><Message>Login "
			   "Profile for User null cannot be found.</Message></Error>"
			   "<RequestId>id-1</RequestId></ErrorResponse>");
	fault = (struct api_fault){.status = 500, .code = STR("InternalFailure")};
	wire_put_fault(op->service, NULL, &fault, STR("id-1"), A, &r);
	assert_int_equal(r.status, 500);
	assert_str(r.body, "<ErrorResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">"
			   "<Error><Type>Receiver</Type><Code>InternalFailure</Code></Error>"
			   "<RequestId>id-1</RequestId></ErrorResponse>");
	fault = (struct api_fault){.code = STR("InvalidInputException"),
				   .message = STR("You provided invalid values."),
				   .members = json("{\"Reason\":\"MIN_LENGTH_EXCEEDED:NAME\"}")};
	op = api_op_of("organizations", "CreatePolicy");
	wire_put_fault(op->service, op, &fault, STR("id-1"), A, &r);
	assert_int_equal(r.status, 400);
	assert_str(r.body, "{\"__type\":\"InvalidInputException\",\"Message\":\"You provided "
			   "invalid values.\",\"Reason\":\"MIN_LENGTH_EXCEEDED:NAME\"}");
}

static struct val *read_answer(const char *service, const char *op, const char *body)
{
	struct http_response r = answer(200, body);
	struct err err = {0};
	struct val *out;

	if (!wire_get_response(api_op_of(service, op), &r, A, &out, &err))
		fail_msg("%s", err.message);
	return out;
}

static void test_answers_as_aws_writes_them(void **state)
{
	(void)state;
	/* Line breaks and blanks between elements, new elements, no namespace. */
	assert_str(json_text(A, read_answer("sts", "GetCallerIdentity",
					    "<?xml version=\"1.0\"?>\n<GetCallerIdentityResponse>\n"
					    "  <GetCallerIdentityResult>\n    <Arn>a</Arn>\n"
					    "    <New><x/></New>\n  </GetCallerIdentityResult>\n"
					    "</GetCallerIdentityResponse>\n")),
		   "{\"Arn\":\"a\"}");
	assert_str(json_text(A, read_answer("iam", "ListMFADevices",
					    "<ListMFADevicesResponse><ListMFADevicesResult>"
					    "<MFADevices/><IsTruncated>false</IsTruncated>"
					    "</ListMFADevicesResult></ListMFADevicesResponse>")),
		   "{\"MFADevices\":[],\"IsTruncated\":false}");
	/* Absent is not empty. */
	assert_null(val_get(read_answer("iam", "ListMFADevices",
					"<ListMFADevicesResponse><ListMFADevicesResult>"
					"</ListMFADevicesResult></ListMFADevicesResponse>"),
			    "MFADevices"));
	struct val *v =
		read_answer("organizations", "ListAccounts",
			    "{\"Accounts\":[{\"Id\":\"1\",\"JoinedTimestamp\":1.70000000012E9,"
			    "\"New\":[{}],\"Name\":null}],\"NextToken\":null}");
	assert_str(
		json_text(A, v),
		"{\"Accounts\":[{\"Id\":\"1\",\"JoinedTimestamp\":\"2023-11-14T22:13:20.120Z\"}]}");
	v = read_answer("organizations", "DetachPolicy", "");
	assert_int_equal(val_count(v), 0);
}

static struct err wrong_answer(const char *service, const char *op, int status, const char *body)
{
	struct http_response r = answer(status, body);
	struct err err = {0};
	struct val *out = (struct val *)A;

	if (wire_get_response(api_op_of(service, op), &r, A, &out, &err))
		fail_msg("%s is read", body);
	assert_null(out);
	return err;
}

static void test_garbage(void **state)
{
	static const struct {
		const char *service, *op, *body, *message;
		int status;
	} cases[] = {
		{"sts", "GetCallerIdentity", "<!DOCTYPE html><html><title>Log in</title>",
		 "sts answered HTTP 200 with HTML instead of XML, is a proxy in between? "
		 "(<!DOCTYPE html><html><title>Log in</title>)",
		 200},
		{"organizations", "ListAccounts", "  <HTML>\nno\x1b[31m",
		 "organizations answered HTTP 403 with HTML instead of JSON, is a proxy in "
		 "between? "
		 "(<HTML> no [31m)",
		 403},
		{"sts", "GetCallerIdentity", "",
		 "sts answered HTTP 200 with nothing instead of XML", 200},
		{"organizations", "ListAccounts", "",
		 "organizations answered HTTP 200 with nothing instead of JSON", 200},
		{"sts", "GetCallerIdentity", "{}", "sts answered HTTP 200 with JSON instead of XML",
		 200},
		{"sts", "GetCallerIdentity", "gateway says no",
		 "sts answered HTTP 418 with text instead of XML (gateway says no)", 418},
		{"sts", "GetCallerIdentity", "<ErrorResponse><Error/></ErrorResponse>",
		 "sts answered HTTP 200 with XML that cannot be used: the document is a "
		 "<ErrorResponse>",
		 200},
		{"sts", "GetCallerIdentity", "<GetCallerIdentityResponse/>",
		 "sts answered HTTP 200 with XML that cannot be used: <GetCallerIdentityResult> is "
		 "missing",
		 200},
		{"iam", "GetAccountSummary",
		 "<GetAccountSummaryResponse><GetAccountSummaryResult><SummaryMap><entry><key>Users"
		 "</key><value>many</value></entry></SummaryMap></GetAccountSummaryResult>"
		 "</GetAccountSummaryResponse>",
		 "iam answered HTTP 200 with XML that cannot be used: 'SummaryMap.Users' must be "
		 "an "
		 "integer, not something else",
		 200},
		{"organizations", "ListAccounts", "{\"Accounts\":[{\"Id\":\"1\"},{\"Id\":3}]}",
		 "organizations answered HTTP 200 with JSON that cannot be used: 'Accounts.2.Id' "
		 "must be a string, not a number",
		 200},
		{"organizations", "ListAccounts", "{\"Accounts\":{}}",
		 "organizations answered HTTP 200 with JSON that cannot be used: 'Accounts' must "
		 "be "
		 "a list, not an object",
		 200},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct err err =
			wrong_answer(cases[i].service, cases[i].op, cases[i].status, cases[i].body);
		assert_string_equal(err.message, cases[i].message);
		assert_int_equal(err.kind, ERR_PROTOCOL);
		assert_int_equal(err.http_status, cases[i].status);
		assert_true(err.maybe_done);
	}
}

/* Every beginning of an answer with a secret: refused, and the secret is not told. */
static void test_half_an_answer(void **state)
{
	struct wire_response r;
	const struct api_op *op = api_op_of("sts", "AssumeRoot");

	(void)state;
	wire_put_response(op,
			  json("{\"Credentials\":{\"SecretAccessKey\":\"GEHEIM\","
			       "\"AccessKeyId\":\"ASIA\"}}"),
			  STR("id-1"), A, &r);
	for (size_t n = 0; n < r.body.n; n++) {
		char *half = arena_dupz(A, str_sub(r.body, 0, n));
		struct err err = wrong_answer("sts", "AssumeRoot", 200, half);
		assert_int_equal(err.kind, ERR_PROTOCOL);
		assert_null(strstr(err.message, "GEHEIM"));
	}
}

static void test_hostile_xml(void **state)
{
	(void)state;
	/* Entities: refused with the document type that would declare them. */
	struct err err =
		wrong_answer("sts", "GetCallerIdentity", 200,
			     "<!DOCTYPE a [<!ENTITY x \"y\">]><GetCallerIdentityResponse>"
			     "<GetCallerIdentityResult><Arn>&x;</Arn></GetCallerIdentityResult>"
			     "</GetCallerIdentityResponse>");
	assert_int_equal(err.kind, ERR_PROTOCOL);
	struct buf b = BUF_INIT(MIB(4));
	for (int i = 0; i < 100000; i++)
		(void)buf_addz(&b, "<a>");
	err = wrong_answer("sts", "GetCallerIdentity", 200, buf_z(&b));
	assert_int_equal(err.kind, ERR_PROTOCOL);
	buf_release(&b);
}

static void test_errors(void **state)
{
	static const struct {
		const char *service, *op;
		int status;
		const char *body, *code, *message;
	} cases[] = {
		{"sts", "AssumeRoot", 403,
		 "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n  <Error>\n"
		 "    <Type>Sender</Type>\n    <Code>AccessDenied</Code>\n    <Message>User: a is "
		 "not</Message>\n  </Error>\n  <RequestId>rid</RequestId>\n</ErrorResponse>\n",
		 "AccessDenied", "AccessDenied: User: a is not"},
		{"sts", "AssumeRoot", 400,
		 "<Response><Errors><Error><Code>X</Code></Error></Errors>"
		 "<RequestID>rid</RequestID></Response>",
		 "X", "X"},
		{"sts", "AssumeRoot", 400,
		 "<Error><Code>X</Code><Message>m</Message><RequestId>rid</RequestId></Error>", "X",
		 "X: m"},
		{"organizations", "ListAccounts", 400,
		 "{\"__type\":\"com.amazonaws.organizations#AWSOrganizationsNotInUseException\","
		 "\"Message\":\"m\"}",
		 "AWSOrganizationsNotInUseException", "AWSOrganizationsNotInUseException: m"},
		{"organizations", "ListAccounts", 400,
		 "{\"__type\":\"X:http://internal.amazon.com/x\",\"message\":\"m\"}", "X", "X: m"},
		{"organizations", "ListAccounts", 400, "{\"code\":\"X\"}", "X", "X"},
		/* The gateway before the service answers in its own way: the status says enough. */
		{"sts", "AssumeRoot", 503, "<html>busy</html>", "HTTP503",
		 "HTTP status 503, with HTML"},
		{"organizations", "ListAccounts", 502, "", "HTTP502",
		 "HTTP status 502, with nothing"},
		{"organizations", "ListAccounts", 429, "slow down", "HTTP429",
		 "HTTP status 429, with text"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct err err =
			wrong_answer(cases[i].service, cases[i].op, cases[i].status, cases[i].body);
		assert_int_equal(err.kind, ERR_AWS);
		assert_string_equal(err.aws_code, cases[i].code);
		assert_string_equal(err.message, cases[i].message);
		assert_int_equal(err.http_status, cases[i].status);
		if (strstr(cases[i].body, "rid"))
			assert_string_equal(err.request_id, "rid");
	}
}

static void test_error_headers(void **state)
{
	struct http_header h[] = {{STR("x-amzn-requestid"), STR("from-header")},
				  {STR("x-amzn-errortype"), STR("ns#Broken:http://x")}};
	struct http_response r = {.status = 400, .headers = h, .nheaders = 2, .body = STR("{}")};
	struct err err = {0};
	struct val *out;

	(void)state;
	assert_false(
		wire_get_response(api_op_of("organizations", "ListAccounts"), &r, A, &out, &err));
	assert_string_equal(err.aws_code, "Broken");
	assert_string_equal(err.request_id, "from-header");
}

/* A message with what could drive a terminal, or longer than anything. */
static void test_hostile_error(void **state)
{
	struct buf b = BUF_INIT(MIB(1));

	(void)state;
	(void)buf_addz(&b, "{\"__type\":\"");
	(void)buf_addn(&b, 'C', 5000);
	(void)buf_addz(&b, "\",\"Message\":\"\\u001b[2J\\u0000é");
	for (int i = 0; i < 5000; i++)
		(void)buf_addz(&b, "é");
	(void)buf_addz(&b, "\"}");
	struct err err = wrong_answer("organizations", "ListAccounts", 400, buf_z(&b));
	assert_int_equal(strlen(err.aws_code), sizeof(err.aws_code) - 1);
	assert_null(strchr(err.message, '\x1b'));
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_query_bytes),
		TEST(test_put_refuses),
		TEST(test_numbers_as_aws_reads_them),
		TEST(test_booleans),
		TEST(test_what_operation),
		TEST(test_query_string),
		TEST(test_unknown_is_dropped),
		TEST(test_the_first_of_two_counts),
		TEST(test_lists),
		TEST(test_far_indexes),
		TEST(test_text),
		TEST(test_many_parameters),
		TEST(test_json_bytes),
		TEST(test_json_operation),
		TEST(test_json_values),
		TEST(test_json_compounds),
		TEST(test_deep_json),
		TEST(test_answer_bytes),
		TEST(test_fault_bytes),
		TEST(test_answers_as_aws_writes_them),
		TEST(test_garbage),
		TEST(test_half_an_answer),
		TEST(test_hostile_xml),
		TEST(test_errors),
		TEST(test_error_headers),
		TEST(test_hostile_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
