#include "text-test.h"

#include "base/rng.h"
#include "text/xml.h"

static const char answer[] =
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	"<ListUsersResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">\n"
	"  <ListUsersResult>\n"
	"    <Users>\n"
	"      <member><Path>/</Path><UserName>花子 &amp; &lt;co&gt;</UserName></member>\n"
	"      <member><UserName><![CDATA[a<b>&amp;]]></UserName><Empty/><Blank>  "
	"</Blank></member>\n"
	"    </Users>\n"
	"    <IsTruncated>false</IsTruncated>\n"
	"  </ListUsersResult>\n"
	"  <ns:ResponseMetadata xmlns:ns=\"x\" xmlns:xsi=\"y\" xsi:type='Grantee' "
	"b=\"&quot;2&quot;\">\n"
	"    <RequestId>7a62c49f&#x2D;347e</RequestId>\n"
	"  </ns:ResponseMetadata>\n"
	"</ListUsersResponse>\n";

static struct xml *read_z(const char *z)
{
	struct err err = {0};
	struct xml *x = NULL;

	if (!xml_read(str_of(z), A, &x, &err))
		fail_msg("%u:%u: %s", err.line, err.col, err.message);
	return x;
}

static struct err refuse_str(struct str text)
{
	struct err err = {0};
	struct xml *x = NULL;

	if (xml_read(text, A, &x, &err))
		fail_msg("%.*s: is read", STR_ARG(text));
	assert_null(x);
	assert_true(err.line > 0 && err.col > 0 && err.message[0]);
	return err;
}

static void test_read(void **state)
{
	struct xml *x = read_z(answer), *users, *member, *meta;

	(void)state;
	assert_str(x->name, "ListUsersResponse");
	assert_null(x->attrs);
	users = xml_child(xml_child(x, "ListUsersResult"), "Users");
	member = xml_child(users, "member");
	assert_str(xml_child_text(member, "Path"), "/");
	assert_str(xml_child_text(member, "UserName"), "花子 & <co>");
	member = member->next;
	assert_str(xml_child_text(member, "UserName"), "a<b>&amp;");
	assert_str(xml_child_text(member, "Blank"), "  ");
	assert_str(xml_child_text(member, "Empty"), "");
	assert_false(str_is_null(xml_child_text(member, "Empty")));
	assert_true(str_is_null(xml_child_text(member, "Absent")));
	assert_null(member->next);
	assert_ptr_equal(users->last, member);
	/* blanks between elements are nobody's text */
	assert_int_equal(users->text.n, 0);
	meta = xml_child(x, "ResponseMetadata");
	assert_str(meta->attrs->name, "type");
	assert_str(meta->attrs->value, "Grantee");
	assert_str(meta->attrs->next->name, "b");
	assert_str(meta->attrs->next->value, "\"2\"");
	assert_null(meta->attrs->next->next);
	assert_str(xml_child_text(meta, "RequestId"), "7a62c49f-347e");
	assert_ptr_equal(xml_childs(x, STR("ResponseMetadata")), meta);
	assert_null(xml_child(NULL, "x"));
	assert_true(str_is_null(xml_child_text(NULL, "x")));
}

static void test_text(void **state)
{
	(void)state;
	assert_str(read_z("<a>one\r\ntwo&#xD;</a>")->text, "one\ntwo\r");
	assert_str(read_z("<a>x<!-- c -->y<?pi z?>z</a>")->text, "xyz");
	assert_str(read_z("<a>before<b>in</b>after</a>")->text, "");
	assert_str(xml_child_text(read_z("<a>before<b>in</b>after</a>"), "b"), "in");
	/* whatever encoding a document claims, it is read as the UTF-8 it is */
	assert_str(read_z("<?xml version='1.0' encoding='ISO-8859-1'?><a>é</a>")->text, "é");
}

static void test_no_doctype(void **state)
{
	static const char *const cases[] = {
		"<!DOCTYPE a>\n<a/>",
		"<!DOCTYPE a SYSTEM \"file:///etc/passwd\">\n<a/>",
		"<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>\n<a>&x;</a>",
		"<!DOCTYPE a [<!ENTITY % p SYSTEM \"http://127.0.0.1/\"> %p;]>\n<a/>",
		"<!DOCTYPE lolz [<!ENTITY l \"lol\"><!ENTITY l1 \"&l;&l;&l;&l;&l;&l;&l;&l;&l;\">"
		"<!ENTITY l2 \"&l1;&l1;&l1;&l1;&l1;&l1;&l1;&l1;&l1;\">]><lolz>&l2;</lolz>",
	};
	struct err err;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		err = refuse_str(str_of(cases[i]));
		assert_int_equal(err.kind, ERR_INPUT);
		assert_int_equal(err.line, 1);
		assert_string_equal(err.message,
				    "a document type declaration (DTD, entities) is refused");
	}
	err = refuse_str(STR("<a>\n &nbsp;</a>"));
	assert_err(&err, ERR_INPUT, 2, 2, "undefined entity");
}

