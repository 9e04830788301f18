/* The rest protocols' bytes, with the made-up services of tests/data/api. */

#include "wire-test.h"

static const struct api_op *op_of(const char *service, const char *name)
{
	for (size_t i = 0; i < test_tables_count; i++)
		if (str_eqz(test_tables[i]->id, service))
			return api_op(test_tables[i], str_of(name));
	return NULL;
}

static struct wire_request put(const char *service, const char *name, struct val *in)
{
	struct wire_request r;
	struct err err = {0};

	if (!wire_put_request(op_of(service, name), in, A, &r, &err))
		fail_msg("%s", err.message);
	return r;
}

static void put_refused(const char *service, const char *name, struct val *in, const char *message)
{
	struct wire_request r;
	struct err err = {0};

	assert_false(wire_put_request(op_of(service, name), in, A, &r, &err));
	assert_int_equal(err.kind, ERR_INPUT);
	assert_string_equal(err.message, message);
}

static void test_json_request(void **state)
{
	struct val *in = json("{\"Name\":\"n\",\"Urgent\":true,\"Tags\":{\"a\":\"b\"},"
			      "\"ClientToken\":\"t-1\",\"Anything\":{\"x\":[1,null]}}");
	struct wire_request r;

	(void)state;
	(void)val_set_time(A, in, "Due", 1700000000500);
	(void)val_set_time(A, in, "DueText", 1700000000000);
	(void)val_setz(in, "Photo", val_blob(A, STR("\x00\xff\x10")));
	r = put("parcel", "CreateParcel", in);
	assert_str(r.method, "POST");
	assert_str(r.path, "/2020-01-01/parcels");
	assert_str(r.query, "");
	assert_str(header_of(r.headers, r.nheaders, "content-type"), "application/json");
	assert_str(header_of(r.headers, r.nheaders, "x-client-token"), "t-1");
	assert_str(r.body, "{\"Name\":\"n\",\"isUrgent\":true,\"tags\":{\"a\":\"b\"},"
			   "\"Anything\":{\"x\":[1,null]},\"Due\":1700000000.500,"
			   "\"DueText\":\"2023-11-14T22:13:20Z\",\"Photo\":\"AP8Q\"}");
}

static void test_urls(void **state)
{
	struct val *in = json("{\"ParcelId\":\"a/b c?\",\"Force\":false}");
	struct wire_request r;

	(void)state;
	(void)val_set_time(A, in, "Before", 1700000000000);
	r = put("parcel", "DeleteParcel", in);
	assert_str(r.method, "DELETE");
	assert_str(r.path, "/2020-01-01/parcels/a%2Fb%20c%3F");
	assert_str(r.query, "force=false&before=2023-11-14T22%3A13%3A20Z");
	assert_str(r.body, "");
	r = put("parcel", "ListParcels",
		json("{\"States\":[\"new\",\"on "
		     "way\"],\"Filters\":{\"k&\":\"v\"},\"MaxItems\":5}"));
	assert_str(r.query, "state=new&state=on%20way&k%26=v&maxItems=5");
	r = put("parcel", "PutFile",
		json("{\"Path\":\"a/b c/d\",\"Checksums\":[\"x\",\"y\"],"
		     "\"Meta\":{\"Colour\":\"red\"}}"));
	assert_str(r.path, "/2020-01-01/files/a/b%20c/d");
	assert_str(header_of(r.headers, r.nheaders, "x-checksums"), "x,y");
	assert_str(header_of(r.headers, r.nheaders, "x-meta-colour"), "red");
	r = put("parcel", "GetParcelHistory", json("{\"ParcelId\":\"p\"}"));
	assert_str(r.query, "history");
}

static void test_refused(void **state)
{
	(void)state;
	put_refused("parcel", "GetParcel", json("{}"),
		    "member 'ParcelId' is missing: it is part of the URL");
	put_refused("parcel", "GetParcel", json("{\"ParcelId\":\"\"}"),
		    "member 'ParcelId' is empty: it is part of the URL");
	put_refused("parcel", "CreateParcel", json("{\"ClientToken\":\"a\\r\\nX-Evil: 1\"}"),
		    "member 'ClientToken' has a line break: it travels as a header");
	put_refused("parcel", "PutFile", json("{\"Path\":\"p\",\"Meta\":{\"a\\nb\":\"c\"}}"),
		    "member 'Meta.a\nb' cannot be the name of a header");
	put_refused("parcel", "Ping", json("{\"x\":1}"),
		    "member 'x' cannot be sent: the operation takes none");
	struct val *meta = val_object(A), *in = json("{\"Path\":\"p\"}");
	for (int i = 0; i < 20; i++)
		(void)val_set(meta, arena_printf(A, "k%d", i), val_string(A, STR("v")));
	(void)val_setz(in, "Meta", meta);
	put_refused("parcel", "PutFile", in,
		    "member 'Meta.k16' is one header too many (the most is 16)");
}