static void test_errors(void **state)
{
	struct err err;

	(void)state;
	err = refuse_str(STR(""));
	assert_err(&err, ERR_INPUT, 1, 1, "no element found");
	err = refuse_str(STR("<html>\n日<p>x\n</html>"));
	assert_err(&err, ERR_INPUT, 3, 3, "mismatched tag");
	err = refuse_str(STR("日本"));
	assert_int_equal(err.line, 1);
	err = refuse_str(STR("<a>\n<b>\xff</b></a>"));
	assert_err(&err, ERR_INPUT, 2, 4, "invalid UTF-8");
	err = refuse_str(STR("<a/><b/>"));
	assert_err(&err, ERR_INPUT, 1, 5, "junk after document element");
	err = refuse_str(STR("<a>\0</a>"));
	assert_int_equal(err.kind, ERR_INPUT);
	err = refuse_str(STR("<a b='1' b='2'/>"));
	assert_string_equal(err.message, "duplicate attribute");
	err = refuse_str(STR("\xff\xfe<\0a\0/\0>\0"));
	assert_err(&err, ERR_INPUT, 1, 1, "invalid UTF-8");
	err = refuse_str(STR("{\"not\": \"xml\"}"));
	assert_err(&err, ERR_INPUT, 1, 1, "not well-formed (invalid token)");
}

static void test_limits(void **state)
{
	struct buf b = BUF_INIT(MIB(16));
	struct err err;
	size_t before = arena_bytes(A);

	(void)state;
	for (int i = 0; i < 100000; i++)
		(void)buf_addz(&b, "<a>");
	err = refuse_str(buf_str(&b));
	assert_err(&err, ERR_LIMIT, 1, 64 * 3 + 1, "elements are nested too deeply");
	assert_true(arena_bytes(A) - before < KIB(256));

	buf_reset(&b);
	(void)buf_addz(&b, "<a>");
	for (int i = 0; i < LIMIT_NODES; i++)
		(void)buf_addz(&b, "<b/>");
	(void)buf_addz(&b, "</a>");
	assert_false(buf_overflowed(&b));
	err = refuse_str(buf_str(&b));
	assert_int_equal(err.kind, ERR_LIMIT);
	assert_string_equal(err.message, "too many elements in one document");
	buf_release(&b);
}

static void test_truncated(void **state)
{
	size_t n = sizeof(answer) - 1;

	(void)state;
	/* without the line end behind the root it is still whole */
	for (size_t cut = 0; cut < n - 1; cut++) {
		char *part = exact_copy((struct str){answer, cut});

		(void)refuse_str((struct str){part, cut});
		free(part);
	}
	(void)read_z(answer);
}

static void test_mutated(void **state)
{
	static const char special[] = "<>&;/!?-[]\"' =\n\xff\x80\0";
	struct rng r;

	(void)state;
	rng_seed(&r, 5);
	for (int i = 0; i < 10000; i++) {
		char *text = exact_copy(STR(answer));
		struct err err = {0};
		struct xml *x;

		for (uint64_t k = 1 + rng_below(&r, 3); k; k--)
			text[rng_below(&r, sizeof(answer) - 1)] =
				special[rng_below(&r, sizeof(special) - 1)];
		if (!xml_read((struct str){text, sizeof(answer) - 1}, A, &x, &err))
			assert_true(err.line > 0 && err.message[0]);
		free(text);
		arena_reset(A);
	}
}

static struct str text_of(struct str s)
{
	struct buf b = BUF_INIT(KIB(16));
	struct str out;

	assert_true(xml_write_text(s, &b));
	out = arena_str(A, buf_str(&b));
	buf_release(&b);
	return out;
}

static void test_write(void **state)
{
	struct buf b = BUF_INIT(KIB(1));
	struct buf small = BUF_INIT(3);

	(void)state;
	assert_str(text_of(STR("a<b>&\"c\"'d'")), "a&lt;b&gt;&amp;&quot;c&quot;&apos;d&apos;");
	assert_str(text_of(STR("日本\t\n\r")), "日本\t\n&#xD;");
	assert_str(text_of(STR("a\0b\x01\x1f")), "a\xef\xbf\xbd"
						 "b\xef\xbf\xbd\xef\xbf\xbd");
	assert_str(text_of(STR("\xff\xef\xbf\xbf\xef\xbf\xbe")),
		   "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
	assert_str(text_of(STR("")), "");
	assert_str(text_of(STR_NULL), "");
	assert_true(xml_open(STR("Name"), &b));
	assert_true(xml_write_text(STR("x"), &b));
	assert_true(xml_close(STR("Name"), &b));
	assert_string_equal(buf_z(&b), "<Name>x</Name>");
	assert_false(xml_write_text(STR("long text"), &small));
	buf_release(&small);
	buf_release(&b);
}

/* Any valid text comes back as it was, whatever is in it. */
static void test_write_read(void **state)
{
	static const char *const pieces[] = {"a",  "<",  ">",   "&",     "\"",
					     "'",  "\r", "\n",  "\t",    " ",
					     "日", "😀",  "]]>", "&amp;", "\xef\xbf\xbd"};
	struct rng r;

	(void)state;
	rng_seed(&r, 6);
	for (int i = 0; i < 5000; i++) {
		struct buf b = BUF_INIT(KIB(4));
		struct str s, written;

		for (uint64_t n = rng_below(&r, 12); n; n--)
			(void)buf_addz(&b, pieces[rng_below(&r, ARRAY_SIZE(pieces))]);
		s = buf_str(&b);
		written = text_of(s);
		assert_true(str_eq(read_z(arena_printf(A, "<a>%.*s</a>", STR_ARG(written)).p)->text,
				   s));
		buf_release(&b);
		arena_reset(A);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_read),    TEST(test_text),   TEST(test_no_doctype),
		TEST(test_errors),  TEST(test_limits), TEST(test_truncated),
		TEST(test_mutated), TEST(test_write),  TEST(test_write_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