static void test_xml_request(void **state)
{
	struct val *in = json(
		"{\"Room\":\"r\",\"Name\":\"<n>\",\"Colours\":[\"red\",\"blue\"],"
		"\"Books\":[{\"Title\":\"A\",\"Year\":1},{\"Title\":\"B\"}],"
		"\"Labels\":{\"k\":\"v\"},\"FlatLabels\":{\"a\":\"b\",\"c\":\"d\"},\"Open\":true}");
	struct wire_request r;

	(void)state;
	(void)val_set_time(A, in, "Built", 1700000000000);
	(void)val_set_time(A, in, "BuiltUnix", 1700000000000);
	r = put("shelf", "CreateShelf", in);
	assert_str(r.path, "/r/shelves");
	assert_str(header_of(r.headers, r.nheaders, "content-type"), "application/xml");
	assert_str(
		r.body,
		"<CreateShelfRequest xmlns=\"https://shelf.example.com/doc/2019-01-01/\">"
		"<Name>&lt;n&gt;</Name><Colours><Colour>red</Colour><Colour>blue</Colour></Colours>"
		"<Books><Title>A</Title><Year>1</Year></Books><Books><Title>B</Title></Books>"
		"<Labels><entry><key>k</key><value>v</value></entry></Labels>"
		"<Label><Name>a</Name><Value>b</Value></Label>"
		"<Label><Name>c</Name><Value>d</Value></Label><Open>true</Open>"
		"<Built>2023-11-14T22:13:20Z</Built><BuiltUnix>1700000000</BuiltUnix>"
		"</CreateShelfRequest>");
}

static void test_xml_attributes(void **state)
{
	struct wire_request r =
		put("shelf", "PutRoomAcl",
		    json("{\"Room\":\"r\",\"Acl\":{\"Owner\":\"o\",\"Grants\":[{\"Grantee\":{"
			 "\"Type\":\"Group\",\"Id\":\"i\"},\"Permission\":\"READ\"}]}}"));

	(void)state;
	assert_str(r.query, "acl");
	assert_str(r.body,
		   "<AccessControlPolicy xmlns=\"https://shelf.example.com/doc/2019-01-01/\">"
		   "<Owner>o</Owner><AccessControlList><Grant>"
		   "<Grantee xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
		   "xsi:type=\"Group\"><ID>i</ID></Grantee><Permission>READ</Permission></Grant>"
		   "</AccessControlList></AccessControlPolicy>");
}

/* ---- the server's side ---- */

static const struct api_op *O;
static struct val *IN;
static struct api_fault F;

static bool ask(const char *service, const char *method, const char *path, const char *query,
		const char *body)
{
	const struct api_op *any = op_of(service, service[0] == 'p' ? "Ping" : "GetBook");

	return wire_get_request(any->service, str_of(method), str_of(path), str_of(query), NULL, 0,
				str_of(body), A, &O, &IN, &F);
}

static void test_which_operation(void **state)
{
	static const struct {
		const char *service, *method, *path, *query, *op;
	} cases[] = {
		{"parcel", "GET", "/ping", "", "Ping"},
		{"parcel", "GET", "/2020-01-01/parcels", "", "ListParcels"},
		{"parcel", "GET", "/2020-01-01/parcels/", "", "ListParcels"},
		{"parcel", "GET", "/2020-01-01/parcels/x", "", "GetParcel"},
		{"parcel", "GET", "/2020-01-01/parcels/x", "history", "GetParcelHistory"},
		{"parcel", "GET", "/2020-01-01/parcels/x", "history=&y=1", "GetParcelHistory"},
		{"parcel", "GET", "/2020-01-01/parcels/x/label", "", "GetLabel"},
		{"parcel", "PUT", "/2020-01-01/files/a/b/c", "", "PutFile"},
		{"shelf", "GET", "/room", "", "ListShelves"},
		{"shelf", "GET", "/room", "acl", "GetRoomAcl"},
		{"shelf", "GET", "/room/a/b", "", "GetBook"},
		{"shelf", "DELETE", "/room/shelves/s", "", "DeleteShelf"},
	};
	static const char *const nothing[][2] = {
		{"POST", "/ping"},
		{"GET", "/"},
		{"GET", ""},
		{"GET", "/pin"},
		{"GET", "/2020-01-01/parcels/x/label/y"},
		{"GET", "/2020-01-01/parcels/%zz"},
		{"PUT", "/2020-01-01/files/"},
		{"PATCH", "/ping"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		if (!ask(cases[i].service, cases[i].method, cases[i].path, cases[i].query, ""))
			fail_msg("%s: %.*s", cases[i].path, STR_ARG(F.code));
		assert_str(O->name, cases[i].op);
	}
	for (size_t i = 0; i < ARRAY_SIZE(nothing); i++) {
		assert_false(ask("parcel", nothing[i][0], nothing[i][1], "", ""));
		assert_str(F.code, "UnknownOperationException");
		assert_int_equal(F.status, 404);
	}
}

static void test_wrong_input(void **state)
{
	(void)state;
	assert_false(ask("parcel", "POST", "/2020-01-01/parcels", "", "{\"Weight\":\"1\"}"));
	assert_str(F.code, "SerializationException");
	assert_str(O->name, "CreateParcel");
	assert_false(ask("parcel", "GET", "/2020-01-01/parcels", "maxItems=x", ""));
	assert_str(F.code, "SerializationException");
	assert_false(ask("shelf", "POST", "/r/shelves", "",
			 "<CreateShelfRequest><Depth>x</Depth>"
			 "</CreateShelfRequest>"));
	assert_str(F.code, "MalformedXML");
	assert_false(ask("shelf", "POST", "/r/shelves", "", "{}"));
	assert_str(F.code, "MalformedXML");
	/* A member that travels in the URL can't be smuggled in by the body. */
	assert_true(ask("shelf", "POST", "/r/shelves", "",
			"<CreateShelfRequest><Room>other</Room></CreateShelfRequest>"));
	assert_str(val_get_str(IN, "Room"), "r");
	assert_int_equal(IN->count, 1);
}

static void test_answers(void **state)
{
	struct wire_response r;
	struct val *out = json("{\"ParcelId\":\"p\",\"Location\":\"/p\",\"Status\":202}");

	(void)state;
	wire_put_response(op_of("parcel", "CreateParcel"), json("{\"ParcelId\":\"p\"}"), STR("i"),
			  A, &r);
	assert_int_equal(r.status, 201);
	wire_put_response(op_of("parcel", "CreateParcel"), out, STR("i"), A, &r);
	assert_int_equal(r.status, 202);
	assert_str(header_of(r.headers, r.nheaders, "location"), "/p");
	assert_str(r.body, "{\"ParcelId\":\"p\"}");
	wire_put_response(op_of("parcel", "DeleteParcel"), NULL, STR("i"), A, &r);
	assert_int_equal(r.status, 204);
	assert_str(r.body, "");
	out = val_object(A);
	(void)val_setz(out, "Label", val_blob(A, STR("\x01{")));
	(void)val_set_time(A, out, "Printed", 1700000000000);
	wire_put_response(op_of("parcel", "GetLabel"), out, STR("i"), A, &r);
	assert_str(header_of(r.headers, r.nheaders, "x-printed"), "Tue, 14 Nov 2023 22:13:20 GMT");
	assert_str(r.body, "\x01{");
}

static void test_faults(void **state)
{
	struct wire_response r;
	struct api_fault fault = {.code = STR("ParcelExistsException"), .message = STR("there")};

	(void)state;
	wire_put_fault(op_of("parcel", "Ping")->service, op_of("parcel", "CreateParcel"), &fault,
		       STR("i"), A, &r);
	assert_int_equal(r.status, 409);
	assert_str(header_of(r.headers, r.nheaders, "x-amzn-errortype"), "ParcelExists");
	assert_str(r.body, "{\"message\":\"there\"}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_json_request), TEST(test_urls),           TEST(test_refused),
		TEST(test_xml_request),  TEST(test_xml_attributes), TEST(test_which_operation),
		TEST(test_wrong_input),  TEST(test_answers),        TEST(test_faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
